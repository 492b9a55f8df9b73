// operator/domain/expression/python/values.ts — the values of Python that expressions compute with: JSON as it is, and what JSON lacks as objects.
import { spendIfEvaluating } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';

/**
 * None is null; bool, str and list are JavaScript's own. A number that is integral is an int, any other (NaN and the infinities too)
 * a float; a float that is integral is boxed as `Float`, an int beyond 2^53 - 1 is a bigint (`int` and `float` in numbers.ts see to that).
 * A dict is a plain JSON object, as contexts bring them, or a `Dict`, as expressions make them: dict.ts reads both alike.
 * Values of a context are shared and never changed.
 */
export type Value = null | boolean | number | bigint | string | readonly Value[] | Plain | PyObject;

/** A dict that came as JSON. Only its own properties count. */
export interface Plain {
  readonly [key: string]: Value;
}

export type Comparison = '<' | '<=' | '>' | '>=';
export type Operator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '|' | '&' | '^';

/** Every value that is not plain JSON. The engines add their own: loop, macro, namespace, iterators, undefined. */
export abstract class PyObject {
  /** As Python's `type(x).__name__`. */
  abstract readonly typeName: string;
  /** Python's repr(). */
  abstract repr(): string;
  /** Python's str(). */
  text(): string {
    return this.repr();
  }
  truthy(): boolean {
    return true;
  }
  /** Whether it is a kind of str, whose characters `text()` gives: marked-up text. */
  isText(): boolean {
    return false;
  }
  /** Python's ==, against a value of whatever type. */
  equals(other: Value): boolean {
    return this === other;
  }
  /** Negative, 0, positive or NaN against a value that it has an order with; undefined for every other. `sign` is what was asked. */
  compareTo(_other: Value, _sign: Comparison): number | undefined {
    return undefined;
  }
  /** Python's `item in this`. @throws ExpressionFault when it is no container */
  contains(_item: Value): boolean {
    throw typeFault(`argument of type '${this.typeName}' is not iterable`);
  }
  /** What Python's iter() walks; undefined for what is not iterable. */
  iterate(): Iterable<Value> | undefined {
    return undefined;
  }
  /** Python's len(); undefined for what has none. */
  size(): number | undefined {
    return undefined;
  }
  /** Python's `this[key]`; undefined for what has no items at all. @throws ExpressionFault KeyError or IndexError */
  item(_key: Value): Value | undefined {
    return undefined;
  }
  /** Python's `this[start:stop:step]`; undefined for what has no slices. */
  slice(_start: Value, _stop: Value, _step: Value): Value | undefined {
    return undefined;
  }
  /** Python's `this sign other`, or `other sign this` when `mirrored`; undefined where the two have no such operator. */
  operate(_sign: Operator, _other: Value, _mirrored: boolean): Value | undefined {
    return undefined;
  }
  /** Python's `-this`, `+this`, `abs(this)`; undefined where it has none. */
  unary(_sign: '-' | '+' | 'abs'): Value | undefined {
    return undefined;
  }
  /** Python's format(this, spec); undefined for what is formatted as its str() or not at all. */
  format(_spec: string): string | undefined {
    return undefined;
  }
  /** An attribute that expressions may see, methods included (as callable values); undefined when there is none of that name. */
  attribute(_name: string): Value | undefined {
    return undefined;
  }
  /** Calls it; undefined for what is not callable. */
  call(_call: Call): Value | undefined {
    return undefined;
  }
  /** Two values with equal keys are the same key of a dict. @throws ExpressionFault `unhashable type: 'set'` */
  hashKey(): string {
    throw typeFault(`unhashable type: '${this.typeName}'`);
  }
}

/** A float whose value is integral: 2.0, 1e20, -0.0. Others are plain numbers. */
export class Float extends PyObject {
  readonly typeName = 'float';
  readonly value: number;
  constructor(value: number) {
    super();
    this.value = value;
  }
  repr(): string {
    return floatRepr(this.value);
  }
  override truthy(): boolean {
    return this.value !== 0;
  }
  override equals(other: Value): boolean {
    if (typeof other === 'boolean') return this.value === Number(other);
    if (other instanceof Float) return this.value === other.value;
    // oxlint-disable-next-line eqeqeq -- a bigint and a number of equal value
    return (typeof other === 'number' || typeof other === 'bigint') && this.value == other;
  }
  override hashKey(): string {
    return numberKey(this.value);
  }
}

/** What equal numbers share as keys. Large ints are written in hexadecimal, which takes linear time where decimals do not. */
export function numberKey(value: number | bigint): string {
  if (typeof value === 'number' && (Number.isSafeInteger(value) || !Number.isInteger(value))) return `n:${value}`;
  const digits = BigInt(value).toString(16);
  spendIfEvaluating(digits.length >>> 6);
  return digits.length > 13 ? `n:x${digits}` : `n:${Number(value)}`;
}

/** Python's repr of a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) {
    const [sign, figures] = value < 0 ? ['-', digits.slice(1)] : ['', digits];
    return `${sign}0.${'0'.repeat(-exponent - 1)}${figures.replace('.', '')}`;
  }
  const text = Number.isInteger(value) ? BigInt(value).toString() : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** Whether a value is JSON's object rather than a list or one of ours. */
export const isPlain = (value: Value): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PyObject);

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** As Python's `type(x).__name__`: for messages. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'object':
      if (value === null) return 'NoneType';
      if (isList(value)) return 'list';
      return value instanceof PyObject ? value.typeName : 'dict';
  }
}

/** Dicts with more keys than this are counted once: JavaScript walks all keys of a large object to say how many there are. */
const FEW_KEYS = 64;
const sizes = new WeakMap<Plain, number>();

/** Number of keys of a dict that came as JSON. */
export function plainSize(dict: Plain): number {
  const known = sizes.get(dict);
  if (known !== undefined) return known;
  const size = Object.keys(dict).length;
  if (size > FEW_KEYS) sizes.set(dict, size);
  return size;
}

/** Keeps `plainSize` true of a dict that came as JSON and is about to gain or lose so many keys, in place. */
export function resizePlain(dict: Plain, by: 1 | -1): void {
  const known = sizes.get(dict);
  if (known !== undefined) sizes.set(dict, known + by);
}

/** Python's bool(). */
export function truthy(value: Value): boolean {
  if (typeof value === 'object' && value !== null) {
    if (isList(value)) return value.length > 0;
    if (value instanceof PyObject) return value.truthy();
    return plainSize(value) > 0;
  }
  return Boolean(value) || Number.isNaN(value);
}
