// operator/domain/expression/yaql/lexer.ts — the source of a YAQL expression → words, one at a time, as the parser asks for them.
import { ExpressionFault, placeOf } from '../fault.ts';
import { float, int } from '../python/numbers.ts';
import { digitValue } from '../python/parse-number.ts';
import type { Value } from '../python/values.ts';
import { decodeEscapes } from './escapes.ts';
import { WORD_OPERATORS } from './operators.ts';

/** One word. `sign` covers operators, brackets, commas and `=>`. */
export type Token = { readonly at: number } & (
  | { readonly type: 'sign' | 'function' | 'word' | 'dollar'; readonly text: string }
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'end' }
);

const SPACE = /[ \t\r\n]*/y;
const DOLLAR = /\$[\p{L}\p{N}_]*/uy;
// A number ends where no letter follows; `1.5.2` is 1.5, a dot and 2.
const NUMBER = /\p{Nd}+(?:\.?\p{Nd}+)?(?![\p{L}\p{N}_])/uy;
const FUNCTION = /[\p{L}_\p{Nl}\p{No}][\p{L}\p{N}_]*(?=\()/uy;
const WORD = /(?!__)[\p{L}_\p{Nl}\p{No}][\p{L}\p{N}_]*/uy;
const SINGLE = /'(?:[^'\\]|\\[^\n])*'/uy;
const DOUBLE = /"(?:[^"\\]|\\[^\n])*"/uy;
const VERBATIM = /`(?:[^`\\]|\\[^\n])*`/uy;
const SIGN = /\?\.|->|=~|!~|=>|>=|<=|!=|[.+\-*/><=[\]{}(),]/y;

const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** An offset as the reference counts it: in code points. */
export function positionOf(source: string, offset: number): number {
  let count = 0;
  for (const _ of source.slice(0, offset)) count++;
  return count;
}

/** The word at `from`, or after the space there, and where it ends. @throws ExpressionFault YaqlLexicalException */
export function nextToken(source: string, from: number): { readonly token: Token; readonly end: number } {
  const at = from + (match(SPACE, source, from) ?? '').length;
  if (at >= source.length) return { token: { type: 'end', at }, end: at };
  const dollar = match(DOLLAR, source, at);
  if (dollar !== undefined) return { token: { type: 'dollar', text: dollar, at }, end: at + dollar.length };
  const digits = match(NUMBER, source, at);
  if (digits !== undefined) return { token: { type: 'value', value: numberOf(digits), at }, end: at + digits.length };
  const name = match(FUNCTION, source, at);
  if (name !== undefined) return { token: { type: 'function', text: name, at }, end: at + name.length + 1 };
  const word = match(WORD, source, at);
  if (word !== undefined) return { token: wordToken(word, at), end: at + word.length };
  return stringToken(source, at) ?? signToken(source, at);
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function wordToken(word: string, at: number): Token {
  const value = CONSTANTS.get(word);
  if (value !== undefined) return { type: 'value', value, at };
  return { type: WORD_OPERATORS.has(word) ? 'sign' : 'word', text: word, at };
}

function numberOf(digits: string): Value {
  const plain = digits.replaceAll(/[^\d.]/gu, (digit) => String(digitValue(digit)));
  return plain.includes('.') ? float(Number(plain)) : int(BigInt(plain));
}

function stringToken(source: string, at: number): { token: Token; end: number } | undefined {
  const quoted = match(SINGLE, source, at) ?? match(DOUBLE, source, at);
  const raw = quoted ?? match(VERBATIM, source, at);
  if (raw === undefined) return undefined;
  const inner = raw.slice(1, -1);
  const value = quoted === undefined ? inner.replaceAll('\\`', '`') : decodeEscapes(inner);
  return { token: { type: 'value', value, at }, end: at + raw.length };
}

function signToken(source: string, at: number): { token: Token; end: number } {
  const sign = match(SIGN, source, at);
  if (sign !== undefined) return { token: { type: 'sign', text: sign, at }, end: at + sign.length };
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const message = `Lexical error: illegal character '${character}' at position ${positionOf(source, at)}`;
  throw new ExpressionFault('syntax', 'YaqlLexicalException', message, { place: placeOf(source, at) });
}
