// operator/domain/expression/python/regex/escapes.ts — what a backslash and the characters after it mean.
import { ExpressionFault } from '../../fault.ts';
import { ESCAPED, HEX_DIGITS } from '../string-escapes.ts';
import type { Source } from './source.ts';
import type { Category, Node, Position } from './tree.ts';

const CATEGORIES: ReadonlyMap<string, Category> = new Map([
  ['\\d', 'digit'],
  ['\\D', 'not digit'],
  ['\\w', 'word'],
  ['\\W', 'not word'],
  ['\\s', 'space'],
  ['\\S', 'not space'],
]);
const POSITIONS: ReadonlyMap<string, Position> = new Map([
  ['\\A', 'begin text'],
  ['\\Z', 'end text'],
  ['\\b', 'boundary'],
  ['\\B', 'not boundary'],
]);
const characterOf = (escape: string): number | undefined => ESCAPED.get(escape.slice(1))?.codePointAt(0);
const OCTAL = /^[0-7]$/;
const isDigit = (c: string) => /^[0-9]$/.test(c);

/** What an escape inside of `[…]` stands for: a character, or a class. */
export function readSetEscape(source: Source, escape: string): number | Category {
  const known = characterOf(escape) ?? CATEGORIES.get(escape) ?? readHex(source, escape);
  if (known !== undefined) return known;
  const c = escape.slice(1);
  if (OCTAL.test(c)) return readOctal(source, escape, 2);
  if (/[0-9A-Za-z]/.test(c)) throw source.fault(`bad escape ${escape}`, escape.length);
  return c.codePointAt(0) ?? 0;
}

/** Groups, as far as references need them. */
export interface Groups {
  readonly count: number;
  isClosed(group: number): boolean;
}

/** What an escape outside of `[…]` stands for. */
export function readEscape(source: Source, escape: string, groups: Groups): Node {
  const position = POSITIONS.get(escape);
  if (position) return { is: 'at', position };
  const category = CATEGORIES.get(escape);
  if (category) return { is: 'set', negated: false, items: [{ category }] };
  const code = characterOf(escape) ?? readHex(source, escape);
  if (code !== undefined) return { is: 'literal', code };
  const c = escape.slice(1);
  if (c === '0') return { is: 'literal', code: readOctal(source, escape, 2) };
  if (isDigit(c)) return readReference(source, escape, groups);
  if (/[A-Za-z]/.test(c)) throw source.fault(`bad escape ${escape}`, escape.length);
  return { is: 'literal', code: c.codePointAt(0) ?? 0 };
}

function readReference(source: Source, escape: string, groups: Groups): Node {
  let digits = escape;
  if (isDigit(source.next)) {
    digits += source.get();
    if (/^\\[0-7]{2}$/.test(digits) && OCTAL.test(source.next)) {
      return { is: 'literal', code: octal(source, digits + source.get()) };
    }
  }
  const number = Number(digits.slice(1));
  if (number > groups.count) throw source.fault(`invalid group reference ${number}`, digits.length - 1);
  if (!groups.isClosed(number)) throw source.fault('cannot refer to an open group', digits.length);
  return { is: 'reference', number };
}

function readOctal(source: Source, escape: string, most: number): number {
  return octal(source, escape + source.getWhile(most, OCTAL));
}

function octal(source: Source, escape: string): number {
  const code = Number.parseInt(escape.slice(1), 8);
  if (code > 0o377) throw source.fault(`octal escape value ${escape} outside of range 0-0o377`, escape.length);
  return code;
}

function readHex(source: Source, escape: string): number | undefined {
  if (escape === '\\N') return readName(source);
  const length = HEX_DIGITS.get(escape.slice(1));
  if (length === undefined) return undefined;
  const digits = source.getWhile(length, /^[0-9a-fA-F]$/);
  const whole = escape + digits;
  if (digits.length < length) throw source.fault(`incomplete escape ${whole}`, whole.length);
  const code = Number.parseInt(digits, 16);
  if (code > 0x10_ffff) throw source.fault(`bad escape ${whole}`, whole.length);
  return code;
}

function readName(source: Source): never {
  if (!source.match('{')) throw source.fault('missing {');
  const name = source.getUntil('}', 'character name');
  throw new ExpressionFault(
    'value',
    'error',
    `\\N{${name}}: characters cannot be named; write their code, as in \\u00e9`,
  );
}
