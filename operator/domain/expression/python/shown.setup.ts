// operator/domain/expression/python/shown.setup.ts — for tests: what Python would show of a value, or of an error.
import { evaluating, type Limits } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { repr } from './repr.ts';
import type { Value } from './values.ts';

/** The repr() of the result, or class and text of the error. */
export function shown(run: () => Value, limits?: Limits): string {
  try {
    return evaluating({ nowMs: 0, seed: 1 }, () => repr(run()), limits);
  } catch (error) {
    if (error instanceof ExpressionFault) return `${error.type}: ${error.message}`;
    throw error;
  }
}
