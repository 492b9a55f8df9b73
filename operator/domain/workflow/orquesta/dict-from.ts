// operator/domain/workflow/orquesta/dict-from.ts — entries in their order → an object.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { type AnyDict, Dict } from '../../expression/python/dict.ts';
import { asDict } from '../../expression/python/json-load.ts';
import type { Value } from '../../expression/python/values.ts';
import { DEFINITION_LIMITS } from './load.ts';

type Entry = readonly [Value, Value];

/** A dict with these keys in this order, also where they are numbers or names that JavaScript's objects treat in their own way. */
export const dictFrom = (entries: readonly Entry[]): AnyDict =>
  evaluating(
    NOWHEN,
    () =>
      entries.every((entry): entry is readonly [string, Value] => typeof entry[0] === 'string')
        ? asDict(entries)
        : new Dict(entries),
    DEFINITION_LIMITS,
  );
