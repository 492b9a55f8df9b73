// operator/domain/expression/python/compare.ts — Python's ==, <, hash and `in`.
import { deeper, spend } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import { compareNumbers, isNumeric, type Numeric } from './numbers.ts';
import { isIn } from './search.ts';
import { spendText } from './text.ts';
import {
  type Comparison,
  isList,
  isPlain,
  numberKey,
  type Plain,
  plainSize,
  PyObject,
  typeName,
  type Value,
} from './values.ts';

/** Python's ==: deep, no casts, but True is 1 and 2.0 is 2. */
export function equals(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return equalTexts(a, b);
  if (a === b) return true; // NaN is not itself, and is not itself here either
  // As Python does, the right one is asked too when it is of another class: an undefined value refuses.
  if (a instanceof PyObject) {
    return a.equals(b) || (b instanceof PyObject && b.constructor !== a.constructor && b.equals(a));
  }
  if (b instanceof PyObject) return b.equals(a);
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined || y !== undefined) return x !== undefined && y !== undefined && compareNumbers(x, y) === 0;
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    spend(a.length);
    return deeper(() => a.every((item, i) => equals(item, b[i] as Value)));
  }
  return isPlain(a) && isPlain(b) && deeper(() => equalObjects(a, b));
}

function equalTexts(a: string, b: string): boolean {
  if (a.length === b.length) spendText(a.length);
  return a === b;
}

function equalObjects(a: Plain, b: Plain): boolean {
  if (plainSize(a) !== plainSize(b)) return false;
  spend(plainSize(a));
  return Object.keys(a).every((key) => Object.hasOwn(b, key) && equals(a[key] as Value, b[key] as Value));
}

/** A number, or a bool as the number that it is to Python. */
export function numeric(value: Value): Numeric | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return isNumeric(value) ? value : undefined;
}

/** Python's <, <=, > and >=. @throws ExpressionFault `'<' not supported between instances of 'str' and 'int'` */
export function compare(sign: Comparison, a: Value, b: Value): boolean {
  const order = orderOf(a, b, sign);
  if (order === undefined) {
    throw typeFault(`'${sign}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
  }
  switch (sign) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Negative, 0, positive, NaN (never true); undefined when Python has no order for the two. */
function orderOf(a: Value, b: Value, sign: Comparison): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined && y !== undefined) return compareNumbers(x, y);
  if (isList(a) && isList(b)) return compareItems(a, b, sign);
  const order = a instanceof PyObject ? a.compareTo(b, sign) : undefined;
  if (order !== undefined || !(b instanceof PyObject)) return order;
  const reverse = b.compareTo(a, MIRRORED[sign]);
  return reverse === undefined ? undefined : -reverse;
}

const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** The first items that differ decide, then the lengths. */
export function compareItems(a: readonly Value[], b: readonly Value[], sign: Comparison): number {
  spend(Math.min(a.length, b.length));
  const at = a.findIndex((item, i) => i >= b.length || !equals(item, b[i] as Value));
  if (at < 0 || at >= b.length) return a.length - b.length;
  const [x, y] = [a[at] as Value, b[at] as Value];
  return deeper(() => (compare(sign, x, y) ? (sign.startsWith('<') ? -1 : 1) : sign.startsWith('<') ? 1 : -1));
}

/** By code points, as Python does; UTF-16 units differ above the surrogates. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = commonBlocks(a, b, length); i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const surrogates = x >= 0xd800 && y >= 0xd800 && x <= 0xdfff !== y <= 0xdfff;
    return surrogates ? y - x : x - y;
  }
  return a.length - b.length;
}

/** Characters that are compared at once. */
const BLOCK = 4096;

/** How many characters at least two long texts begin with in common: equality is much faster than a look at each. */
function commonBlocks(a: string, b: string, length: number): number {
  let at = 0;
  while (at + BLOCK <= length && a.slice(at, at + BLOCK) === b.slice(at, at + BLOCK)) {
    spendText(BLOCK);
    at += BLOCK;
  }
  return at;
}

/** The key under which a value is kept in dicts and sets. @throws ExpressionFault `unhashable type: 'list'` */
export function hashKey(value: Value): string {
  switch (typeof value) {
    case 'string':
      spendText(value.length);
      return `"${value}`;
    case 'boolean':
      return value ? 'n:1' : 'n:0';
    case 'bigint':
    case 'number':
      return numberKey(value);
    case 'object':
      if (value === null) return 'None';
      if (value instanceof PyObject) return value.hashKey();
      throw typeFault(`unhashable type: '${typeName(value)}'`);
  }
}

/** Python's `item in container`. @throws ExpressionFault when the container is none */
export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') {
      throw typeFault(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    }
    return isIn(container, item);
  }
  if (isList(container)) return containsItem(container, item);
  if (container instanceof PyObject) return container.contains(item);
  if (isPlain(container)) {
    hashKey(item);
    return typeof item === 'string' && Object.hasOwn(container, item);
  }
  throw typeFault(`argument of type '${typeName(container)}' is not iterable`);
}

/** Whether an item is among others: itself, or equal to one. */
export function containsItem(items: readonly Value[], item: Value): boolean {
  spend(items.length);
  return items.some((one) => one === item || equals(one, item));
}
