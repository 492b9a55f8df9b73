// e2e/conformance/properties/mistral-model-values.ts — what terms and conditions of a random workflow of Mistral come to, and how variables of branches meet.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { MistralCondition, MistralPublished, MistralTerm } from './mistral-programs.ts';
import { Broken, Murky, numberOf } from './workflow-model-values.ts';

/** Variables of a branch, each with how often it was published on the way. */
export type Variables = Readonly<Record<string, { readonly value: Value; readonly times: number }>>;

/** What an expression sees: variables, the result of the task that has just ended, the item. */
export interface MistralSight {
  readonly variables: Variables;
  readonly result?: Value;
  readonly item?: Value;
}

function variable(name: string, { variables }: MistralSight): Value {
  const found = variables[name];
  if (found === undefined) throw new Broken(`no ${name}`);
  return found.value;
}

function resultN({ result }: MistralSight): number {
  const n =
    typeof result === 'object' && result !== null && !Array.isArray(result) ? (result as Plain)['n'] : undefined;
  if (typeof n !== 'number') throw new Broken('no n');
  return n;
}

/** @throws Broken, Murky */
export function mistralValue(term: MistralTerm, sight: MistralSight): Value {
  switch (term.is) {
    case 'const':
      return term.value;
    case 'var':
      return variable(term.name, sight);
    case 'plus':
      return numberOf(variable('x', sight)) + term.n;
    case 'text':
      return `v${numberOf(variable('x', sight))}w`;
    case 'result':
      return sight.result ?? null;
    case 'n':
      // YAQL takes a field of a list for the fields of what is in it.
      if (Array.isArray(sight.result)) throw new Murky('a field of a list');
      return resultN(sight);
    case 'item':
      return sight.item ?? null;
    case 'broken':
      throw new Broken('1 / 0');
  }
}

export function mistralHolds(condition: MistralCondition | undefined, sight: MistralSight): boolean {
  switch (condition?.is) {
    case undefined:
      return true;
    case 'below':
      return numberOf(variable('x', sight)) < condition.limit;
    case 'above':
      return numberOf(variable('x', sight)) > condition.limit;
    case 'result below':
      return resultN(sight) < condition.limit;
    case 'never':
      return false;
    case 'broken':
      throw new Broken('1 / 0');
  }
}

/** None sees another. */
export const mistralPublished = (all: readonly MistralPublished[], sight: MistralSight): Plain =>
  Object.fromEntries(all.map(({ name, term }) => [name, mistralValue(term, sight)]));

export function withPublished(variables: Variables, published: Plain): Variables {
  const more = Object.entries(published).map(([name, value]) => {
    const times = (variables[name]?.times ?? 0) + 1;
    return [name, { value, times }] as const;
  });
  return { ...variables, ...Object.fromEntries(more) };
}

/** What was published more often wins; of two that were as often, the first. */
export function met(branches: readonly Variables[]): Variables {
  const all: Record<string, Variables[string]> = {};
  for (const branch of branches) {
    for (const [name, one] of Object.entries(branch)) {
      const before = all[name];
      if (before === undefined || one.times > before.times) all[name] = one;
    }
  }
  return all;
}
