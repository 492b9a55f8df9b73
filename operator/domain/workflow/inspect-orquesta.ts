// operator/domain/workflow/inspect-orquesta.ts — a definition of Orquesta → its findings, what it runs, and its picture.
import { yaqlIn } from '../expression/embedded/delimiters.ts';
import { hasJinja } from '../expression/jinja/orquesta.ts';
import { dictKeys, isDict } from '../expression/python/dict.ts';
import { truthy, type Value } from '../expression/python/values.ts';
import { orquestaGraph } from './graph/of-orquesta.ts';
import type { Call } from './inspect-content.ts';
import type { DefinitionSource, Opened } from './inspect-source.ts';
import { taskSpot } from './orquesta/findings.ts';
import { inspectContents } from './orquesta/inspect-contents.ts';
import { inspect } from './orquesta/inspect.ts';
import type { TaskSpec } from './orquesta/model.ts';

/** Variables that every run has from outside. */
const CONTEXT = ['st2', 'parent'];

export function openOrquesta({ definition }: DefinitionSource): Opened {
  const { workflow, refusal, findings } = inspect(typeof definition === 'string' ? definition : definition.value, {
    context: CONTEXT,
  });
  const [first, ...others] = findings;
  const placed = first && refusal?.place ? [{ ...first, ...refusal.place }, ...others] : findings;
  return {
    findings: placed,
    calls: workflow ? [...workflow.tasks.values()].flatMap(callOf) : [],
    contents: (lookup) => ({ refusals: workflow ? inspectContents(workflow, lookup) : [], warnings: [] }),
    picture: workflow && (() => orquestaGraph(workflow)),
  };
}

function callOf({ name, action, input }: TaskSpec): readonly Call[] {
  if (typeof action !== 'string' || hasJinja(action) || yaqlIn(action).length > 0 || !action.includes('.')) return [];
  const { spec } = taskSpot(name);
  return [{ ref: action, given: namesIn(input), place: `${spec}.action`, inputPlace: `${spec}.input` }];
}

function namesIn(input: Value | undefined): readonly string[] | undefined {
  if (input === undefined || !truthy(input)) return [];
  return isDict(input) ? dictKeys(input).map(String) : undefined;
}
