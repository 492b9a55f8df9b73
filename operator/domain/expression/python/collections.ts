// operator/domain/expression/python/collections.ts — tuples, sets and bytes.
import { allowCharacters, allowItems, deeper, spend, spendIfEvaluating } from '../evaluation.ts';
import { typeFault, valueFault } from '../fault.ts';
import { compareItems, containsItem, equals, hashKey } from './compare.ts';
import { allowGrowth } from './growth.ts';
import { isInt } from './numbers.ts';
import { repr } from './repr.ts';
import { type Comparison, type Operator, PyObject, typeName, type Value } from './values.ts';

export class Tuple extends PyObject {
  readonly typeName: string = 'tuple';
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    super();
    this.items = items;
  }
  repr(): string {
    const [only] = this.items;
    return this.items.length === 1 && only !== undefined ? `(${repr(only)},)` : `(${this.items.map(repr).join(', ')})`;
  }
  override truthy(): boolean {
    return this.items.length > 0;
  }
  override equals(other: Value): boolean {
    spendIfEvaluating(this.items.length);
    return (
      other instanceof Tuple &&
      other.items.length === this.items.length &&
      this.items.every((item, i) => equals(item, other.items[i] as Value))
    );
  }
  override hashKey(): string {
    return nestedKey(() => `(${joinedKeys(this.items.map((item) => hashKey(item)))})`);
  }
  override compareTo(other: Value, sign: Comparison): number | undefined {
    return other instanceof Tuple ? compareItems(this.items, other.items, sign) : undefined;
  }
  override contains(item: Value): boolean {
    return containsItem(this.items, item);
  }
  override iterate(): Iterable<Value> {
    return this.items;
  }
  override size(): number {
    return this.items.length;
  }
}

/** A set; `frozen` ones are hashable. Iterates in the order of insertion, which Python leaves open. */
export class PySet extends PyObject {
  readonly typeName: string;
  readonly #items = new Map<string, Value>();
  readonly #frozen: boolean;
  constructor(items: Iterable<Value> = [], frozen = false) {
    super();
    this.#frozen = frozen;
    this.typeName = frozen ? 'frozenset' : 'set';
    for (const item of items) this.add(item);
  }
  override size(): number {
    return this.#items.size;
  }
  override iterate(): Iterable<Value> {
    return this.#items.values();
  }
  /** Adds an item in place; the set is the caller's own. */
  add(item: Value): void {
    const key = hashKey(item);
    if (this.#items.has(key)) return;
    allowGrowth(this.#items.size);
    this.#items.set(key, item);
  }
  has(item: Value): boolean {
    return this.#items.has(hashKey(item));
  }
  delete(item: Value): boolean {
    return this.#items.delete(hashKey(item));
  }
  values(): IterableIterator<Value> {
    return this.#items.values();
  }
  repr(): string {
    const inner = [...this.values()].map(repr).join(', ');
    if (this.#frozen) return inner === '' ? 'frozenset()' : `frozenset({${inner}})`;
    return inner === '' ? 'set()' : `{${inner}}`;
  }
  override truthy(): boolean {
    return this.size() > 0;
  }
  override equals(other: Value): boolean {
    return other instanceof PySet && other.size() === this.size() && this.#keys().every((key) => other.#items.has(key));
  }
  override hashKey(): string {
    if (!this.#frozen) return super.hashKey();
    return nestedKey(() => `s{${joinedKeys(this.#keys().sort())}}`);
  }
  #keys(): string[] {
    spendIfEvaluating(this.size());
    return [...this.#items.keys()];
  }
  /** A subset is less, a superset more, anything else neither. */
  override compareTo(other: Value): number | undefined {
    if (!(other instanceof PySet)) return undefined;
    if (this.size() === other.size()) return this.equals(other) ? 0 : Number.NaN;
    const [small, large, order] = this.size() < other.size() ? [this, other, -1] : [other, this, 1];
    spendIfEvaluating(small.size());
    return [...small.values()].every((item) => large.has(item)) ? order : Number.NaN;
  }
  /** A set among others is looked for by what is in it, though it is not hashable itself. */
  override contains(item: Value): boolean {
    return this.has(item instanceof PySet ? new PySet(item.values(), true) : item);
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value | undefined {
    if (mirrored || !(other instanceof PySet) || !isSetOperator(sign)) return undefined;
    return combine(sign, this.values(), other.values(), this.#frozen);
  }
}

export type SetOperator = '|' | '&' | '-' | '^';
export const isSetOperator = (sign: Operator): sign is SetOperator =>
  sign === '|' || sign === '&' || sign === '-' || sign === '^';

/** The union, intersection, difference or symmetric difference, as a new set. */
export function combine(sign: SetOperator, a: Iterable<Value>, b: Iterable<Value>, frozen: boolean): PySet {
  const [left, right] = [[...a], [...b]];
  allowItems(left.length + right.length);
  if (sign === '|') return new PySet([...left, ...right], frozen);
  const [mine, theirs] = [new PySet(left), new PySet(right)];
  spend(left.length + right.length);
  if (sign === '&')
    return new PySet(
      [...mine.values()].filter((item) => theirs.has(item)),
      frozen,
    );
  const rest = [...mine.values()].filter((item) => !theirs.has(item));
  if (sign === '-') return new PySet(rest, frozen);
  return new PySet([...rest, ...[...theirs.values()].filter((item) => !mine.has(item))], frozen);
}

/** The key of what holds others: one that holds itself twice, and so on downwards, would be endless. */
function nestedKey(write: () => string): string {
  const key = deeper(write);
  allowCharacters(key.length);
  return key;
}

/** Lengths keep the keys of nested values apart, whatever texts they hold. */
const joinedKeys = (keys: readonly string[]) => keys.map((key) => `${key.length}:${key}`).join(',');

const KEY_OF_BYTES = new TextDecoder('latin1');

export class Bytes extends PyObject {
  readonly typeName = 'bytes';
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }
  repr(): string {
    spendIfEvaluating(this.bytes.length >>> 2);
    const inner = Array.from(this.bytes, (b) => {
      if (b === 0x5c) return '\\\\';
      if (b === 0x0a) return '\\n';
      if (b === 0x0d) return '\\r';
      if (b === 0x09) return '\\t';
      return b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`;
    }).join('');
    return inner.includes("'") && !inner.includes('"') ? `b"${inner}"` : `b'${inner.replaceAll("'", "\\'")}'`;
  }
  override truthy(): boolean {
    return this.bytes.length > 0;
  }
  override equals(other: Value): boolean {
    spendIfEvaluating(this.bytes.length >>> 4);
    return (
      other instanceof Bytes &&
      other.bytes.length === this.bytes.length &&
      this.bytes.every((b, i) => b === other.bytes[i])
    );
  }
  override compareTo(other: Value): number | undefined {
    if (!(other instanceof Bytes)) return undefined;
    spendIfEvaluating(this.bytes.length >>> 4);
    const at = this.bytes.findIndex((b, i) => b !== other.bytes[i]);
    if (at < 0 || at >= other.bytes.length) return this.bytes.length - other.bytes.length;
    return (this.bytes[at] ?? 0) - (other.bytes[at] ?? 0);
  }
  override contains(item: Value): boolean {
    if (typeof item === 'boolean' || (typeof item !== 'string' && isInt(item))) {
      if (Number(item) < 0 || Number(item) > 255) throw valueFault('byte must be in range(0, 256)');
      spendIfEvaluating(this.bytes.length >>> 6);
      return this.bytes.includes(Number(item));
    }
    if (!(item instanceof Bytes)) throw typeFault(`a bytes-like object is required, not '${typeName(item)}'`);
    spend(this.bytes.length);
    const text = (bytes: Uint8Array) => Array.from(bytes, (b) => String.fromCharCode(b)).join('');
    return text(this.bytes).includes(text(item.bytes));
  }
  override iterate(): Iterable<Value> {
    return this.bytes;
  }
  override size(): number {
    return this.bytes.length;
  }
  override hashKey(): string {
    spendIfEvaluating(this.bytes.length >>> 4);
    return `b:${KEY_OF_BYTES.decode(this.bytes)}`; // each byte gives a character of its own
  }
}
