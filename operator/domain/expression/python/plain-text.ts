// operator/domain/expression/python/plain-text.ts — Python's str() of plain JSON, outside of any evaluation.
import { evaluating, type Limits, NOWHEN } from '../evaluation.ts';
import { str } from './repr.ts';
import type { Value } from './values.ts';

/** What is written was checked before: it fits an object of the cluster, and is nested at most 64 levels deep. */
const AMPLE: Limits = { steps: 1e9, characters: 64 * 1024 * 1024, items: 1e8, depth: 1000 };

/** Texts as they are, True, None, ['a', 1]. */
export const pythonText = (json: unknown): string =>
  typeof json === 'string' ? json : evaluating(NOWHEN, () => str((json ?? null) as Value), AMPLE);
