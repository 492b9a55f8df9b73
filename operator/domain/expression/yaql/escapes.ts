// operator/domain/expression/yaql/escapes.ts — the escapes of quoted strings: Python's, of which unknown ones stay as they are.
import { ExpressionFault } from '../fault.ts';
import { ESCAPED_IN_STRING, HEX_DIGITS, truncated } from '../python/string-escapes.ts';

const ESCAPE = /\\(?:U[^\n]{8}|u[^\n]{4}|x[^\n]{2}|[0-7]{1,3}|N\{[^}]+\}|[\\'"abfnrtv])/gu;

/** The text that is meant. @throws ExpressionFault UnicodeDecodeError for digits that are none */
export function decodeEscapes(text: string): string {
  return text.includes('\\') ? text.replaceAll(ESCAPE, decode) : text;
}

function decode(escape: string): string {
  const letter = escape.charAt(1);
  const known = ESCAPED_IN_STRING.get(letter);
  if (known !== undefined) return known;
  if (letter === 'N') throw undecodable(escape.length - 1, 'unknown Unicode character name');
  if (!HEX_DIGITS.has(letter)) return String.fromCharCode(Number.parseInt(escape.slice(1), 8));
  const digits = /^[\da-fA-F]*/.exec(escape.slice(2))?.[0] ?? '';
  if (digits.length < escape.length - 2) throw undecodable(1 + digits.length, truncated(letter));
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
