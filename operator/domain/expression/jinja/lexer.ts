// operator/domain/expression/jinja/lexer.ts — source → words, with Jinja's control of whitespace.
import { budgetFault, ExpressionFault, placeOf } from '../fault.ts';
import { float, int } from '../python/numbers.ts';
import { quoted } from '../python/repr.ts';
import { textLength } from '../python/text.ts';
import type { Value } from '../python/values.ts';
import { BLANK, trimEnd } from './blanks.ts';
import { readString } from './string-literal.ts';
import { syntaxFault, type Token, type TokenType } from './token.ts';

export interface Whitespace {
  /** The newline after a block goes. */
  readonly trimBlocks: boolean;
  /** Blanks before a block that starts its line go. */
  readonly lstripBlocks: boolean;
}

const BLANKS = new RegExp(`${BLANK}+`, 'y');
const ONLY_BLANKS = new RegExp(`^${BLANK}+$`);
const NAME = /[\p{ID_Continue}\p{L}\p{N}_]+/uy;
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
const FLOAT = /(?<!\.)\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?e[+-]?\d+(?:_\d+)*|\.\d+(?:_\d+)*)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const STRING = /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const BEGIN = /\{[%{#]/g;
const RAW_BEGIN = new RegExp(`\\{%([-+]?)${BLANK}*raw${BLANK}*(?:-%\\}${BLANK}*|%\\})`, 'y');
const VARIABLE_END = new RegExp(`-\\}\\}${BLANK}*|\\}\\}`, 'y');
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** As many digits of an integer as Python reads. */
const DIGITS_MAX = 4300;
/** And as many of one in hexadecimals, octals or binary digits. */
const BITS_DIGITS_MAX = 16_384;
/** As many words as a template may have: a page of text with as many expressions is far below. */
const TOKENS_MAX = 50_000;

/** The patterns of what ends blocks; they differ by whether the newline after goes. */
const endings = (trim: boolean) => {
  const end = (close: string) => `(?:\\+${close}|-${close}${BLANK}*|${close}${trim ? '\\n?' : ''})`;
  return {
    block: new RegExp(end('%\\}'), 'y'),
    comment: new RegExp(end('#\\}'), 'g'),
    raw: new RegExp(`\\{%([-+]?)${BLANK}*endraw${BLANK}*${end('%\\}')}`, 'g'),
  };
};
const TRIMMING = endings(true);
const KEEPING = endings(false);

/** Line endings become \n, and one at the end goes. */
export function normalizeSource(source: string): string {
  const text = source.includes('\r') ? source.replaceAll(/\r\n?/g, '\n') : source;
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** The words of a normalized source; a fault is the last of them. `inside` starts as if `{{` had been read. */
export function tokenize(source: string, whitespace: Whitespace, inside = false): readonly Token[] {
  return new Lexer(source, whitespace).run(inside);
}

class Lexer {
  readonly #source: string;
  readonly #whitespace: Whitespace;
  readonly #ends: typeof TRIMMING;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  /** The next line end that is not counted yet. */
  #newline: number;
  /** Whether what was read last ended a line. */
  #lineStarts = true;

  constructor(source: string, whitespace: Whitespace) {
    this.#source = source;
    this.#whitespace = whitespace;
    this.#ends = whitespace.trimBlocks ? TRIMMING : KEEPING;
    this.#newline = source.indexOf('\n');
  }

  run(inside: boolean): readonly Token[] {
    try {
      if (inside) this.#tag('variable_end');
      while (this.#at < this.#source.length) this.#text();
      this.#push('eof', '', this.#at);
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      this.#tokens.push({ type: 'fault', text: '', line: this.#line, at: this.#at, fault: error });
    }
    return this.#tokens;
  }

  /** Data up to the next delimiter, and what that begins. */
  #text(): void {
    BEGIN.lastIndex = this.#at;
    const begin = BEGIN.exec(this.#source);
    if (!begin) {
      this.#data(this.#source.slice(this.#at));
      this.#at = this.#source.length;
      return;
    }
    const raw = begin[0] === '{%' ? this.#match(RAW_BEGIN, begin.index) : undefined;
    const sign = raw ? (raw[1] ?? '') : this.#signAt(begin.index + 2);
    this.#stripped(this.#source.slice(this.#at, begin.index), sign, begin[0] !== '{{');
    if (raw) return this.#raw(begin.index + raw[0].length);
    this.#at = begin.index + 2 + sign.length;
    this.#lineStarts = false;
    if (begin[0] === '{#') return this.#comment();
    this.#push(begin[0] === '{{' ? 'variable_begin' : 'block_begin', begin[0], begin.index);
    this.#tag(begin[0] === '{{' ? 'variable_end' : 'block_end');
  }

  #signAt(at: number): string {
    const sign = this.#source.charAt(at);
    return sign === '-' || sign === '+' ? sign : '';
  }

  /** Data before a tag, less the blanks that the tag or the environment takes away. */
  #stripped(text: string, sign: string, ofBlock: boolean): void {
    if (sign === '-') return this.#data(trimEnd(text));
    if (sign === '' && ofBlock && this.#whitespace.lstripBlocks) {
      const lineAt = text.lastIndexOf('\n') + 1;
      if ((lineAt > 0 || this.#lineStarts) && ONLY_BLANKS.test(text.slice(lineAt))) {
        return this.#data(text.slice(0, lineAt));
      }
    }
    this.#data(text);
  }

  #raw(start: number): void {
    this.#lineStarts = this.#source[start - 1] === '\n';
    this.#at = start;
    const end = this.#match(this.#ends.raw, start);
    if (!end) {
      if (start < this.#source.length) throw this.#wrong('Missing end of raw directive', start);
      return;
    }
    this.#stripped(this.#source.slice(start, end.index), end[1] ?? '', true);
    this.#passTo(end.index + end[0].length);
  }

  #comment(): void {
    const end = this.#match(this.#ends.comment, this.#at);
    if (end) return this.#passTo(end.index + end[0].length);
    if (this.#at < this.#source.length) throw this.#wrong('Missing end of comment tag', this.#at);
  }

  #passTo(at: number): void {
    this.#lineStarts = this.#source[at - 1] === '\n';
    this.#at = at;
  }

  /** The words of a tag, its end included. */
  #tag(end: 'block_end' | 'variable_end'): void {
    const open: string[] = [];
    while (this.#at < this.#source.length) {
      const closed = open.length === 0 && this.#match(end === 'block_end' ? this.#ends.block : VARIABLE_END, this.#at);
      if (closed) {
        this.#push(end, closed[0], this.#at);
        return this.#passTo(this.#at + closed[0].length);
      }
      this.#word(open);
    }
  }

  #word(open: string[]): void {
    const at = this.#at;
    const blanks = this.#match(BLANKS, at);
    if (blanks) return this.#passTo(at + blanks[0].length);
    const number = this.#match(FLOAT, at) ?? this.#match(INTEGER, at);
    if (number) return this.#number(number[0]);
    const name = this.#match(NAME, at)?.[0];
    if (name !== undefined) {
      if (!IDENTIFIER.test(name)) throw this.#wrong('Invalid character in identifier', at);
      return this.#add('name', name, name.length);
    }
    const written = this.#match(STRING, at)?.[0];
    if (written !== undefined) {
      const text = readString(written.slice(1, -1));
      if (typeof text !== 'string') throw this.#wrong(text.wrong, at);
      return this.#add('string', text, written.length);
    }
    const operator = this.#match(OPERATOR, at)?.[0];
    if (operator === undefined) {
      const letter = String.fromCodePoint(this.#source.codePointAt(at) ?? 0);
      throw this.#wrong(`unexpected char ${quoted(letter)} at ${textLength(this.#source.slice(0, at))}`, at);
    }
    this.#balance(operator, open);
    this.#add('operator', operator, operator.length);
  }

  #balance(operator: string, open: string[]): void {
    const closing = Object.hasOwn(CLOSING, operator) ? CLOSING[operator] : undefined;
    if (closing !== undefined) open.push(closing);
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = open.pop();
      if (expected === undefined) throw this.#wrong(`unexpected '${operator}'`, this.#at);
      if (expected !== operator) throw this.#wrong(`unexpected '${operator}', expected '${expected}'`, this.#at);
    }
  }

  #number(written: string): void {
    const digits = written.replaceAll('_', '');
    const isFloat = /^\d/.test(digits) && /[.e]/i.test(digits) && !/^0[xbo]/i.test(digits);
    let value: Value;
    if (isFloat) value = float(Number(digits));
    else if (digits.length > DIGITS_MAX && !/^0[xbo]/i.test(digits)) {
      const message = `Exceeds the limit (${DIGITS_MAX} digits) for integer string conversion: value has ${digits.length} digits; use sys.set_int_max_str_digits() to increase the limit`;
      throw new ExpressionFault('value', 'ValueError', message, { place: placeOf(this.#source, this.#at) });
    } else if (digits.length > BITS_DIGITS_MAX) {
      throw budgetFault(`an integer of more than ${BITS_DIGITS_MAX} digits`).at(placeOf(this.#source, this.#at));
    } else value = int(BigInt(digits));
    this.#add(isFloat ? 'float' : 'integer', written, written.length, value);
  }

  #add(type: TokenType, text: string, length: number, value?: Value): void {
    this.#push(type, text, this.#at, value);
    this.#at += length;
    this.#lineStarts = false;
  }

  #data(text: string): void {
    if (text !== '') this.#push('data', text, this.#at);
  }

  #push(type: TokenType, text: string, at: number, value?: Value): void {
    while (this.#newline >= 0 && this.#newline < at) {
      this.#line++;
      this.#newline = this.#source.indexOf('\n', this.#newline + 1);
    }
    if (this.#tokens.length >= TOKENS_MAX) {
      throw budgetFault(`a template of more than ${TOKENS_MAX} words`).at(placeOf(this.#source, at));
    }
    this.#tokens.push({ type, text, line: this.#line, at, ...(value !== undefined && { value }) });
  }

  /** For sticky patterns at the offset, for global ones from it on. */
  #match(pattern: RegExp, at: number): RegExpExecArray | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#source) ?? undefined;
  }

  #wrong(message: string, at: number): ExpressionFault {
    return syntaxFault(message, placeOf(this.#source, at));
  }
}
