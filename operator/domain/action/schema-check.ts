// operator/domain/action/schema-check.ts — what the checks of a schema's words have in common.
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import type { Problem, Show, Step } from './schema-problem.ts';

/** One check under way: where it is, and what it has found. */
export interface Run {
  readonly path: Step[];
  readonly problems: Problem[];
}
export type Check = (value: Value, run: Run) => void;

/** How the words of one schema become checks. */
export interface Compiler {
  /** The schema that has the word. */
  readonly schema: Plain;
  /** The check of a schema inside. @throws Error */
  readonly inner: (schema: Value) => Check;
  /** Adds a complaint of this word. */
  readonly complain: (
    value: Value,
    run: Run,
    text: Problem['text'],
    more?: Pick<Partial<Problem>, 'context' | 'property'>,
  ) => void;
}

/** What a word with its value checks; nothing when it only informs. @throws Error for a value that cannot be used */
export type Keyword = (wanted: Value, compiler: Compiler) => Check | undefined;

/** Checks a value one step further inside. */
export function descend(check: Check, value: Value, run: Run, step: Step): void {
  run.path.push(step);
  check(value, run);
  run.path.pop();
}

/** What a check has to say, without telling it. */
export function problemsOf(check: Check, value: Value, { path }: Run): readonly Problem[] {
  const run: Run = { path: [...path], problems: [] };
  check(value, run);
  return run.problems;
}

export const ownOf = (schema: Plain, key: string): Value | undefined =>
  Object.hasOwn(schema, key) ? schema[key] : undefined;

export const entriesOf = (wanted: Value): [string, Value][] => (isPlain(wanted) ? Object.entries(wanted) : []);

/** `1, 'a' were`: for what was not expected. */
export const listed = (extras: readonly Value[], show: Show): string =>
  `${extras.map(show).join(', ')} ${extras.length === 1 ? 'was' : 'were'}`;
