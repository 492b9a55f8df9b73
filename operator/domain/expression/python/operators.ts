// operator/domain/expression/python/operators.ts — Python's binary and unary operators on values of any type.
import { allowCharacters, allowItems } from '../evaluation.ts';
import { type ExpressionFault, typeFault } from '../fault.ts';
import { Bytes, Tuple } from './collections.ts';
import { numeric } from './compare.ts';
import { Dict, dictEntries, isDict } from './dict.ts';
import {
  add,
  divide,
  floorDivide,
  int,
  isFloat,
  isInt,
  modulo,
  multiply,
  negate,
  type Numeric,
  power,
  subtract,
} from './numbers.ts';
import { percentFormat } from './percent-format.ts';
import { asIndex } from './text.ts';
import { isList, type Operator, PyObject, typeName, type Value } from './values.ts';

/** Python's `a sign b`. @throws ExpressionFault as Python's TypeError, ZeroDivisionError or OverflowError */
export function binary(sign: Operator, a: Value, b: Value): Value {
  const [x, y] = [numeric(a), numeric(b)];
  if (x !== undefined && y !== undefined) return arithmetic(sign, x, y, a, b);
  if (a instanceof PyObject) {
    const result = a.operate(sign, b, false);
    if (result !== undefined) return result;
  }
  if (b instanceof PyObject) {
    const result = b.operate(sign, a, true);
    if (result !== undefined) return result;
  }
  const result = SEQUENCES[sign]?.(a, b);
  if (result === undefined) throw unsupported(sign, a, b);
  return result;
}

const unsupported = (sign: Operator, a: Value, b: Value): ExpressionFault =>
  typeFault(
    `unsupported operand type(s) for ${sign === '**' ? '** or pow()' : sign}: '${typeName(a)}' and '${typeName(b)}'`,
  );

/** `a` and `b` are the operands as they were written: bools stay bools for the bitwise operators. */
function arithmetic(sign: Operator, x: Numeric, y: Numeric, a: Value, b: Value): Value {
  switch (sign) {
    case '+':
      return add(x, y);
    case '-':
      return subtract(x, y);
    case '*':
      return multiply(x, y);
    case '/':
      return divide(x, y);
    case '//':
      return floorDivide(x, y);
    case '%':
      return modulo(x, y);
    case '**':
      return power(x, y);
    case '|':
    case '&':
    case '^':
      return bitwise(sign, x, y, a, b);
  }
}

function bitwise(sign: '|' | '&' | '^', x: Numeric, y: Numeric, a: Value, b: Value): Value {
  if (!isInt(x) || !isInt(y)) throw unsupported(sign, a, b);
  const [m, n] = [BigInt(x), BigInt(y)];
  const bits = sign === '|' ? m | n : sign === '&' ? m & n : m ^ n;
  return typeof a === 'boolean' && typeof b === 'boolean' ? bits === 1n : int(bits);
}

type Sequences = (a: Value, b: Value) => Value | undefined;

const SEQUENCES: { readonly [sign in Operator]?: Sequences } = {
  '+': concatenate,
  '*': (a, b) => (isSequence(a) ? repeat(a, b) : isSequence(b) ? repeat(b, a) : undefined),
  '%': (a, b) => (typeof a === 'string' ? percentFormat(a, b) : undefined),
  '|': (a, b) => (isDict(a) && isDict(b) ? new Dict([...dictEntries(a), ...dictEntries(b)]) : undefined),
};

type Sequence = string | readonly Value[] | Tuple | Bytes;

const isSequence = (value: Value): value is Sequence =>
  typeof value === 'string' || isList(value) || value instanceof Tuple || value instanceof Bytes;

function concatenate(a: Value, b: Value): Value | undefined {
  if (!isSequence(a)) return undefined;
  if (typeof a === 'string' && typeof b === 'string') {
    allowCharacters(a.length + b.length);
    return a + b;
  }
  if (isList(a) && isList(b)) {
    allowItems(a.length + b.length);
    return [...a, ...b];
  }
  if (a instanceof Tuple && b instanceof Tuple) {
    allowItems(a.items.length + b.items.length);
    return new Tuple([...a.items, ...b.items]);
  }
  if (a instanceof Bytes) {
    if (!(b instanceof Bytes)) throw typeFault(`can't concat ${typeName(b)} to bytes`);
    allowCharacters(a.bytes.length + b.bytes.length);
    return new Bytes(Uint8Array.from([...a.bytes, ...b.bytes]));
  }
  throw typeFault(`can only concatenate ${typeName(a)} (not "${typeName(b)}") to ${typeName(a)}`);
}

/** `'ab' * 3`; refused before it is built when it is too long. */
function repeat(sequence: Sequence, times: Value): Value {
  const count = asIndex(times);
  if (count === undefined) throw typeFault(`can't multiply sequence by non-int of type '${typeName(times)}'`);
  if (typeof sequence === 'string') {
    allowCharacters(sequence.length * Math.max(0, count));
    return sequence === '' ? '' : sequence.repeat(Math.max(0, count));
  }
  if (isList(sequence)) return repeatItems(sequence, count);
  if (sequence instanceof Tuple) return new Tuple(repeatItems(sequence.items, count));
  allowCharacters(sequence.bytes.length * Math.max(0, count));
  return new Bytes(Uint8Array.from(repeatItems([...sequence.bytes], count) as number[]));
}

function repeatItems(items: readonly Value[], count: number): Value[] {
  const total = items.length * Math.max(0, count);
  allowItems(total);
  return Array.from({ length: total }, (_, i) => items[i % items.length] as Value);
}

/** Python's unary `-` and `+`. @throws ExpressionFault `bad operand type for unary -: 'str'` */
export function unary(sign: '-' | '+', value: Value): Value {
  const number = numeric(value);
  if (number !== undefined) return sign === '-' ? negate(number) : number;
  const own = value instanceof PyObject ? value.unary(sign) : undefined;
  if (own === undefined) throw typeFault(`bad operand type for unary ${sign}: '${typeName(value)}'`);
  return own;
}

/** Python's abs(). @throws ExpressionFault `bad operand type for abs(): 'str'` */
export function absolute(value: Value): Value {
  const number = numeric(value);
  if (number !== undefined) {
    const below = isFloat(number)
      ? Object.is(Math.sign(Number(toNumber(number))), -1) || Object.is(toNumber(number), -0)
      : number < 0;
    return below ? negate(number) : number;
  }
  const own = value instanceof PyObject ? value.unary('abs') : undefined;
  if (own === undefined) throw typeFault(`bad operand type for abs(): '${typeName(value)}'`);
  return own;
}

const toNumber = (value: Numeric): number => (value instanceof PyObject ? value.value : Number(value));
