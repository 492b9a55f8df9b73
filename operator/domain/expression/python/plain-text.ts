// operator/domain/expression/python/plain-text.ts — Python's str() of plain JSON, outside of any evaluation.
import { evaluating } from '../evaluation.ts';
import { str } from './repr.ts';
import type { Value } from './values.ts';

const NOWHEN = { nowMs: 0, seed: 0 };

/** Texts as they are, True, None, ['a', 1]. */
export const pythonText = (json: unknown): string =>
  typeof json === 'string' ? json : evaluating(NOWHEN, () => str((json ?? null) as Value));
