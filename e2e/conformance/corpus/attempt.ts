// e2e/conformance/corpus/attempt.ts — one entry of the corpus → what came of it.
import { ExpressionFault } from '../../../operator/domain/expression/fault.ts';
import { same } from '../same.ts';
import type { Case, Suite } from '../suite.ts';
import { encode, type Json } from '../tagged.ts';
import type { Entry } from './corpus.ts';

/** What came of a case. */
export type Came = { readonly refused: string } | { readonly answer: Json };

/** The kind of the error that refused it, or the answer; long texts are told by their length. @throws whatever is no ExpressionFault: a crash */
export function attempt(suite: Suite, entry: Entry): Came {
  const came = attemptCase(suite, entry.asked);
  if ('answer' in came && typeof came.answer === 'string' && came.answer.length > 200) {
    return { answer: { length: came.answer.length } };
  }
  return came;
}

/** The same of any case, with its answer whole. */
export function attemptCase(suite: Suite, one: Case): Came {
  try {
    const answer = suite.run(one);
    return 'error' in answer ? { refused: answer.error.kind } : { answer: encode(answer.result) };
  } catch (error) {
    if (error instanceof ExpressionFault) return { refused: error.kind };
    throw error;
  }
}

/** Whether that is what must come of it. */
export function isAsExpected({ outcome }: Entry, came: Came): boolean {
  if ('answer' in outcome) return 'answer' in came && same(outcome.answer, came.answer);
  return 'refused' in came && outcome.refused.some((kind) => kind === came.refused);
}
