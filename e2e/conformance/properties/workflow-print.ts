// e2e/conformance/properties/workflow-print.ts — a workflow that is data → its definition, with expressions of YAQL or of Jinja.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import { inside } from './print-inside.ts';
import type { Condition, Published, TaskProgram, Term, Way, WorkflowProgram } from './workflow-programs.ts';

type Language = WorkflowProgram['language'];

export function printWorkflow({ language, vars, tasks, output }: WorkflowProgram): Plain {
  const publications = (all: readonly Published[]): Value =>
    all.map(({ name, term }) => ({ [name]: printTerm(term, language) }));
  return {
    version: 1.0,
    input: [{ p: 3 }],
    vars: publications(vars),
    output: publications(output),
    tasks: Object.fromEntries(tasks.map((task) => [task.name, printTask(task, language, publications)])),
  };
}

function printTask(task: TaskProgram, language: Language, publications: (all: readonly Published[]) => Value): Plain {
  const { hasAction, input, delay, join, items, retry, next } = task;
  return defined({
    action: hasAction ? 'core.echo' : undefined,
    input: input && { message: printTerm(input, language) },
    delay,
    join,
    with: items && printItems(items, language),
    retry:
      retry &&
      defined({
        when: retry.when && printCondition(retry.when, language),
        count: printTerm(retry.count, language),
        delay: retry.delay,
      }),
    next: next.length > 0 ? next.map((way) => printWay(way, language, publications)) : undefined,
  });
}

function printItems({ of, concurrency }: NonNullable<TaskProgram['items']>, language: Language): Plain {
  const list = of.is === 'const' ? inside(JSON.stringify(of.value), language) : (printTerm(of, language) as string);
  return defined({ items: `i in ${list}`, concurrency: concurrency && printTerm(concurrency, language) });
}

function printWay(
  { when, publish, to }: Way,
  language: Language,
  publications: (all: readonly Published[]) => Value,
): Plain {
  return defined({
    when: when && printCondition(when, language),
    publish: publish.length > 0 ? publications(publish) : undefined,
    do: to.length > 0 ? to : when || publish.length > 0 ? undefined : 'continue',
  });
}

const defined = (fields: Readonly<Record<string, Value | undefined>>): Plain =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Plain;

const variable = (name: string, language: Language): string =>
  language === 'yaql' ? `ctx(${name})` : `ctx('${name}')`;

export function printTerm(term: Term, language: Language): Value {
  switch (term.is) {
    case 'const':
      return term.value;
    case 'ctx':
      return inside(variable(term.name, language), language);
    case 'plus':
      return inside(`${variable('x', language)} + ${term.n}`, language);
    case 'text':
      return `v${inside(variable('x', language), language)}w`;
    case 'result':
      return inside('result()', language);
    case 'n':
      return inside('result().n', language);
    case 'item':
      return inside(language === 'yaql' ? 'item(i)' : "item('i')", language);
    case 'dict':
      return { [term.key]: printTerm(term.term, language) };
    case 'broken':
      return inside('1 / 0', language);
  }
}

export function printCondition(condition: Condition, language: Language): string {
  const x = variable('x', language);
  switch (condition.is) {
    case 'succeeded':
    case 'failed':
    case 'completed':
      return inside(`${condition.is}()`, language);
    case 'below':
      return inside(`${x} < ${condition.limit}`, language);
    case 'succeeded below':
      return inside(`succeeded() and ${x} < ${condition.limit}`, language);
    case 'never':
      return inside('1 > 2', language);
    case 'broken':
      return inside('1 / 0', language);
  }
}
