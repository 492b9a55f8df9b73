// operator/domain/expression/python/parse-number.ts — Python's int(), float() and round().
import { spend } from '../evaluation.ts';
import { ExpressionFault, typeFault, valueFault } from '../fault.ts';
import { Bytes } from './collections.ts';
import { numeric } from './compare.ts';
import { allowBits, asNumber, float, int, isInt, type Numeric, roundHalfEven } from './numbers.ts';
import { repr } from './repr.ts';
import { asIndex } from './text.ts';
import { type Float, PyObject, typeName, type Value } from './values.ts';

const overflow = (message: string) => new ExpressionFault('value', 'OverflowError', message);

/** Longest int that Python reads or writes as decimals. */
const DIGITS_MAX = 4300;

/** Python's int(value) or int(value, base). @throws ExpressionFault ValueError, TypeError or OverflowError, in Python's words */
export function toInt(value: Value, base?: Value): number | bigint {
  const text = textOf(value);
  if (base !== undefined) {
    const radix = asIndex(base);
    if (radix === undefined) throw typeFault(`'${typeName(base)}' object cannot be interpreted as an integer`);
    if (radix !== 0 && (radix < 2 || radix > 36)) throw valueFault('int() base must be >= 2 and <= 36, or 0');
    if (text === undefined) throw typeFault("int() can't convert non-string with explicit base");
    return parseInteger(text, radix, value);
  }
  const number = numeric(value);
  if (number !== undefined) return truncate(number);
  if (text !== undefined) return parseInteger(text, 10, value);
  throw typeFault(`int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`);
}

/** Texts, also those that the engines made: marked-up strings are strings. */
function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Bytes) return Array.from(value.bytes, (b) => String.fromCharCode(b)).join('');
  return value instanceof PyObject && value.isText() ? value.text() : undefined;
}

/** A number without its fraction. @throws ExpressionFault for NaN and the infinities */
export function truncate(value: Numeric): number | bigint {
  if (isInt(value)) return value;
  const x = asNumber(value);
  if (Number.isNaN(x)) throw valueFault('cannot convert float NaN to integer');
  if (!Number.isFinite(x)) throw overflow('cannot convert float infinity to integer');
  return int(Math.trunc(x));
}

const PREFIXES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16 };

function parseInteger(text: string, radix: number, value: Value): number | bigint {
  const invalid = () => valueFault(`invalid literal for int() with base ${radix}: ${repr(value).slice(0, 200)}`);
  spend(text.length >>> 4);
  const [, sign = '', prefix = '', rest = ''] = /^([+-]?)(0[bBoOxX](?=_?[0-9a-zA-Z]))?(.*)$/s.exec(plain(text)) ?? [];
  const marked = prefix === '' ? undefined : PREFIXES[prefix.charAt(1).toLowerCase()];
  const isPrefixed = marked !== undefined && (radix === 0 || radix === marked);
  const body = isPrefixed ? rest.replace(/^_/, '') : prefix + rest;
  const base = isPrefixed ? marked : radix === 0 ? 10 : radix;
  if (!/^[0-9a-z]+(_[0-9a-z]+)*$/i.test(body)) throw invalid();
  const digits = body.replaceAll('_', '').toLowerCase();
  if ([...digits].some((c) => Number.parseInt(c, 36) >= base)) throw invalid();
  if (radix === 0 && !isPrefixed && /^0+[1-9]/.test(digits)) throw invalid();
  if (digits.length > DIGITS_MAX && (base & (base - 1)) !== 0) {
    throw valueFault(
      `Exceeds the limit (${DIGITS_MAX} digits) for integer string conversion: value has ${digits.length} digits; ` +
        'use sys.set_int_max_str_digits() to increase the limit',
    );
  }
  allowBits(digits.length * Math.log2(base));
  const size = digits.length <= 10 ? Number.parseInt(digits, base) : bigOf(digits, base);
  return int(sign === '-' ? -size : size);
}

function bigOf(digits: string, base: number): bigint {
  if (base === 10) return BigInt(digits);
  const mark = { 2: '0b', 8: '0o', 16: '0x' }[base];
  if (mark !== undefined) return BigInt(mark + digits);
  let total = 0n;
  spend(digits.length);
  for (const digit of digits) total = total * BigInt(base) + BigInt(Number.parseInt(digit, 36));
  return total;
}

/** Python's float(value). @throws ExpressionFault ValueError, TypeError or OverflowError, in Python's words */
export function toFloat(value: Value): number | Float {
  const number = numeric(value);
  if (number !== undefined) {
    const x = asNumber(number);
    if (isInt(number) && !Number.isFinite(x)) throw overflow('int too large to convert to float');
    return float(x);
  }
  const text = textOf(value);
  if (text === undefined) {
    throw typeFault(`float() argument must be a string or a real number, not '${typeName(value)}'`);
  }
  spend(text.length >>> 4);
  const digits = plain(text).toLowerCase();
  // One way to read each text: JavaScript's own expressions take quadratic time where there are two.
  if (/^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/.test(digits)) {
    return float(Number(digits.replaceAll('_', '')));
  }
  const word = /^([+-]?)(?:(inf|infinity)|nan)$/.exec(digits);
  if (!word) throw valueFault(`could not convert string to float: ${repr(value)}`);
  if (word[2] === undefined) return Number.NaN;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const NOT_ASCII = /[\u0080-\uffff]/;
const DIGIT = /\p{Nd}/u;
const DIGITS = /\p{Nd}/gu;
// oxlint-disable-next-line no-control-regex -- separators that Python takes for space
const SPACES = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;

/** ASCII digits for those of all scripts, without spaces around. */
function plain(text: string): string {
  const ascii = NOT_ASCII.test(text)
    ? text.replaceAll(DIGITS, (c) => String(digitValue(c))).replaceAll(SPACES, ' ')
    : text;
  let [from, to] = [0, ascii.length];
  while (from < to && isSpace(ascii.charCodeAt(from))) from++;
  while (to > from && isSpace(ascii.charCodeAt(to - 1))) to--;
  return ascii.slice(from, to);
}

/** Tab to carriage return, and the blank. */
const isSpace = (code: number): boolean => code === 0x20 || (code >= 9 && code <= 13);

/** 0 to 9 for a decimal digit of any script: their blocks are runs of ten, each after the other. */
export function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return code - 0x30;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before++;
  return before % 10;
}

/** Python's round(value) and round(value, digits): half to even; an int stays one, a float becomes one without digits. @throws ExpressionFault */
export function round(value: Value, digits: Value = null): Value {
  const number = numeric(value);
  if (number === undefined) throw typeFault(`type ${typeName(value)} doesn't define __round__ method`);
  if (digits === null) return isInt(number) ? number : truncate(float(roundHalfEven(asNumber(number))));
  const places = asIndex(digits);
  if (places === undefined) throw typeFault(`'${typeName(digits)}' object cannot be interpreted as an integer`);
  if (isInt(number)) return places >= 0 ? number : roundInteger(number, -places);
  const rounded = roundHalfEven(asNumber(number), places);
  if (!Number.isFinite(rounded) && Number.isFinite(asNumber(number))) {
    throw overflow('rounded value too large to represent');
  }
  return float(rounded);
}

function roundInteger(value: number | bigint, zeros: number): number | bigint {
  if (zeros > BigInt(value).toString().length) return 0;
  const scale = 10n ** BigInt(zeros);
  const rest = ((BigInt(value) % scale) + scale) % scale;
  const floor = BigInt(value) - rest;
  const up = rest * 2n > scale || (rest * 2n === scale && (floor / scale) % 2n !== 0n);
  return int(up ? floor + scale : floor);
}
