// operator/domain/expression/yaql/escapes.ts — the escapes of quoted strings: Python's, of which unknown ones stay as they are.
import { ExpressionFault } from '../fault.ts';

const ESCAPE = /\\(?:U[^\n]{8}|u[^\n]{4}|x[^\n]{2}|[0-7]{1,3}|N\{[^}]+\}|[\\'"abfnrtv])/gu;

const SINGLE: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const TRUNCATED: Readonly<Record<string, string>> = { x: '\\xXX', u: '\\uXXXX', U: '\\UXXXXXXXX' };

/** The text that is meant. @throws ExpressionFault UnicodeDecodeError for digits that are none */
export function decodeEscapes(text: string): string {
  return text.includes('\\') ? text.replaceAll(ESCAPE, decode) : text;
}

function decode(escape: string): string {
  const letter = escape.charAt(1);
  if (escape.length === 2 && Object.hasOwn(SINGLE, letter)) return SINGLE[letter] ?? '';
  if (letter === 'N') throw undecodable(escape.length - 1, 'unknown Unicode character name');
  if (!Object.hasOwn(TRUNCATED, letter)) return String.fromCharCode(Number.parseInt(escape.slice(1), 8));
  const digits = /^[\da-fA-F]*/.exec(escape.slice(2))?.[0] ?? '';
  if (digits.length < escape.length - 2) throw undecodable(1 + digits.length, `truncated ${TRUNCATED[letter]} escape`);
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff) throw undecodable(escape.length - 1, 'illegal Unicode character');
  return String.fromCodePoint(code);
}

const undecodable = (last: number, why: string) =>
  new ExpressionFault(
    'value',
    'UnicodeDecodeError',
    `'unicodeescape' codec can't decode bytes in position 0-${last}: ${why}`,
  );
