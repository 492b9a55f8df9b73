// operator/domain/expression/jsonpath/tokens.ts — path → tokens, one at a time, as jsonpath_rw's lexer cuts them.
import { ExpressionFault, placeOf } from '../fault.ts';
import { toInt } from '../python/parse-number.ts';

export type Token =
  | { readonly type: 'name' | 'operator'; readonly value: string; readonly offset: number; readonly line: number }
  | { readonly type: 'number'; readonly value: number | bigint; readonly offset: number; readonly line: number }
  | { readonly type: Sign; readonly value: string; readonly offset: number; readonly line: number };

/** The signs that a path is written with; `where` is one, whatever it looks like. */
export type Sign = 'where' | '..' | '*' | '.' | '[' | ']' | '(' | ')' | '$' | ',' | ':' | '|' | '&';

const SIGNS: ReadonlySet<string> = new Set<Sign>(['*', '.', '[', ']', '(', ')', '$', ',', ':', '|', '&']);
const NAME = /[a-zA-Z_@][a-zA-Z0-9_@-]*/y;
const NUMBER = /-?\p{Nd}+/uy;
const BLANKS = /[ \t]*/y;
const QUOTED = { "'": 'singlequoted field', '"': 'doublequoted field', '`': 'backquoted operator' } as const;

/** The next token at every call, undefined at the end. Faults come when the place is reached, as in the reference. */
export class Tokens {
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** Offset of the last line break, 0 before the first: columns of messages count from there. */
  #breakAt = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws ExpressionFault JsonPathLexerError */
  next(): Token | undefined {
    this.#skipBlanks();
    const offset = this.#at;
    const first = this.#text.charAt(offset);
    if (first === '') return undefined;
    const line = this.#line;
    const name = this.#take(NAME);
    if (name === 'where') return { type: 'where', value: name, offset, line };
    if (name !== undefined) return { type: 'name', value: name, offset, line };
    const number = this.#take(NUMBER);
    if (number !== undefined) return { type: 'number', value: toInt(number), offset, line };
    if (first === "'" || first === '"' || first === '`') return this.#quoted(first);
    if (this.#text.startsWith('..', offset)) {
      this.#at += 2;
      return { type: '..', value: '..', offset, line };
    }
    if (!isSign(first)) throw this.#fault('', offset);
    this.#at++;
    return { type: first, value: first, offset, line };
  }

  /** Line and column as the reference's messages count them: lines from 1, columns from 0, from 1 after the first line. */
  where({ line, offset }: { readonly line: number; readonly offset: number }): string {
    return `${line}:${this.#column(offset)}`;
  }

  #skipBlanks(): void {
    for (;;) {
      this.#take(BLANKS);
      if (this.#text.charAt(this.#at) !== '\n') return;
      this.#breakAt = this.#at++;
      this.#line++;
    }
  }

  #take(shape: RegExp): string | undefined {
    shape.lastIndex = this.#at;
    const found = shape.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }

  #quoted(quote: "'" | '"' | '`'): Token {
    let value = '';
    let from = ++this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text.charAt(this.#at);
      if (c === quote) {
        value += this.#text.slice(from, this.#at);
        const offset = this.#at++;
        return { type: quote === '`' ? 'operator' : 'name', value, offset, line: this.#line };
      }
      if (c !== '\\') continue;
      const escaped = this.#text.charAt(this.#at + 1);
      if (escaped === '' || escaped === '\n') throw this.#fault(` while lexing ${QUOTED[quote]}`, this.#at);
      value += this.#text.slice(from, this.#at);
      from = ++this.#at; // what is escaped stands for itself, whatever it is
    }
    throw lexerError('Unexpected EOF in string literal or identifier', this.#text, this.#at);
  }

  #fault(doing: string, offset: number): ExpressionFault {
    const character = String.fromCodePoint(this.#text.codePointAt(offset) ?? 0);
    const message = `Error on line ${this.#line}, col ${this.#column(offset)}${doing}: Unexpected character: ${character} `;
    return lexerError(message, this.#text, offset);
  }

  #column(offset: number): number {
    return placeOf(this.#text.slice(this.#breakAt).replace('\n', ' '), offset - this.#breakAt).column - 1;
  }
}

const isSign = (c: string): c is Sign => SIGNS.has(c);

const lexerError = (message: string, text: string, offset: number) =>
  new ExpressionFault('syntax', 'JsonPathLexerError', message, { place: placeOf(text, offset) });
