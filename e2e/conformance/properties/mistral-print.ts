// e2e/conformance/properties/mistral-print.ts — a workflow of Mistral that is data → its definition, with expressions of YAQL or of Jinja.
import type {
  MistralAim,
  MistralCondition,
  MistralProgram,
  MistralPublished,
  MistralTaskProgram,
  MistralTerm,
} from './mistral-programs.ts';
import { inside } from './print-inside.ts';

type Language = MistralProgram['language'];

const ACTIONS = { echo: 'core.echo', none: undefined, fail: 'std.fail' } as const;

export function printMistral({ language, target, list, tasks, output }: MistralProgram): string {
  const workflow = {
    type: target === undefined ? undefined : 'reverse',
    input: [{ p: 3 }],
    vars: { x: 0, y: 'begun', l: list },
    output: output && printAll(output, language),
    tasks: Object.fromEntries(tasks.map((task) => [task.name, printTask(task, language)])),
  };
  return JSON.stringify({ version: '2.0', wf: workflow });
}

function printTask(task: MistralTaskProgram, language: Language): object {
  const { action, input, publish, publishOnError, items, retry, requires } = task;
  const list = items && printItems(items.of, language);
  return {
    // A task needs something in it.
    description: 'a task',
    action: ACTIONS[action],
    input: input && { message: printTerm(input, language) },
    publish: some(publish) && printAll(publish, language),
    'publish-on-error': some(publishOnError) && printAll(publishOnError, language),
    'on-success': printAims(task.onSuccess, language),
    'on-error': printAims(task.onError, language),
    'on-complete': printAims(task.onComplete, language),
    join: task.join,
    'with-items': items && `i in ${list}`,
    concurrency: items?.concurrency,
    retry: retry && {
      count: retry.count,
      delay: retry.delay,
      'break-on': retry.breakOn && printCondition(retry.breakOn, language),
      'continue-on': retry.continueOn && printCondition(retry.continueOn, language),
    },
    'wait-before': task.waitBefore,
    requires: some(requires),
  };
}

function printItems(of: MistralTerm, language: Language): string {
  if (of.is !== 'const') return String(printTerm(of, language));
  const list = JSON.stringify(of.value);
  // No list that is written down may be empty.
  return list === '[]' ? inside(list, language) : list;
}

const some = <T>(all: readonly T[]): readonly T[] | undefined => (all.length > 0 ? all : undefined);

const printAll = (all: readonly MistralPublished[], language: Language): object =>
  Object.fromEntries(all.map(({ name, term }) => [name, printTerm(term, language)]));

const printAims = (aims: readonly MistralAim[], language: Language): readonly unknown[] | undefined =>
  some(aims.map(({ to, when }) => (when === undefined ? to : { [to]: printCondition(when, language) })));

const variable = (name: string, language: Language): string => (language === 'yaql' ? `$.${name}` : `_.${name}`);

export function printTerm(term: MistralTerm, language: Language): unknown {
  switch (term.is) {
    case 'const':
      return term.value;
    case 'var':
      return inside(variable(term.name, language), language);
    case 'plus':
      return inside(`${variable('x', language)} + ${term.n}`, language);
    case 'text':
      return `v${inside(variable('x', language), language)}w`;
    case 'result':
      return inside('task().result', language);
    case 'n':
      return inside('task().result.n', language);
    case 'item':
      return inside(variable('i', language), language);
    case 'broken':
      return inside('1 / 0', language);
  }
}

function printCondition(condition: MistralCondition, language: Language): string {
  switch (condition.is) {
    case 'below':
    case 'above':
      return inside(`${variable('x', language)} ${condition.is === 'below' ? '<' : '>'} ${condition.limit}`, language);
    case 'result below':
      return inside(`task().result.n < ${condition.limit}`, language);
    case 'never':
      return inside('1 > 2', language);
    case 'broken':
      return inside('1 / 0', language);
  }
}
