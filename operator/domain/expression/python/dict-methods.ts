// operator/domain/expression/python/dict-methods.ts — the methods of Python's dict.
import { typeFault, undefinedFault, valueFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { hashKey } from './compare.ts';
import { allowGrowth } from './growth.ts';
import { DictView } from './dict-view.ts';
import { type AnyDict, Dict, dictEntries, dictGet, dictKeys, isDict } from './dict.ts';
import { iterable, iterate, toList } from './iterate.ts';
import { type Method, type Methods, noArguments, positional } from './method.ts';
import { repr } from './repr.ts';
import { Tuple } from './collections.ts';
import { resizePlain, type Value } from './values.ts';

type DictMethod = (dict: AnyDict, call: Call) => Value;

const view =
  (part: 'keys' | 'values' | 'items'): DictMethod =>
  (dict, call) => {
    noArguments(`dict.${part}`, call);
    return new DictView(dict, part);
  };

const METHODS: Readonly<Record<string, DictMethod>> = {
  keys: view('keys'),
  values: view('values'),
  items: view('items'),
  get: (dict, call) => {
    const [key = null, fallback = null] = positional('dict.get', call, 1, 2);
    return dictGet(dict, key) ?? (dictGet(dict, key) === null ? null : fallback);
  },
  copy: (dict, call) => {
    noArguments('dict.copy', call);
    return new Dict(dictEntries(dict));
  },
  fromkeys: (_, call) => {
    const [keys = null, value = null] = positional('dict.fromkeys', call, 1, 2);
    return new Dict(toList(keys).map((key) => [key, value]));
  },
  pop: (dict, call) => {
    const [key = null, fallback] = positional('dict.pop', call, 1, 2);
    const found = dictGet(dict, key);
    if (found !== undefined) {
      removeEntry(dict, key);
      return found;
    }
    if (fallback === undefined) throw undefinedFault('KeyError', repr(key));
    return fallback;
  },
  popitem: (dict, call) => {
    noArguments('dict.popitem', call);
    const last = dictEntries(dict).at(-1);
    if (!last) throw undefinedFault('KeyError', "'popitem(): dictionary is empty'");
    removeEntry(dict, last[0]);
    return new Tuple(last);
  },
  setdefault: (dict, call) => {
    const [key = null, fallback = null] = positional('dict.setdefault', call, 1, 2);
    const found = dictGet(dict, key);
    if (found !== undefined) return found;
    setEntry(dict, key, fallback);
    return fallback;
  },
  update: (dict, { args, named }) => {
    const [other] = positional('dict.update', { args, named: new Map() }, 0, 1);
    const entries = other === undefined ? [] : entriesOf(other);
    for (const [key, value] of entries) setEntry(dict, key, value);
    for (const [key, value] of named) setEntry(dict, key, value);
    return null;
  },
  clear: (dict, call) => {
    noArguments('dict.clear', call);
    if (dict instanceof Dict) dict.clear();
    else for (const key of dictKeys(dict)) removeEntry(dict, key);
    return null;
  },
};

/** A dict that came as JSON is changed in place like any other: the caller has made sure that it is the evaluation's own. */
function setEntry(dict: AnyDict, key: Value, value: Value): void {
  if (dict instanceof Dict) return dict.set(key, value);
  hashKey(key);
  if (typeof key !== 'string') throw typeFault('a dict that came as JSON takes keys that are text only');
  if (!Object.hasOwn(dict, key)) resizePlain(dict, 1);
  // Not by assignment: `__proto__` is a key like any other.
  Object.defineProperty(dict, key, { value, writable: true, enumerable: true, configurable: true });
}

function removeEntry(dict: AnyDict, key: Value): void {
  if (dict instanceof Dict) dict.delete(key);
  else if (typeof key === 'string' && Object.hasOwn(dict, key)) {
    resizePlain(dict, -1);
    Reflect.deleteProperty(dict, key);
  }
}

/** Pairs of what dict() and update() take: a dict, or anything that gives pairs. @throws ExpressionFault TypeError or ValueError */
export function entriesOf(value: Value): (readonly [Value, Value])[] {
  if (isDict(value)) return dictEntries(value);
  const entries: (readonly [Value, Value])[] = [];
  for (const item of iterate(value)) {
    const at = entries.length;
    if (iterable(item) === undefined)
      throw typeFault(`cannot convert dictionary update sequence element #${at} to a sequence`);
    const pair = toList(item);
    if (pair.length !== 2) {
      throw valueFault(`dictionary update sequence element #${at} has length ${pair.length}; 2 is required`);
    }
    allowGrowth(at);
    entries.push(pair as unknown as readonly [Value, Value]);
  }
  return entries;
}

/** By name; `self` is a dict. */
export const DICT_METHODS: Methods = new Map(
  Object.entries(METHODS).map(([name, method]): [string, Method] => [
    name,
    (self, call) => {
      if (!isDict(self)) throw typeFault(`descriptor '${name}' requires a 'dict' object`);
      return method(self, call);
    },
  ]),
);
