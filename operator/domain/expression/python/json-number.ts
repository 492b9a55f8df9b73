// operator/domain/expression/python/json-number.ts — a number in a JSON text → int or float, as either reader of JSON reads it.
import { valueFault } from '../fault.ts';
import { type JsonDialect, jsonFault, jsonMistake, textEnds } from './json-words.ts';
import { float, int } from './numbers.ts';
import type { Value } from './values.ts';

/** Longest int that Python reads, in digits. */
const DIGITS_MAX = 4300;
/** orjson's ints have 64 bits; what has more is a float. */
const [INT_MIN, INT_MAX] = [-(2n ** 63n), 2n ** 64n - 1n];

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;

/** What follows a number only where it is none. */
const GOES_ON = '0123456789.eE';

/** The number at a place, and where it ends. @throws ExpressionFault JSONDecodeError */
export function readJsonNumber(text: string, at: number, dialect: JsonDialect): { value: Value; end: number } {
  NUMBER.lastIndex = at;
  const [digits, fraction, exponent] = NUMBER.exec(text) ?? [];
  if (digits === undefined) throw noNumber(text, at, dialect);
  const end = at + digits.length;
  const isInt = fraction === undefined && exponent === undefined;
  if (dialect === 'python') return { value: isInt ? pythonInt(digits) : float(Number(digits)), end };
  if (GOES_ON.includes(text.charAt(end)) && end < text.length) refuseHalves(text, at, end);
  if (isInt && digits.length < 16) return { value: Number(digits) + 0, end };
  const whole = isInt && digits.length <= 20 ? BigInt(digits) : undefined;
  if (whole !== undefined && whole >= INT_MIN && whole <= INT_MAX) return { value: int(whole), end };
  const value = Number(digits);
  if (!Number.isFinite(value)) throw jsonFault(text, at, 'number is infinity when parsed as double');
  return { value: float(value), end };
}

function pythonInt(digits: string): Value {
  if (digits.length < 16) return Number(digits) + 0;
  if (digits.length <= DIGITS_MAX) return int(BigInt(digits));
  throw valueFault(`Exceeds the limit (${DIGITS_MAX} digits) for integer string conversion`);
}

function noNumber(text: string, at: number, dialect: JsonDialect) {
  const sign = dialect === 'orjson' && /[-+.]/.test(text.charAt(at));
  if (!sign) return jsonMistake(dialect, text, at, 'value');
  return missing(text, text.charAt(at) === '-' ? at + 1 : at, 'sign');
}

/** What Python reads as far as it is a number, and then stumbles on what follows. */
function refuseHalves(text: string, at: number, end: number): void {
  const zero = text.charAt(at) === '-' ? at + 1 : at;
  if (text.charAt(zero) === '0' && /[0-9]/.test(text.charAt(zero + 1))) {
    throw jsonFault(text, zero, 'number with leading zero is not allowed');
  }
  if (text.charAt(end) === '.' && !/[.eE]/.test(text.slice(at, end))) throw missing(text, end + 1, 'decimal point');
  if (!/[eE]/.test(text.charAt(end)) || /[eE]/.test(text.slice(at, end))) return;
  throw missing(text, /[-+]/.test(text.charAt(end + 1)) ? end + 2 : end + 1, 'exponent sign');
}

const missing = (text: string, at: number, behind: string) =>
  at < text.length ? jsonFault(text, at, `no digit after ${behind}`) : textEnds(text);
