// operator/domain/workflow/orquesta/merge.ts — two objects → one: objects within them are merged, everything else is taken whole.
import { hashKey } from '../../expression/python/compare.ts';
import { type AnyDict, Dict, dictEntries, dictGet, isDict } from '../../expression/python/dict.ts';
import { isPlain, type Value } from '../../expression/python/values.ts';

/** Where objects are nested deeper than this, the one that wins is taken whole. */
const DEPTH_MAX = 1000;

/** The right side wins, or with `overwrite` false the left. Null stands for nothing at all. Neither is changed; what stays is shared. */
export function mergeDicts(left: Value, right: Value, overwrite = true): Value {
  if (left === null) return right;
  return isDict(left) && isDict(right) ? merged(left, right, overwrite, 0) : left;
}

function merged(left: AnyDict, right: AnyDict, overwrite: boolean, depth: number): AnyDict {
  const changes: (readonly [Value, Value])[] = [];
  for (const [key, theirs] of dictEntries(right)) {
    const ours = dictGet(left, key);
    const value = ours === undefined ? theirs : chosen(ours, theirs, overwrite, depth + 1);
    if (value !== ours) changes.push([key, value]);
  }
  return changes.length === 0 ? left : changed(left, changes);
}

function chosen(ours: Value, theirs: Value, overwrite: boolean, depth: number): Value {
  if (isDict(ours) && isDict(theirs) && depth < DEPTH_MAX) return merged(ours, theirs, overwrite, depth);
  return overwrite ? theirs : ours;
}

/** Keys that are there keep their places. */
function changed(dict: AnyDict, changes: readonly (readonly [Value, Value])[]): AnyDict {
  if (isPlain(dict) && changes.every((entry): entry is readonly [string, Value] => typeof entry[0] === 'string')) {
    return Object.fromEntries(new Map([...Object.entries(dict), ...changes]));
  }
  const entries = new Map<string, readonly [Value, Value]>();
  for (const [key, value] of [...dictEntries(dict), ...changes]) {
    const hash = hashKey(key);
    entries.set(hash, [entries.get(hash)?.[0] ?? key, value]);
  }
  return new Dict(entries.values());
}
