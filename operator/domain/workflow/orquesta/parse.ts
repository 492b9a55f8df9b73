// operator/domain/workflow/orquesta/parse.ts — the parts of a definition → the workflow that they describe.
import { dictEntries, dictGet, isDict } from '../../expression/python/dict.ts';
import { stripped } from './blanks.ts';
import { isList, truthy, type Value } from '../../expression/python/values.ts';
import type { DefinitionParts, Fields, TaskParts, TransitionParts } from './instantiate.ts';
import type { Assignment, InputSpec, ItemsSpec, RetrySpec, TaskSpec, TransitionSpec, Workflow } from './model.ts';

/** Types are those of a definition that the schema agrees with; of what it does not agree with, the values are kept as they are. */
export function parseWorkflow({ value, tasks }: DefinitionParts): Workflow {
  const field = (name: string): Value => dictGet(value, name) ?? null;
  const tags = field('tags');
  return {
    name: textOf(field('name')),
    description: textOf(field('description')),
    tags: isList(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    input: inputsOf(field('input')),
    vars: assignmentsOf(field('vars')),
    output: assignmentsOf(field('output')),
    tasks: new Map([...tasks].map(([name, task]) => [name, taskOf(name, task)])),
  };
}

const textOf = (value: Value): string | undefined => (typeof value === 'string' ? value : undefined);

function inputsOf(value: Value): readonly InputSpec[] {
  if (!isList(value)) return [];
  return value.flatMap((item) => {
    if (typeof item === 'string') return [{ name: item, default: null }];
    return assignmentsOf([item]).map(({ name, value: given }) => ({ name, default: given }));
  });
}

function assignmentsOf(value: Value): readonly Assignment[] {
  if (!isList(value)) return [];
  return value.flatMap((item) => {
    const [first] = isDict(item) ? dictEntries(item) : [];
    return typeof first?.[0] === 'string' ? [{ name: first[0], value: first[1] }] : [];
  });
}

function taskOf(name: string, task: TaskParts): TaskSpec {
  const { fields } = task;
  return {
    name,
    action: truthy(fields.get('action') ?? null) ? (fields.get('action') as string) : undefined,
    input: fields.get('input'),
    delay: fields.get('delay') as TaskSpec['delay'],
    join: fields.get('join') as TaskSpec['join'],
    with: task.hasItems ? itemsOf(task.with ?? new Map()) : undefined,
    retry: task.retry && retryOf(task.retry),
    next: task.next.map(transitionOf),
  };
}

function itemsOf(fields: Fields): ItemsSpec {
  const items = textOf(fields.get('items') ?? null) ?? '';
  const at = items.indexOf(' in ');
  return {
    items,
    expression: stripped(at < 0 ? items : items.slice(at + 4)),
    names: at < 0 ? undefined : items.slice(0, at).replaceAll(' ', '').split(','),
    concurrency: given(fields, 'concurrency') as ItemsSpec['concurrency'],
  };
}

const retryOf = (fields: Fields): RetrySpec => ({
  when: given(fields, 'when') as RetrySpec['when'],
  count: (given(fields, 'count') ?? null) as RetrySpec['count'],
  delay: given(fields, 'delay') as RetrySpec['delay'],
});

function given(fields: Fields, name: string): Value | undefined {
  const value = fields.get(name) ?? null;
  return value === null ? undefined : value;
}

function transitionOf({ fields, targets }: TransitionParts): TransitionSpec {
  const when = fields.get('when') ?? null;
  return {
    when: truthy(when) ? (when as string) : undefined,
    publish: assignmentsOf(fields.get('publish') ?? null),
    do: targets,
  };
}
