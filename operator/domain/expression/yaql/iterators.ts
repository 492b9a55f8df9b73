// operator/domain/expression/yaql/iterators.ts — lazy sequences: used up as they are read, unless they remember.
import { allowItems, spend } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import { PySet } from '../python/collections.ts';
import { dictKeys, isDict } from '../python/dict.ts';
import { PyObject, typeName, type Value } from '../python/values.ts';
import { identityKey, sequenceItems, View } from './values.ts';

/** An iterator: each item is made when it is asked for, and given once. */
export class Lazy extends PyObject implements Iterable<Value> {
  readonly typeName = 'generator';
  readonly #source: Iterator<Value>;
  constructor(source: Iterator<Value>) {
    super();
    this.#source = source;
  }
  /** Without `return`: who stops early leaves the rest for the next reader. */
  [Symbol.iterator](): Iterator<Value> {
    return {
      next: () => {
        spend(1);
        return this.#source.next();
      },
    };
  }
  repr(): string {
    return '<generator object>';
  }
  override hashKey(): string {
    return identityKey(this);
  }
  override iterate(): Iterable<Value> {
    return this;
  }
}

/** What a lazy sequence is worth before it is read, in steps: it takes a kilobyte. */
const LAZY_STEPS = 20;

/** A lazy sequence that a generator makes. */
export function lazy(make: () => Generator<Value, void>): Lazy {
  spend(LAZY_STEPS);
  return new Lazy(make());
}

/** An iterator that may be read again from its start: it keeps what it gave. */
export class Memory extends PyObject implements Iterable<Value> {
  readonly typeName = 'RememberingIterator';
  readonly #source: Iterator<Value>;
  readonly #given: Value[] = [];
  constructor(source: Iterable<Value>) {
    super();
    this.#source = source[Symbol.iterator]();
  }
  *[Symbol.iterator](): Generator<Value, void> {
    for (let i = 0; ; i++) {
      spend(1);
      if (i >= this.#given.length) {
        const next = this.#source.next();
        if (next.done === true) return;
        if (i % 64 === 63) allowItems(i);
        this.#given.push(next.value);
      }
      yield this.#given[i] as Value;
    }
  }
  repr(): string {
    return '<RememberingIterator object>';
  }
  override hashKey(): string {
    return identityKey(this);
  }
  override iterate(): Iterable<Value> {
    return this;
  }
}

/** Compares two items; used by Ordering with the keys of the items. */
export type Less = (a: Value, b: Value) => boolean;

interface Field {
  readonly key: (item: Value) => Value;
  readonly ascending: boolean;
}

/** What orderBy() gives: sorted when it is read first, by fields that thenBy() still adds. */
export class Ordering extends PyObject {
  readonly typeName = 'OrderingIterable';
  readonly #source: Value;
  readonly #less: Less;
  readonly #greater: Less;
  readonly #fields: Field[] = [];
  #sorted: readonly Value[] | undefined;
  constructor(source: Value, less: Less, greater: Less) {
    super();
    [this.#source, this.#less, this.#greater] = [source, less, greater];
  }
  thenBy(key: (item: Value) => Value, ascending: boolean): this {
    this.#fields.push({ key, ascending });
    return this;
  }
  get items(): readonly Value[] {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }
  repr(): string {
    return '<OrderingIterable object>';
  }
  override hashKey(): string {
    return identityKey(this);
  }
  override iterate(): Iterable<Value> {
    return this.items;
  }
  /** Keys are made when two items are compared: a single item needs none, and only equal ones a second. */
  #sort(): readonly Value[] {
    const rows = collect(each(this.#source)).map((item) => ({ item, keys: new Array<Value | undefined>() }));
    spend(rows.length * Math.ceil(Math.log2(rows.length + 1)));
    const keyAt = (row: (typeof rows)[number], at: number, field: Field): Value => {
      let key = row.keys[at];
      if (key === undefined) {
        key = field.key(row.item);
        row.keys[at] = key;
      }
      return key;
    };
    rows.sort((left, right) => {
      for (const [at, field] of this.#fields.entries()) {
        const [a, b] = [keyAt(left, at, field), keyAt(right, at, field)];
        const order = this.#less(a, b) ? -1 : this.#greater(a, b) ? 1 : 0;
        if (order !== 0) return field.ascending ? order : -order;
      }
      return 0;
    });
    return rows.map((row) => row.item);
  }
}

export const isIterator = (value: Value): value is Lazy | Memory => value instanceof Lazy || value instanceof Memory;

/** Whether YAQL takes it for a collection: neither text nor dict. */
export const isCollection = (value: Value): boolean =>
  typeof value === 'object' && value !== null && itemsOf(value) !== undefined;

function itemsOf(value: Value): Iterable<Value> | undefined {
  const items = sequenceItems(value);
  if (items) return items;
  if (isIterator(value)) return value;
  if (value instanceof PySet) return value.values();
  return value instanceof View || value instanceof Ordering ? value.items : undefined;
}

/** The items of a collection. @throws ExpressionFault TypeError for what is none */
export function each(value: Value): Iterable<Value> {
  const items = itemsOf(value);
  if (!items) throw notIterable(value);
  return items;
}

/** As Python's iter(): texts give their characters, dicts their keys. @throws ExpressionFault */
export function eachOf(value: Value): Iterable<Value> {
  if (typeof value === 'string') return value;
  return isDict(value) ? dictKeys(value) : each(value);
}

const notIterable = (value: Value) => typeFault(`'${typeName(value)}' object is not iterable`);

/** All items as a list of their own. @throws ExpressionFault when they are too many */
export function collect(items: Iterable<Value>): Value[] {
  if (Array.isArray(items)) {
    allowItems(items.length);
    return [...(items as readonly Value[])];
  }
  const list: Value[] = [];
  for (const item of items) {
    list.push(item);
    if (list.length % 1024 === 0) allowItems(list.length);
  }
  return list;
}
