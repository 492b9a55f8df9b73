// operator/domain/expression/python/format-spec.ts — Python's format(value, spec): the format mini-language.
import { allowCharacters } from '../evaluation.ts';
import { ExpressionFault, typeFault, valueFault } from '../fault.ts';
import { floatText } from './float-text.ts';
import { asNumber, isFloat, isInt, type Numeric } from './numbers.ts';
import { numeric } from './compare.ts';
import { toFloat } from './parse-number.ts';
import { str } from './repr.ts';
import { textLength, textSlice } from './text.ts';
import { PyObject, typeName, type Value } from './values.ts';

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly noNegativeZero: boolean;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Python's format(value, spec). @throws ExpressionFault ValueError or TypeError, in Python's words */
export function format(value: Value, spec: string): string {
  const own = value instanceof PyObject ? value.format(spec) : undefined;
  if (own !== undefined) return own;
  if (spec === '') return str(value);
  const number = numeric(value);
  if (number !== undefined) return formatNumber(number, spec, typeName(value));
  if (typeof value === 'string' || (value instanceof PyObject && value.isText())) {
    return formatText(str(value), parse(spec, '<', typeName(value)), typeName(value));
  }
  throw typeFault(`unsupported format string passed to ${typeName(value)}.__format__`);
}

const SPEC = /^(?:(.)?([<>=^]))?([ +-]?)(z?)(#?)(0?)(\d*)([,_]*)(?:\.(\d*))?(.*)$/su;

function parse(spec: string, defaultAlign: '<' | '>', type: string): Spec {
  const [, fill, align, sign = '', z, alternate, zero, width = '', grouping = '', precision, rest = ''] =
    SPEC.exec(spec) ?? [];
  if (width.length > 18 || (precision?.length ?? 0) > 18) {
    throw valueFault('Too many decimal digits in format string');
  }
  if (/^(,_|_,)/.test(grouping)) throw valueFault("Cannot specify both ',' and '_'.");
  if (grouping.length > 1) throw valueFault(`Cannot specify '${grouping[0]}' with '${grouping[1]}'.`);
  if (precision === '') throw valueFault('Format specifier missing precision');
  if (textLength(rest) > 1) throw valueFault(`Invalid format specifier '${spec}' for object of type '${type}'`);
  const code = rest === '' && defaultAlign === '<' ? 's' : rest;
  if (grouping !== '' && !groups(grouping, code)) {
    const shown = code > ' ' && code < '\x80' ? code : `\\x${(code.codePointAt(0) ?? 0).toString(16)}`;
    throw valueFault(`Cannot specify '${grouping}' with '${shown}'.`);
  }
  const padsZeros = zero === '0';
  return {
    fill: fill ?? (padsZeros ? '0' : ' '),
    align: align ?? (padsZeros && defaultAlign === '>' ? '=' : defaultAlign),
    sign,
    noNegativeZero: z === 'z',
    alternate: alternate === '#',
    width: width === '' ? -1 : Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type: code,
  };
}

/** Whether digits of that type can be grouped. */
const groups = (grouping: string, type: string) =>
  type === '' || 'defgEFG%'.includes(type) || (grouping === '_' && 'boxX'.includes(type));

function unknownCode(type: string, of: string): ExpressionFault {
  const code = type.codePointAt(0) ?? 0;
  const shown = code > 32 && code < 128 ? type : `\\x${code.toString(16)}`;
  return valueFault(`Unknown format code '${shown}' for object of type '${of}'`);
}

function formatText(text: string, spec: Spec, type: string): string {
  if (spec.type !== 's') throw unknownCode(spec.type, type);
  if (spec.sign === ' ') throw valueFault('Space not allowed in string format specifier');
  if (spec.sign !== '') throw valueFault('Sign not allowed in string format specifier');
  if (spec.noNegativeZero) throw valueFault('Negative zero coercion (z) not allowed in string format specifier');
  if (spec.alternate) throw valueFault('Alternate form (#) not allowed in string format specifier');
  if (spec.align === '=') throw valueFault("'=' alignment not allowed in string format specifier");
  const cut = spec.precision === undefined ? text : textSlice(text, 0, spec.precision, null);
  return pad(cut, textLength(cut), spec);
}

/** Fills up to the width, as `<`, `>` or `^` say. */
function pad(text: string, length: number, { fill, align, width }: Spec): string {
  const missing = width - length;
  if (missing <= 0) return text;
  allowCharacters(text.length + missing * fill.length);
  const left = align === '<' ? 0 : align === '^' ? Math.floor(missing / 2) : missing;
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function formatNumber(value: Numeric, specText: string, type: string): string {
  const spec = parse(specText, '>', type);
  if (isFloat(value)) {
    if (spec.type === '' || 'eEfFgGn%'.includes(spec.type)) return formatFloat(value, spec);
    throw unknownCode(spec.type, type);
  }
  if (spec.type !== '' && 'eEfFgG%'.includes(spec.type)) return formatFloat(toFloat(value), spec);
  if (spec.type !== '' && !'bcdnoxX'.includes(spec.type)) throw unknownCode(spec.type, type);
  return formatInteger(value, spec);
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

function formatInteger(value: Numeric, spec: Spec): string {
  if (!isInt(value)) throw typeFault('an integer is required');
  if (spec.precision !== undefined) throw valueFault('Precision not allowed in integer format specifier');
  if (spec.noNegativeZero) {
    throw valueFault('Negative zero coercion (z) not allowed in integer format specifier');
  }
  if (spec.type === 'c') return formatCharacter(value, spec);
  const size = value < 0 ? -BigInt(value) : value;
  const base = BASES[spec.type] ?? 10;
  const digits = base === 10 ? str(typeof size === 'bigint' ? size : size) : size.toString(base);
  const mark = spec.alternate && base !== 10 ? `0${spec.type}` : '';
  const shown = spec.type === 'X' ? digits.toUpperCase() : digits;
  return assemble(signOf(value < 0, spec) + mark, shown, '', base === 10 ? 3 : 4, spec);
}

function formatCharacter(value: number | bigint, spec: Spec): string {
  if (spec.sign !== '') throw valueFault("Sign not allowed with integer format specifier 'c'");
  if (spec.alternate) throw valueFault("Alternate form (#) not allowed with integer format specifier 'c'");
  if (value < 0 || value > 0x10ffff) {
    throw new ExpressionFault('value', 'OverflowError', '%c arg not in range(0x110000)');
  }
  const character = String.fromCodePoint(Number(value));
  return pad(character, 1, spec.align === '=' ? { ...spec, align: '>' } : spec);
}

function formatFloat(value: number | Numeric, spec: Spec): string {
  const x = asNumber(value);
  const lower = spec.type.toLowerCase();
  const type = lower === '' ? 'r' : lower === 'n' ? 'g' : lower;
  const text = floatText(Math.abs(x), {
    type: type as 'e' | 'f' | 'g' | 'r' | '%',
    precision: spec.precision,
    alternate: spec.alternate,
  });
  const shown = 'EFG'.includes(spec.type) && spec.type !== '' ? text.toUpperCase() : text;
  const isZero = spec.noNegativeZero && !/[1-9]/.test(shown.split(/e/i)[0] ?? '') && Number.isFinite(x);
  const isNegative = (x < 0 || Object.is(x, -0)) && !isZero;
  const [, digits = '', tail = ''] = /^(\d*)(.*)$/s.exec(shown) ?? [];
  return assemble(signOf(isNegative, spec), digits, tail, 3, spec);
}

const signOf = (isNegative: boolean, { sign }: Spec) => (isNegative ? '-' : sign === '-' ? '' : sign);

/** Sign and prefix, digits in groups, and what follows them: as wide as asked. */
function assemble(head: string, digits: string, tail: string, size: number, spec: Spec): string {
  const { fill, align, width, grouping } = spec;
  const fixed = head.length + tail.length;
  if (align !== '=') {
    const text = head + grouped(digits, grouping, size) + tail;
    return pad(text, text.length, spec);
  }
  if (width > 0) allowCharacters(width * fill.length);
  if (fill === '0' && grouping !== '' && digits !== '') {
    // The zeros are grouped too; they never start with a separator, so the result may be one wider.
    return head + grouped(digits.padStart(digitsFor(width - fixed, size), '0'), grouping, size) + tail;
  }
  const body = grouped(digits, grouping, size) + tail;
  return head + fill.repeat(Math.max(0, width - head.length - body.length)) + body;
}

/** How many digits fill that many columns, separators included; a separator that would come first gets a digit before it. */
function digitsFor(columns: number, size: number): number {
  const groups = Math.floor(columns / (size + 1));
  const rest = columns - groups * (size + 1);
  return columns <= 0 ? 0 : groups * size + (rest === 0 ? 1 : rest);
}

function grouped(digits: string, separator: string, size: number): string {
  if (separator === '' || digits === '') return digits;
  allowCharacters(digits.length * 2);
  const first = digits.length % size;
  const groupsOf = first === 0 ? [] : [digits.slice(0, first)];
  for (let at = first; at < digits.length; at += size) groupsOf.push(digits.slice(at, at + size));
  return groupsOf.join(separator);
}
