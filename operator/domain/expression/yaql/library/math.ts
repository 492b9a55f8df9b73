// operator/domain/expression/yaql/library/math.ts — arithmetic, bits, rounding, int and float, and what is a number.
import { nextRandom, spend } from '../../evaluation.ts';
import { budgetFault, typeFault, valueFault } from '../../fault.ts';
import {
  add,
  divide,
  float,
  floorDivide,
  int,
  isInt,
  isNumeric,
  modulo,
  multiply,
  negate,
  type Numeric,
  power,
  subtract,
} from '../../python/numbers.ts';
import { binary, absolute } from '../../python/operators.ts';
import { round, toFloat, toInt } from '../../python/parse-number.ts';
import { type Operator, typeName, type Value } from '../../python/values.ts';
import { define, type FunctionSpec, optional, param } from '../function.ts';
import { operate } from '../shortcuts.ts';
import { any, index, integer, number, numberOrNull } from '../types.ts';
import { asKey } from '../values.ts';

/** Largest shift, in bits. */
const SHIFT_MAX = 64 * 1024;

const operator = (sign: string, compute: (a: Numeric, b: Numeric) => Value): FunctionSpec =>
  define(`#operator_${sign}`, 'function', [param('left', number), param('right', number)], (_, a, b) =>
    counted(compute(a, b)),
  );

/** Large ints are work. */
function counted(value: Value): Value {
  if (typeof value === 'bigint') spend(value.toString(16).length >>> 4);
  return value;
}

const bits = (name: string, sign: Operator): FunctionSpec =>
  define(name, 'function', [param('left', integer), param('right', integer)], (_, a, b) => binary(sign, a, b));

const shift = (name: string, compute: (value: bigint, count: bigint) => bigint): FunctionSpec =>
  define(name, 'function', [param('value', integer), param('bitsNumber', integer)], (_, value, count) => {
    if (BigInt(count) < 0n) throw valueFault('negative shift count');
    if (BigInt(count) > SHIFT_MAX) throw budgetFault(`a shift of more than ${SHIFT_MAX} bits`);
    return counted(int(compute(BigInt(value), BigInt(count))));
  });

export const math = [
  operator('+', add),
  operator('-', subtract),
  operator('*', multiply),
  operator('/', (a, b) => (isInt(a) && isInt(b) ? floorDivide(a, b) : divide(a, b))),
  operator('mod', modulo),
  define('#unary_operator_+', 'function', [param('op', number)], (_, value) => value),
  define('#unary_operator_-', 'function', [param('op', number)], (_, value) => negate(value)),
  define('abs', 'function', [param('op', number)], (_, value) => absolute(value)),
  define('int', 'function', [param('value', any)], (_, value) => (value === null ? 0 : toInt(asKey(value)))),
  define('float', 'function', [param('value', any)], (_, value) => (value === null ? float(0) : toFloat(asKey(value)))),
  define('random', 'function', [], () => float(nextRandom())),
  define('random', 'function', [param('from', any), param('to', any)], (_, from, to) => randomBetween(from, to)),
  bits('bitwiseAnd', '&'),
  bits('bitwiseOr', '|'),
  bits('bitwiseXor', '^'),
  shift('shiftBitsLeft', (value, count) => value << count),
  shift('shiftBitsRight', (value, count) => value >> count),
  define('bitwiseNot', 'function', [param('arg', integer)], (_, value) => subtract(-1, int(BigInt(value)))),
  define('max', 'function', [param('a', any), param('b', any)], (context, a, b) =>
    operate(context, '#operator_>', b, a) === true ? b : a,
  ),
  define('min', 'function', [param('a', any), param('b', any)], (context, a, b) =>
    operate(context, '#operator_>', b, a) === true ? a : b,
  ),
  define('pow', 'function', [param('a', number), param('b', number), optional('c', numberOrNull, null)], (_, a, b, c) =>
    counted(c === null ? power(a, b) : powerModulo(a, b, c)),
  ),
  define('sign', 'function', [param('num', number)], (_, value) => {
    const order = Number(value instanceof Object ? value.value : value);
    return order > 0 ? 1 : order < 0 ? -1 : 0;
  }),
  define('round', 'function', [param('number', number), optional('ndigits', index, 0)], (_, value, digits) =>
    round(value, digits),
  ),
  define('isInteger', 'function', [param('value', any)], (_, value) => isInt(value)),
  define('isNumber', 'function', [param('value', any)], (_, value) => isNumeric(value)),
];

/** Both ends included. */
function randomBetween(from: Value, to: Value): Value {
  const [low, high] = [wholeNumber(from), wholeNumber(to)];
  if (high < low) throw valueFault(`empty range for randrange() (${low}, ${high + 1n}, ${high - low + 1n})`);
  return int(low + BigInt(Math.floor(nextRandom() * Number(high - low + 1n))));
}

function wholeNumber(value: Value): bigint {
  if (isInt(value) || typeof value === 'boolean') return BigInt(value);
  throw typeFault(`'${typeName(value)}' object cannot be interpreted as an integer`);
}

/** Python's pow(a, b, c): ints only; a negative exponent asks for the inverse. */
function powerModulo(a: Numeric, b: Numeric, c: Numeric): Value {
  if (!isInt(a) || !isInt(b) || !isInt(c)) {
    throw typeFault('pow() 3rd argument not allowed unless all arguments are integers');
  }
  const modulus = BigInt(c);
  if (modulus === 0n) throw valueFault('pow() 3rd argument cannot be 0');
  const size = modulus < 0n ? -modulus : modulus;
  let base = ((BigInt(a) % size) + size) % size;
  let exponent = BigInt(b);
  if (exponent < 0n) [base, exponent] = [inverse(base, size), -exponent];
  let result = 1n % size;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent % 2n === 1n) result = (result * base) % size;
    base = (base * base) % size;
    spend(1 + (size.toString(16).length >>> 4));
  }
  return modulo(int(result), int(modulus));
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value, modulus, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  if (a !== 1n) throw valueFault('base is not invertible for the given modulus');
  return ((x % modulus) + modulus) % modulus;
}
