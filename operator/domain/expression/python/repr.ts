// operator/domain/expression/python/repr.ts — Python's repr() and str() of a value.
import { allowCharacters, deeper } from '../evaluation.ts';
import { valueFault } from '../fault.ts';
import { floatRepr, isList, PyObject, type Value } from './values.ts';

/** Python's str(): a text as it is, everything else as repr() or its class writes it. */
export function str(value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof PyObject ? value.text() : repr(value);
}

/** Python's repr(). @throws ExpressionFault when it is too deep or too long */
export function repr(value: Value): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return bigText(value);
    case 'number':
      return Number.isInteger(value) ? intText(value) : floatRepr(value);
    case 'object': {
      if (value === null) return 'None';
      const text = deeper(() =>
        isList(value) ? listText(value) : value instanceof PyObject ? value.repr() : dictText(Object.entries(value)),
      );
      allowCharacters(text.length);
      return text;
    }
  }
}

/** Python's ascii(): repr() with escapes for all that is not ASCII. */
export const ascii = (value: Value): string =>
  repr(value).replaceAll(/[^\0-\x7f]/gu, (c) => hexEscape(c.codePointAt(0) ?? 0));

/** Length from which on a text is checked while it grows: values that share their parts are short to hold and long to write. */
const CHECK_CHARACTERS = 64 * 1024;

function grown(text: string): number {
  allowCharacters(text.length);
  return text.length * 2;
}

function listText(items: readonly Value[]): string {
  let text = '';
  let checkAt = CHECK_CHARACTERS;
  for (const item of items) {
    text += text === '' ? repr(item) : `, ${repr(item)}`;
    if (text.length >= checkAt) checkAt = grown(text);
  }
  return `[${text}]`;
}

/** `{'a': 1}`, of the entries of a dict. */
export function dictText(entries: Iterable<readonly [Value, Value]>): string {
  let text = '';
  let checkAt = CHECK_CHARACTERS;
  for (const [key, value] of entries) {
    if (text !== '') text += ', ';
    text += `${repr(key)}: ${repr(value)}`;
    if (text.length >= checkAt) checkAt = grown(text);
  }
  return `{${text}}`;
}

/** Python refuses to write ints of more than 4,300 decimals. */
function bigText(value: bigint): string {
  const text = value.toString();
  if (text.length > 4300 && text.replace('-', '').length > 4300) {
    throw valueFault(
      'Exceeds the limit (4300 digits) for integer string conversion; ' +
        'use sys.set_int_max_str_digits() to increase the limit',
    );
  }
  return text;
}

const intText = (value: number): string => (Number.isSafeInteger(value) ? String(value + 0) : BigInt(value).toString());

const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Texts that are written as they are: printable ASCII without single quote and backslash. */
const SIMPLE = /^[ -&(-[\]-~]*$/;

/** Single quotes, or double ones around a text that has single ones only; what Python does not print is escaped. */
export function quoted(text: string): string {
  if (SIMPLE.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // U+0001 stays: it encloses the mark of a secret, which the pod replaces.
  const escaped = text.replaceAll(/[\\'"\p{C}\p{Z}]/gu, (c) => {
    if (c === ' ' || c === '\u0001' || ((c === "'" || c === '"') && c !== quote)) return c;
    if (c === quote) return `\\${c}`;
    return NAMED[c] ?? hexEscape(c.codePointAt(0) ?? 0);
  });
  return `${quote}${escaped}${quote}`;
}

function hexEscape(code: number): string {
  const hex = code.toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
