// operator/domain/expression/python/numbers.ts — Python's arithmetic: int and float apart, floor division, exact large ints.
import { spend } from '../evaluation.ts';
import { budgetFault, ExpressionFault, valueFault } from '../fault.ts';
import { Float, type Value } from './values.ts';

/** A number as Python has them; a bool counts as one where Python lets it. */
export type Numeric = number | bigint | Float;

/** Largest int that arithmetic may give, in bits. */
const BITS_MAX = 64 * 1024;

export const isNumeric = (value: Value): value is Numeric =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
export const isFloat = (value: Value): value is number | Float =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
export const isInt = (value: Value): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));

/** A Python float of that value. */
export const float = (value: number): number | Float => (Number.isInteger(value) ? new Float(value) : value);

/** A Python int of that value; `value` is integral. */
export function int(value: bigint | number): number | bigint {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : int(BigInt(value));
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The value as a JavaScript number, rounded where it is a large int. */
export const asNumber = (value: Numeric): number => (value instanceof Float ? value.value : Number(value));

const big = (value: number | bigint): bigint => BigInt(value);
const overflow = (message: string) => new ExpressionFault('value', 'OverflowError', message);

/** The float that an operand of a float becomes. @throws ExpressionFault when there is none so large */
function real(value: Numeric): number {
  const number = asNumber(value);
  if (typeof value === 'bigint' && !Number.isFinite(number)) throw overflow('int too large to convert to float');
  return number;
}
const zeroDivision = (message: string) => new ExpressionFault('arithmetic', 'ZeroDivisionError', message);

export function add(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b)) {
    const sum = a + b;
    return Number.isSafeInteger(sum) ? sum : int(big(a) + big(b));
  }
  if (isInt(a) && isInt(b)) return int(big(a) + big(b));
  return float(real(a) + real(b));
}

export function subtract(a: Numeric, b: Numeric): Numeric {
  if (isInt(a) && isInt(b)) {
    const difference = typeof a === 'number' && typeof b === 'number' ? a - b : Number.NaN;
    return Number.isSafeInteger(difference) ? difference : int(big(a) - big(b));
  }
  return float(real(a) - real(b));
}

export function multiply(a: Numeric, b: Numeric): Numeric {
  if (isInt(a) && isInt(b)) {
    const product = typeof a === 'number' && typeof b === 'number' ? a * b : Number.NaN;
    if (Number.isSafeInteger(product)) return product + 0;
    allowBits(bits(a) + bits(b));
    return int(big(a) * big(b));
  }
  return float(real(a) * real(b));
}

/** Python 3's `/`: always a float. */
export function divide(a: Numeric, b: Numeric): Numeric {
  if (asNumber(b) === 0) throw zeroDivision(isInt(a) && isInt(b) ? 'division by zero' : 'float division by zero');
  if (typeof a === 'bigint' || typeof b === 'bigint') return divideBig(a, b);
  return float(asNumber(a) / asNumber(b));
}

/** The float nearest to the exact quotient, which the floats nearest to the operands may miss. */
function divideBig(a: Numeric, b: Numeric): Numeric {
  if (!isInt(a) || !isInt(b)) return float(real(a) / real(b));
  const [x, y] = [big(a), big(b)];
  const shift = Math.max(0, 70 - bits(a) + bits(b));
  const scaled = magnitude(x) << BigInt(shift);
  const quotient = scaled / magnitude(y);
  const exact = scaled % magnitude(y) === 0n ? quotient : quotient | 1n; // a last bit says that there is more
  const size = Number(exact) * 2 ** -Math.min(shift, 1000) * 2 ** -Math.max(0, shift - 1000);
  if (!Number.isFinite(size)) throw overflow('integer division result too large for a float');
  return float(x < 0n !== y < 0n ? -size : size);
}

const magnitude = (value: bigint) => (value < 0n ? -value : value);

/** Python's `//`: towards minus infinity. */
export function floorDivide(a: Numeric, b: Numeric): Numeric {
  if (isInt(a) && isInt(b)) {
    if (asNumber(b) === 0) throw zeroDivision('integer division or modulo by zero');
    if (typeof a === 'number' && typeof b === 'number' && Math.abs(a) < 2 ** 52 && Math.abs(b) < 2 ** 52) {
      return (a - asNumber(modulo(a, b))) / b + 0; // the difference is a multiple of b: exact
    }
    spendDivision(a, b);
    return int(floorBig(big(a), big(b)));
  }
  const [x, y] = [real(a), real(b)];
  if (y === 0) throw zeroDivision('float floor division by zero');
  const rest = x % y;
  const quotient = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0);
  if (quotient === 0) return float(x / y < 0 || Object.is(x / y, -0) ? -0 : 0);
  const floor = Math.floor(quotient);
  return float(quotient - floor > 0.5 ? floor + 1 : floor);
}

function floorBig(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Long division takes the product of the sizes, in words of 64 bits. */
const spendDivision = (a: number | bigint, b: number | bigint) =>
  spend(Math.ceil(((bits(a) / 64) * (bits(b) / 64)) / 1000));

/** Python's `%`: the sign of the divisor. */
export function modulo(a: Numeric, b: Numeric): Numeric {
  if (isInt(a) && isInt(b)) {
    if (asNumber(b) === 0) throw zeroDivision('integer modulo by zero');
    if (typeof a === 'number' && typeof b === 'number') {
      const rest = a % b;
      return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest + 0;
    }
    spendDivision(a, b);
    const rest = big(a) % big(b);
    return int(rest !== 0n && rest < 0n !== big(b) < 0n ? rest + big(b) : rest);
  }
  const [x, y] = [real(a), real(b)];
  if (y === 0) throw zeroDivision('float modulo');
  if (Number.isNaN(y)) return Number.NaN;
  if (x === 0) return float(y < 0 ? -0 : 0);
  if (!Number.isFinite(y)) return Number.isFinite(x) ? float(x < 0 === y < 0 ? x : y) : Number.NaN;
  const rest = x % y;
  if (rest === 0) return float(y < 0 ? -0 : 0);
  return float(rest < 0 !== y < 0 ? rest + y : rest);
}

/** Python's `**`: an int to a negative int is a float. */
export function power(a: Numeric, b: Numeric): Numeric {
  if (isInt(a) && isInt(b) && b >= 0) {
    const result = typeof a === 'number' && typeof b === 'number' ? a ** b : Number.NaN;
    if (Number.isSafeInteger(result)) return result + 0;
    if (big(a) >= -1n && big(a) <= 1n) return int(big(a) ** (big(b) % 2n));
    if (b > BITS_MAX) allowBits(Number.POSITIVE_INFINITY);
    allowBits(bits(a) * Number(b));
    return int(big(a) ** big(b));
  }
  const [x, y] = [real(a), real(b)];
  if (x === 0 && y < 0) throw zeroDivision('0.0 cannot be raised to a negative power');
  if (x < 0 && !Number.isInteger(y)) throw valueFault('a negative number cannot be raised to a fractional power');
  const result = x ** y;
  if (!Number.isFinite(result) && Number.isFinite(x) && Number.isFinite(y)) {
    throw overflow("(34, 'Numerical result out of range')");
  }
  return float(result);
}

export function negate(value: Numeric): Numeric {
  if (value instanceof Float) return float(-value.value);
  if (typeof value === 'bigint') return int(-value);
  return Number.isInteger(value) ? 0 - value : -value;
}

const bits = (value: number | bigint): number => {
  const size = value < 0 ? -value : value;
  return typeof size === 'number' ? Math.ceil(Math.log2(size + 1)) : size.toString(16).length * 4;
};
/** Refuses an int before it is computed. @throws ExpressionFault */
export function allowBits(count: number): void {
  if (count > BITS_MAX) throw budgetFault(`an integer of more than ${BITS_MAX} bits`);
  spend(count >>> 5);
}

/** Less than, equal or greater: negative, 0 or positive; NaN when either is NaN. Exact between large ints and floats. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const [x, y] = [a instanceof Float ? a.value : a, b instanceof Float ? b.value : b];
  if (typeof x === 'number' && typeof y === 'number') return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN;
  return x < y ? -1 : x > y ? 1 : Number.isNaN(Number(x)) || Number.isNaN(Number(y)) ? Number.NaN : 0;
}

/** Rounds half to even at `digits` decimals, as Python does: by the exact binary value. The type stays a float's. */
export function roundHalfEven(value: number, digits = 0): number {
  if (!Number.isFinite(value) || digits > 323) return value;
  if (digits < -308) return value < 0 || Object.is(value, -0) ? -0 : 0;
  const rounded = Number(fixedDecimal(Math.abs(value), digits));
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/** A finite float of at least 0 with `digits` decimals, half to even; zeros before the point for negative ones. */
export function fixedDecimal(value: number, digits: number): string {
  // toFixed is exact but rounds halves up: they are odd multiples of 2^-(digits + 1).
  if (digits >= 0 && digits <= 100 && value < 1e21 && Math.abs((value * 2 ** (digits + 1)) % 2) !== 1) {
    return value.toFixed(digits);
  }
  const [whole = '0', fraction = ''] = exactDecimal(value).split('.');
  const figures = roundFigures(whole + fraction, whole.length + digits);
  if (digits <= 0) return figures === '0' ? '0' : figures + '0'.repeat(-digits);
  const padded = figures.padStart(digits + 1, '0');
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/** The first `kept` of decimal figures, rounded half to even by the rest; may be one figure longer. Fewer are filled up with zeros. */
export function roundFigures(figures: string, kept: number): string {
  if (kept < 0) return '0';
  const head = BigInt(figures.slice(0, kept).padEnd(kept, '0') || '0');
  const rest = figures.slice(kept);
  const isHalf = /^50*$/.test(rest);
  const up = isHalf ? head % 2n === 1n : rest !== '' && rest.charAt(0) >= '5';
  return (up ? head + 1n : head).toString();
}

/** All decimals of a finite float of at least 0: each is a fraction of a power of two. */
export function exactDecimal(value: number): string {
  let exponent = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent++;
  }
  if (exponent === 0) return BigInt(scaled).toString();
  const figures = (BigInt(scaled) * 5n ** BigInt(exponent)).toString().padStart(exponent + 1, '0');
  return `${figures.slice(0, -exponent)}.${figures.slice(-exponent)}`;
}
