// operator/domain/workflow/orquesta/stored.ts — the value of an expression → what a workflow keeps of it: JSON has no tuples, and keys are text.
import { Tuple } from '../../expression/python/collections.ts';
import { Dict, dictEntries } from '../../expression/python/dict.ts';
import { str } from '../../expression/python/repr.ts';
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';

/** What is nested deeper is kept as it is; no expression makes such a value. */
const DEPTH_MAX = 1000;

/** Tuples become lists, dicts plain objects; what is neither stays. Parts that do not change are shared. */
export function stored(value: Value, depth = 0): Value {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return value;
  if (isList(value)) return storedList(value, depth);
  if (isPlain(value)) return storedPlain(value, depth);
  if (value instanceof Tuple) return value.items.map((item) => stored(item, depth + 1));
  return value instanceof Dict ? storedDict(value, depth) : value;
}

function storedList(list: readonly Value[], depth: number): Value {
  let copy: Value[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as Value;
    const kept = stored(item, depth + 1);
    if (kept === item) continue;
    copy ??= [...list];
    copy[i] = kept;
  }
  return copy ?? list;
}

function storedPlain(dict: Plain, depth: number): Value {
  const changes: [string, Value][] = [];
  for (const key of Object.keys(dict)) {
    const item = dict[key] as Value;
    const kept = stored(item, depth + 1);
    if (kept !== item) changes.push([key, kept]);
  }
  return changes.length === 0 ? dict : Object.fromEntries(new Map([...Object.entries(dict), ...changes]));
}

/** A dict with a key that JSON has no text for stays what it is. */
function storedDict(dict: Dict, depth: number): Value {
  const entries = dictEntries(dict).map(([key, item]) => [keyText(key), stored(item, depth + 1)] as const);
  return entries.every((entry): entry is readonly [string, Value] => entry[0] !== undefined)
    ? Object.fromEntries(entries)
    : dict;
}

function keyText(key: Value): string | undefined {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean') return String(key);
  return typeof key === 'number' || typeof key === 'bigint' ? str(key) : undefined;
}
