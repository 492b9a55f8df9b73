// operator/domain/expression/yaql/resolve.ts — a name and arguments → the one overload that takes them, called.
import { spend } from '../evaluation.ts';
import type { Value } from '../python/values.ts';
import { type Argument, Code } from './code.ts';
import type { Context } from './context.ts';
import { ambiguous, invalidArgument, noMatch, unknownName } from './faults.ts';
import { accepts, type Candidate, type Given, invoke, isMoreSpecial } from './shape.ts';
import { NO_VALUE } from './values.ts';

/** What is known of a call before its arguments are evaluated: the overloads that may still take them. */
export interface Prospects {
  readonly levels: readonly (readonly Candidate[])[];
  readonly lazy: ReadonlySet<number | string>;
}

/** What the search for an overload is worth, in steps. */
export const CALL_STEPS = 5;

const NO_NAMES: ReadonlyMap<string, Argument> = new Map();

/**
 * The overloads that may take the arguments, as far as code that has not run yet can tell.
 * @throws ExpressionFault when there are none, or when they disagree on what to evaluate
 */
export function prospectsOf(name: string, receiver: Value | undefined, given: Given, context: Context): Prospects {
  const { registry } = context;
  const asMethod = receiver !== undefined;
  if (registry.levels(name, asMethod).length === 0) {
    throw unknownName(name, receiver, () => registry.names(asMethod));
  }
  const shape = { skipped: given.args.map((argument) => argument === NO_VALUE), names: [...given.named.keys()] };
  const levels = registry
    .shapes(name, asMethod, shape)
    .map((candidates) => candidates.filter((candidate) => accepts(candidate, given)))
    .filter((candidates) => candidates.length > 0);
  const lazy = levels[0]?.[0]?.lazy;
  if (!lazy) throw noMatch(name, receiver);
  for (const candidate of levels.flat()) {
    const isSame = candidate.lazy.size === lazy.size && [...lazy].every((source) => candidate.lazy.has(source));
    if (!isSame) throw ambiguous(name, receiver);
  }
  return { levels, lazy };
}

/** Runs the code that no overload wants as code. Constants stay: a bare word may be wanted as a word. */
export function evaluated(given: Given, lazy: ReadonlySet<number | string>, context: Context): Given {
  const value = (argument: Argument, source: number | string): Argument =>
    argument instanceof Code && argument.constant === undefined && !lazy.has(source)
      ? argument.run(context, undefined)
      : argument;
  const args = given.args.map(value);
  if (given.named.size === 0) return { args, named: NO_NAMES };
  return { args, named: new Map([...given.named].map(([name, argument]) => [name, value(argument, name)] as const)) };
}

/** Calls the overload that takes the values. @throws ExpressionFault when none or several do */
export function choose(
  name: string,
  receiver: Value | undefined,
  { levels }: Prospects,
  given: Given,
  context: Context,
): Value {
  for (const candidates of levels) {
    let winner: Candidate | undefined;
    for (const candidate of candidates) {
      if (!accepts(candidate, given)) continue;
      if (winner && isMoreSpecial(winner, candidate)) continue;
      if (winner && !isMoreSpecial(candidate, winner)) throw ambiguous(name, receiver);
      winner = candidate;
    }
    if (winner) return invoke(winner, given, context);
  }
  throw noMatch(name, receiver);
}

/** Calls a function by its name, as library functions do. @throws ExpressionFault */
export const callFunction = (context: Context, name: string, ...args: readonly Argument[]): Value =>
  callNamed(context, name, undefined, { args, named: NO_NAMES });

/** Calls a function, or a method of `receiver`, with values by place and by name. @throws ExpressionFault */
export function callNamed(context: Context, name: string, receiver: Value | undefined, given: Given): Value {
  spend(CALL_STEPS);
  const [first] = given.named.keys();
  if (first !== undefined && context.registry.levels(name, receiver !== undefined)[0]?.[0]?.takesPairs) {
    throw invalidArgument(first);
  }
  const all = receiver === undefined ? given : { args: [receiver, ...given.args], named: given.named };
  const prospects = prospectsOf(name, receiver, all, context);
  return choose(name, receiver, prospects, evaluated(all, prospects.lazy, context), context);
}
