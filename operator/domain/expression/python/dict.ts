// operator/domain/expression/python/dict.ts — dicts, tuples and sets: keys compare as Python's do, order is that of insertion.
import { spendIfEvaluating } from '../evaluation.ts';
import { equals, hashKey } from './compare.ts';
import { allowGrowth } from './growth.ts';
import { dictText } from './repr.ts';
import { spendText } from './text.ts';
import { isPlain, type Plain, plainSize, PyObject, type Value } from './values.ts';

/** A dict that an expression made. Keys may be of any hashable type. */
export class Dict extends PyObject {
  readonly typeName: string = 'dict';
  readonly #entries = new Map<string, readonly [Value, Value]>();
  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }
  override size(): number {
    return this.#entries.size;
  }
  override iterate(): Iterable<Value> {
    return dictKeys(this);
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(hashKey(key))?.[1];
  }
  has(key: Value): boolean {
    return this.#entries.has(hashKey(key));
  }
  /** A key that is there keeps its place and its spelling. */
  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    const known = this.#entries.get(hash);
    if (!known) allowGrowth(this.#entries.size);
    this.#entries.set(hash, [known ? known[0] : key, value]);
  }
  delete(key: Value): boolean {
    return this.#entries.delete(hashKey(key));
  }
  clear(): void {
    this.#entries.clear();
  }
  entries(): IterableIterator<readonly [Value, Value]> {
    return this.#entries.values();
  }
  repr(): string {
    return dictText(this.entries());
  }
  override truthy(): boolean {
    return this.size() > 0;
  }
  override equals(other: Value): boolean {
    if (!isDict(other) || dictSize(other) !== this.size()) return false;
    return dictEntries(this).every(([key, value]) => {
      const theirs = dictGet(other, key);
      return theirs !== undefined && equals(value, theirs);
    });
  }
  override contains(item: Value): boolean {
    return this.has(item);
  }
}

export type AnyDict = Dict | Plain;

export const isDict = (value: Value): value is AnyDict => value instanceof Dict || isPlain(value);

/** The value of a key; undefined when there is none. Only own properties of a plain object count. */
export function dictGet(dict: AnyDict, key: Value): Value | undefined {
  if (dict instanceof Dict) return dict.get(key);
  if (typeof key === 'string') {
    spendText(key.length);
    return Object.hasOwn(dict, key) ? dict[key] : undefined;
  }
  hashKey(key);
  return undefined;
}

export const dictHas = (dict: AnyDict, key: Value): boolean => dictGet(dict, key) !== undefined;
export const dictSize = (dict: AnyDict): number => (dict instanceof Dict ? dict.size() : plainSize(dict));

/** A list of all keys. @throws ExpressionFault when there are more than the evaluation has steps left for, as the next two do */
export function dictKeys(dict: AnyDict): Value[] {
  spendIfEvaluating(dictSize(dict) >>> 1);
  return dict instanceof Dict ? Array.from(dict.entries(), ([key]) => key) : Object.keys(dict);
}

export function dictValues(dict: AnyDict): Value[] {
  spendIfEvaluating(dictSize(dict));
  return dict instanceof Dict ? Array.from(dict.entries(), ([, value]) => value) : Object.values(dict);
}

export function dictEntries(dict: AnyDict): (readonly [Value, Value])[] {
  spendIfEvaluating(dictSize(dict));
  return dict instanceof Dict ? [...dict.entries()] : Object.entries(dict);
}
