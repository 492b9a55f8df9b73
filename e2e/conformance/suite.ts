// e2e/conformance/suite.ts — what a suite is: a recorded case in, an answer of ours out.
import type { Value } from '../../operator/domain/expression/python/values.ts';
import type { Json } from './tagged.ts';

/** One recorded case; which other fields it has depends on suite and mode. */
export interface Case {
  readonly name: string;
  readonly group: string;
  readonly mode?: string;
  readonly [field: string]: unknown;
}

/** A value of the engines (or plain JSON), or the error: `type` is the class that the reference raises, `kind` its neutral class. */
export type Answer =
  | { readonly result: Value }
  | { readonly error: { readonly type: string; readonly kind: string; readonly message: string } };

/** Each file of suites/ exports its one as `suite`. */
export interface Suite {
  /** The name of its file, without the ending. */
  readonly name: string;
  /** An ExpressionFault that it throws counts as the answer; everything else that it throws is a failure. */
  run(one: Case): Answer;
  /** What the result has to equal, where that is not the case's `result` or `intended`. */
  expected?(one: Case): Json;
}
