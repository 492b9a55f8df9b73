// operator/domain/expression/yaql/values.ts — the values of YAQL: a JSON list is a tuple, a JSON object a frozen dict, and both may be keys.
import { allowCharacters, allowItems, deeper, spend } from '../evaluation.ts';
import { Bytes, PySet, Tuple } from '../python/collections.ts';
import { equals, hashKey } from '../python/compare.ts';
import { type AnyDict, Dict, dictEntries, dictGet, dictKeys, dictSize, dictValues, isDict } from '../python/dict.ts';
import { repr, str } from '../python/repr.ts';
import { isList, isPlain, PyObject, type Value } from '../python/values.ts';

/** What stands for an argument that was left out; it may get into a list, where it is just odd. */
class NoValue extends PyObject {
  readonly typeName = 'MarkerClass';
  repr(): string {
    return '<NoValue>';
  }
}
export const NO_VALUE = new NoValue();

/** Python's list: what split() gives, or json(). Unlike a tuple it is no key, and no tuple's equal. */
export class PyList extends PyObject {
  readonly typeName = 'list';
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    super();
    this.items = items;
  }
  repr(): string {
    return `[${this.items.map((item) => repr(typed(item))).join(', ')}]`;
  }
  override truthy(): boolean {
    return this.items.length > 0;
  }
  override iterate(): Iterable<Value> {
    return this.items;
  }
  override size(): number {
    return this.items.length;
  }
  override equals(other: Value): boolean {
    return typeof other === 'object' && other !== null && same(this, other);
  }
}

/** A dict that may be a key: those of the context, and of `{…}`. A plain `Dict` is Python's own, which may not. */
export class FrozenDict extends Dict {
  override readonly typeName = 'FrozenDict';
  override hashKey(): string {
    const keys = dictEntries(this).map(([key, value]) => `${keyOf(key)}=${keyOf(value)}`);
    allowCharacters(keys.reduce((sum, key) => sum + key.length, 0));
    return `d{${keys
      .sort()
      .map((key) => `${key.length}:${key}`)
      .join(',')}}`;
  }
}

/** `name => value` as a value: what dict() is called with. */
export class Pair extends PyObject {
  readonly typeName = 'MappingRule';
  readonly source: Value;
  readonly destination: Value;
  constructor(source: Value, destination: Value) {
    super();
    [this.source, this.destination] = [source, destination];
  }
  repr(): string {
    return '<MappingRule>';
  }
}

/** keys(), values() or items() of a dict. Keys and items are sets. */
export class View extends PyObject {
  readonly typeName: string;
  readonly part: 'keys' | 'values' | 'items';
  readonly #dict: AnyDict;
  readonly items: readonly Value[];
  constructor(part: 'keys' | 'values' | 'items', dict: AnyDict) {
    super();
    const owner = dict instanceof Dict && !(dict instanceof FrozenDict);
    this.typeName = owner ? `dict_${part}` : `${part.charAt(0).toUpperCase()}${part.slice(1)}View`;
    [this.part, this.#dict, this.items] = [part, dict, PARTS[part](dict)];
  }
  get isSet(): boolean {
    return this.part !== 'values';
  }
  repr(): string {
    if (this.typeName.startsWith('dict_')) return `${this.typeName}(${repr(new PyList(this.items))})`;
    return `${this.typeName}(${repr(typed(this.#dict))})`;
  }
  override truthy(): boolean {
    return this.items.length > 0;
  }
  override hashKey(): string {
    return this.isSet ? super.hashKey() : identityKey(this);
  }
  override iterate(): Iterable<Value> {
    return this.items;
  }
  override equals(other: Value): boolean {
    return typeof other === 'object' && other !== null && same(this, other);
  }
}

/** Objects that are the same only as themselves are keys by a number of their own. */
const numbers = new WeakMap<PyObject, number>();
let next = 0;
export function identityKey(object: PyObject): string {
  const known = numbers.get(object) ?? next++;
  numbers.set(object, known);
  return `#${known}`;
}

const PARTS = {
  keys: dictKeys,
  values: dictValues,
  items: (dict: AnyDict): Value[] => dictEntries(dict).map((entry) => new Tuple(entry)),
};

/** The items of a tuple or list; undefined for every other value. */
export function sequenceItems(value: Value): readonly Value[] | undefined {
  if (isList(value)) return value;
  if (value instanceof PyList || value instanceof Tuple) return value.items;
  if (!(value instanceof Bytes)) return undefined;
  allowItems(value.bytes.length);
  return [...value.bytes];
}

export const isTuple = (value: Value): boolean => isList(value) || value instanceof Tuple || value instanceof Bytes;
export const isSet = (value: Value): value is PySet | View =>
  value instanceof PySet || (value instanceof View && value.isSet);

/** The items of a set. */
export const setItems = (set: PySet | View): readonly Value[] => (set instanceof View ? set.items : [...set.values()]);

/** The value with Python's types made explicit, as str(), hashes and foreign functions need them. */
export function typed(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return new Tuple(typedItems(value));
  if (isPlain(value)) return new FrozenDict(typedEntries(value));
  if (value instanceof Dict)
    return value instanceof FrozenDict ? new FrozenDict(typedEntries(value)) : new Dict(typedEntries(value));
  if (value instanceof Tuple) return new Tuple(typedItems(value.items));
  if (value instanceof PyList) return new PyList(typedItems(value.items));
  if (value instanceof PySet && value.typeName === 'set') return new PySet(value.values(), true);
  return value instanceof Bytes ? new Tuple([...value.bytes]) : value;
}

/** What the copy of a list or dict is worth, in steps: nested ones may share their parts, copies do not. */
const NODE_STEPS = 6;

function typedItems(items: readonly Value[]): Value[] {
  spend(NODE_STEPS);
  allowItems(items.length);
  return deeper(() => items.map(typed));
}

function typedEntries(dict: AnyDict): (readonly [Value, Value])[] {
  const entries = dictEntries(dict);
  spend(NODE_STEPS);
  allowItems(entries.length);
  return deeper(() => entries.map(([key, value]) => [key, typed(value)] as const));
}

/** YAQL's str() of anything but null and booleans. */
export const textOf = (value: Value): string => (typeof value === 'string' ? value : str(typed(value)));

/** The value as what it is in sets and as a key of dicts. */
export const asKey = (value: Value): Value => (typeof value === 'object' ? typed(value) : value);

/** What tells values apart in sets and dicts. @throws ExpressionFault TypeError `unhashable type: 'list'` */
export const keyOf = (value: Value): string => hashKey(asKey(value));

/** A set of these values. @throws ExpressionFault TypeError for what is no key */
export function setOf(values: Iterable<Value>): PySet {
  const set = new PySet([], true);
  for (const value of values) set.add(asKey(value));
  return set;
}

/** The value of a key; undefined when there is none. @throws ExpressionFault TypeError for what is no key */
export const lookUp = (dict: AnyDict, key: Value): Value | undefined => dictGet(dict, asKey(key));

/** Python's ==, where a list is no tuple. */
export function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return equals(a, b);
  const [x, y] = [sequenceItems(a), sequenceItems(b)];
  if (x && y) {
    if (x.length !== y.length || isTuple(a) !== isTuple(b)) return false;
    spend(x.length);
    return deeper(() => x.every((item, i) => same(item, y[i] as Value)));
  }
  if (x || y) return false;
  if (isDict(a) && isDict(b)) {
    const entries = dictEntries(a);
    spend(entries.length);
    if (entries.length !== dictSize(b)) return false;
    return deeper(() => entries.every(([key, one]) => isSame(one, dictGet(b, key))));
  }
  if (isSet(a) && isSet(b)) return compareSets(a, b) === 0;
  return !(a instanceof View) && !(b instanceof View) && equals(a, b);
}

const isSame = (a: Value, b: Value | undefined) => b !== undefined && same(a, b);

const sizeOf = (set: PySet | View): number => (set instanceof View ? set.items.length : set.size());

/** Negative when `a` is a subset of `b`, positive for a superset, 0 when they are equal, otherwise NaN. */
export function compareSets(a: PySet | View, b: PySet | View): number {
  spend(sizeOf(a) + sizeOf(b));
  const [mine, theirs] = [new Set(setItems(a).map(keyOf)), new Set(setItems(b).map(keyOf))];
  const [small, large] = mine.size <= theirs.size ? [mine, theirs] : [theirs, mine];
  return [...small].every((key) => large.has(key)) ? mine.size - theirs.size : Number.NaN;
}

/** Python's `item in items`, where a list is no tuple. */
export function includes(items: Iterable<Value>, item: Value): boolean {
  for (const one of items) {
    spend(1);
    if (same(one, item)) return true;
  }
  return false;
}
