// e2e/conformance/properties/workflow-model-values.ts — what terms and conditions of a random workflow come to: no expression engine is asked.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { Condition, Published, Term, WorkflowProgram } from './workflow-programs.ts';

export type TaskStatus =
  | 'running'
  | 'pending'
  | 'pausing'
  | 'paused'
  | 'retrying'
  | 'canceling'
  | 'canceled'
  | 'succeeded'
  | 'failed';

/** What an expression sees: variables, the task that has just ended, the item. */
export interface Sight {
  readonly variables: Plain;
  readonly status?: TaskStatus | undefined;
  readonly result?: Value;
  readonly item?: Value;
}

/** An expression that cannot be evaluated. */
export class Broken extends Error {}

/** What cannot be said of a workflow, since the reference breaks down there as well. */
export class Murky extends Error {}

/** @throws Broken */
export const numberOf = (value: Value): number => {
  if (typeof value !== 'number') throw new Broken('no number');
  return value;
};

function variable(name: string, { variables }: Sight): Value {
  const value = variables[name];
  if (value === undefined) throw new Broken(`no ${name}`);
  return value;
}

export function valueOf(term: Term, sight: Sight): Value {
  switch (term.is) {
    case 'const':
      return term.value;
    case 'ctx':
      return variable(term.name, sight);
    case 'plus':
      return numberOf(variable('x', sight)) + term.n;
    case 'text':
      return `v${numberOf(variable('x', sight))}w`;
    case 'result':
      return sight.result ?? null;
    case 'n':
      return (sight.result as Plain)['n'] as Value;
    case 'item':
      return sight.item ?? null;
    case 'dict':
      return { [term.key]: valueOf(term.term, sight) };
    case 'broken':
      throw new Broken('1 / 0');
  }
}

export function holds(condition: Condition, sight: Sight): boolean {
  const { status } = sight;
  const x = () => numberOf(variable('x', sight));
  switch (condition.is) {
    case 'succeeded':
    case 'failed':
      return status === condition.is;
    case 'completed':
      return isOver(status);
    case 'below':
      return x() < condition.limit;
    case 'succeeded below':
      return status === 'succeeded' && x() < condition.limit;
    case 'never':
      return false;
    case 'broken':
      throw new Broken('1 / 0');
  }
}

export const isOver = (status: TaskStatus | undefined): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'canceled';
export const isActive = (status: TaskStatus | undefined): boolean =>
  status === 'running' || status === 'pausing' || status === 'canceling';

const isMapping = (value: Value | undefined): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Mutable = Record<string, Value>;

/** Later wins; mappings are merged deeply, and as in orquesta into the very ones that were there before: what a branch adds to a mapping all branches see that begin with it. */
export function mergeInto(left: Mutable, right: Plain): void {
  for (const [name, value] of Object.entries(right)) {
    const before = left[name];
    if (isMapping(before) && isMapping(value)) mergeInto(before as Mutable, value);
    else left[name] = value;
  }
}

/** Each sees those before it; those that are broken are counted and left out. */
export function rendered(all: readonly Published[], sight: Sight): { readonly values: Plain; readonly broken: number } {
  let [variables, values, broken]: [Plain, Plain, number] = [sight.variables, {}, 0];
  for (const { name, term } of all) {
    try {
      const value = valueOf(term, { ...sight, variables });
      variables = { ...variables, [name]: value };
      values = { ...values, [name]: structuredClone(value) };
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      broken++;
    }
  }
  return { values, broken };
}

/** The name that an error of an expression has. */
export const brokenName = (language: WorkflowProgram['language']): string =>
  language === 'yaql' ? 'YaqlEvaluationException' : 'JinjaEvaluationException';
