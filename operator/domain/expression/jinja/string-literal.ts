// operator/domain/expression/jinja/string-literal.ts — the text between quotes → the string that it means.
import { ESCAPED_IN_STRING, HEX_DIGITS, truncated } from '../python/string-escapes.ts';

/** The string, or what is wrong with one of its escapes. Unknown escapes stay as they are written. */
export function readString(raw: string): string | { readonly wrong: string } {
  const first = raw.indexOf('\\');
  if (first < 0) return raw;
  let out = raw.slice(0, first);
  for (let i = first; i < raw.length; ) {
    const next = raw.indexOf('\\', i);
    if (next < 0) return out + raw.slice(i);
    out += raw.slice(i, next);
    const escape = readEscape(raw, next);
    if ('wrong' in escape) return escape;
    out += escape.text;
    i = next + escape.length;
  }
  return out;
}

/** The escape at a backslash. */
function readEscape(raw: string, at: number): { text: string; length: number } | { wrong: string } {
  const letter = String.fromCodePoint(raw.codePointAt(at + 1) ?? 0);
  const known = ESCAPED_IN_STRING.get(letter);
  if (known !== undefined) return { text: known, length: 2 };
  const octal = /^[0-7]{1,3}/.exec(raw.slice(at + 1, at + 4))?.[0];
  if (octal !== undefined) {
    return { text: String.fromCharCode(Number.parseInt(octal, 8)), length: 1 + octal.length };
  }
  const digits = HEX_DIGITS.get(letter);
  if (digits !== undefined) {
    const hex = raw.slice(at + 2, at + 2 + digits);
    if (hex.length < digits || !/^[\da-fA-F]+$/.test(hex)) return { wrong: truncated(letter) };
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff
      ? { wrong: 'illegal Unicode character' }
      : { text: String.fromCodePoint(code), length: 2 + digits };
  }
  if (letter === 'N') {
    return {
      wrong: /^\{[^}]+\}/.test(raw.slice(at + 2)) ? 'unknown Unicode character name' : 'malformed \\N character escape',
    };
  }
  // Jinja reads escapes in ASCII: a character beyond it is spelled as an escape first, of which only the backslash is then unknown.
  return { text: `\\${asciiSpelling(letter)}`, length: 1 + letter.length };
}

function asciiSpelling(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (code < 0x80) return letter;
  const hex = code.toString(16);
  if (code <= 0xff) return `x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `u${hex.padStart(4, '0')}` : `U${hex.padStart(8, '0')}`;
}
