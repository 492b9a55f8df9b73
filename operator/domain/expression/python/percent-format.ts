// operator/domain/expression/python/percent-format.ts — Python's `'%s: %05.1f' % values`.
import { allowCharacters, spend } from '../evaluation.ts';
import { ExpressionFault, typeFault, valueFault } from '../fault.ts';
import { Bytes, Tuple } from './collections.ts';
import { numeric } from './compare.ts';
import { isDict } from './dict.ts';
import { floatText } from './float-text.ts';
import { asNumber, isInt } from './numbers.ts';
import { toFloat, truncate } from './parse-number.ts';
import { ascii, repr, str } from './repr.ts';
import { index } from './subscript.ts';
import { asIndex, textLength, textSlice } from './text.ts';
import { isList, PyObject, typeName, type Value } from './values.ts';

/** One conversion, its `*` already taken from the values. */
interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

/** The values in their order; a mapping gives them by key instead. */
interface Source {
  items: readonly Value[];
  taken: number;
  readonly mapping: Value | undefined;
}

/** Python's `format % values`. @throws ExpressionFault TypeError, ValueError, KeyError, in Python's words */
export function percentFormat(format: string, values: Value): string {
  allowCharacters(format.length);
  const source: Source = {
    items: values instanceof Tuple ? values.items : [values],
    taken: 0,
    mapping: isMapping(values) ? values : undefined,
  };
  const parts: string[] = [];
  let [at, total] = [0, 0];
  const add = (part: string) => {
    total += part.length;
    parts.push(part);
  };
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    add(format.slice(at, percent < 0 ? format.length : percent));
    if (percent < 0) break;
    spend(1);
    if (format.charAt(percent + 1) === '%') {
      add('%');
      at = percent + 2;
      continue;
    }
    const { directive, end } = readDirective(format, percent + 1, source);
    at = end;
    add(convert(directive, format, end, source));
  }
  if (source.taken < source.items.length && source.mapping === undefined) {
    throw typeFault('not all arguments converted during string formatting');
  }
  allowCharacters(total);
  return parts.join('');
}

/** What Python asks for keys; lists count, so they may also be left unused. */
function isMapping(value: Value): boolean {
  if (value instanceof Tuple || typeof value === 'string') return false;
  if (isList(value) || isDict(value) || value instanceof Bytes) return true;
  return value instanceof PyObject && value.item !== PyObject.prototype.item && !value.isText();
}

function take(source: Source): Value {
  const value = source.items[source.taken];
  if (value === undefined) throw typeFault('not enough arguments for format string');
  source.taken++;
  return value;
}

/** What follows a `%`: `(key)`, flags, width, precision, a length that means nothing, and the type. */
function readDirective(format: string, start: number, source: Source): { directive: Directive; end: number } {
  let at = start;
  if (format.charAt(at) === '(') {
    if (source.mapping === undefined) throw typeFault('format requires a mapping');
    const close = closingParenthesis(format, at);
    source.items = [index(source.mapping, format.slice(at + 1, close))];
    source.taken = 0;
    at = close + 1;
  }
  let flags = match(/[-+ #0]*/y, format, at);
  at += flags.length;
  const wide = match(/\*|\d*/y, format, at);
  at += wide.length;
  let width = wide === '*' ? starred(source) : Number(wide);
  if (width < 0) [flags, width] = [`${flags}-`, -width];
  if (wide.length > 18) throw valueFault('width too big');
  let precision: number | undefined;
  if (format.charAt(at) === '.') {
    const digits = match(/\*|\d*/y, format, at + 1);
    at += 1 + digits.length;
    precision = Math.max(0, digits === '*' ? starred(source) : Number(digits));
    if (precision > 0x7fffffff) throw valueFault('precision too big');
  }
  at += match(/[hlL]?/y, format, at).length;
  const type = String.fromCodePoint(format.codePointAt(at) ?? 0);
  if (at >= format.length) throw valueFault('incomplete format');
  return { directive: { flags, width, precision, type }, end: at + type.length };
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function closingParenthesis(format: string, start: number): number {
  let open = 0;
  for (let at = start; at < format.length; at++) {
    const c = format.charAt(at);
    if (c === '(') open++;
    else if (c === ')' && --open === 0) return at;
  }
  throw valueFault('incomplete format key');
}

function starred(source: Source): number {
  const number = asIndex(take(source));
  if (number === undefined) throw typeFault('* wants int');
  return number;
}

function convert(directive: Directive, format: string, end: number, source: Source): string {
  const { flags, width, precision, type } = directive;
  if (type === 's' || type === 'r' || type === 'a') {
    const value = take(source);
    const text = type === 's' ? str(value) : type === 'r' ? repr(value) : ascii(value);
    return pad(precision === undefined ? text : textSlice(text, 0, precision, null), flags, width);
  }
  if (type === 'c') return pad(character(take(source)), flags, width);
  if ('diuoxX'.includes(type)) return padNumber(integerText(take(source), directive), directive);
  if ('eEfFgG'.includes(type)) return padNumber(realText(take(source), directive), directive);
  take(source);
  const code = type.codePointAt(0) ?? 0;
  const shown = code > 31 && code < 127 ? type : '?';
  const at = textLength(format.slice(0, end)) - 1;
  throw valueFault(`unsupported format character '${shown}' (0x${code.toString(16)}) at index ${at}`);
}

function character(value: Value): string {
  if (typeof value === 'string') {
    if (textLength(value) !== 1) throw typeFault('%c requires int or char');
    return value;
  }
  const number = numeric(value);
  if (number === undefined || !isInt(number)) throw typeFault('%c requires int or char');
  if (number < 0 || number > 0x10ffff) {
    throw new ExpressionFault('value', 'OverflowError', '%c arg not in range(0x110000)');
  }
  return String.fromCodePoint(Number(number));
}

/** A number in three parts: padding with zeros goes between the second and the third. */
interface NumberText {
  readonly isNegative: boolean;
  readonly mark: string;
  readonly digits: string;
}

const BASES: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };

function integerText(value: Value, { flags, precision = 0, type }: Directive): NumberText {
  const number = numeric(value);
  const base = BASES[type] ?? 10;
  if (number === undefined || (base !== 10 && !isInt(number))) {
    const wanted = base === 10 ? 'a real number' : 'an integer';
    throw typeFault(`%${type} format: ${wanted} is required, not ${typeName(value)}`);
  }
  const whole = truncate(number);
  const size = whole < 0 ? -BigInt(whole) : whole;
  const digits = base === 10 ? str(size) : size.toString(base);
  allowCharacters(precision);
  const shown = (type === 'X' ? digits.toUpperCase() : digits).padStart(precision, '0');
  return { isNegative: whole < 0, mark: flags.includes('#') && base !== 10 ? `0${type}` : '', digits: shown };
}

function realText(value: Value, { flags, precision, type }: Directive): NumberText {
  if (numeric(value) === undefined) throw typeFault(`must be real number, not ${typeName(value)}`);
  const x = asNumber(toFloat(value));
  const style = type.toLowerCase() as 'e' | 'f' | 'g';
  const text = floatText(Math.abs(x), { type: style, precision, alternate: flags.includes('#') });
  return {
    isNegative: x < 0 || Object.is(x, -0),
    mark: '',
    digits: type === style ? text : text.toUpperCase(),
  };
}

function padNumber({ isNegative, mark, digits }: NumberText, { flags, width }: Directive): string {
  const sign = isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const head = sign + mark;
  if (!flags.includes('0') || flags.includes('-')) return pad(head + digits, flags, width);
  allowCharacters(width);
  return head + digits.padStart(width - head.length, '0');
}

function pad(text: string, flags: string, width: number): string {
  const missing = width - textLength(text);
  if (missing <= 0) return text;
  allowCharacters(text.length + missing);
  return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}
