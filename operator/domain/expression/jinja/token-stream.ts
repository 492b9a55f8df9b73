// operator/domain/expression/jinja/token-stream.ts — the words of a template one by one, as the parser takes them.
import { budgetFault, type ExpressionFault, type Place, placeOf } from '../fault.ts';
import { quoted } from '../python/repr.ts';
import { assertionFault, describeToken, describeType, syntaxFault, type Token, type TokenType } from './token.ts';

/** How deep the parser may go; a pair of parentheses weighs 10. */
const WEIGHT_MAX = 1000;

export class TokenStream {
  readonly source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #weight = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.#tokens = tokens;
    this.#check();
  }

  get current(): Token {
    return this.#tokens[this.#next] as Token; // the last is `eof` or a fault, which never becomes current
  }

  /** Goes one on. @throws ExpressionFault what the lexer found wrong there */
  advance(): Token {
    const before = this.current;
    if (before.type === 'eof') return before;
    this.#next++;
    this.#check();
    return before;
  }

  #check(): void {
    if (this.current.fault) throw this.current.fault;
  }

  /** The word after the current one. @throws ExpressionFault */
  look(): Token {
    const after = this.#tokens[Math.min(this.#next + 1, this.#tokens.length - 1)] as Token;
    if (after.fault) throw after.fault;
    return after;
  }

  /** Whether the current word is of that type, and of that text. */
  is(type: TokenType, text?: string): boolean {
    const { current } = this;
    return current.type === type && (text === undefined || current.text === text);
  }

  isName = (text: string): boolean => this.is('name', text);
  isOperator = (text: string): boolean => this.is('operator', text);

  /** Passes over a word if it is the current one. */
  skip(type: TokenType, text: string): boolean {
    const here = this.is(type, text);
    if (here) this.advance();
    return here;
  }

  skipName = (text: string): boolean => this.skip('name', text);
  skipOperator = (text: string): boolean => this.skip('operator', text);

  /** Passes over a word that has to be there. @throws ExpressionFault TemplateSyntaxError */
  expect(type: TokenType, text?: string): Token {
    if (this.is(type, text)) return this.advance();
    const expected = quoted(text ?? describeType(type));
    if (this.is('eof')) throw this.fault(`unexpected end of template, expected ${expected}.`);
    throw this.fault(`expected token ${expected}, got ${quoted(describeToken(this.current))}`);
  }

  fault(message: string, at: number = this.current.at): ExpressionFault {
    return syntaxFault(message, this.place(at));
  }

  assertion(message: string, at: number): ExpressionFault {
    return assertionFault(message, this.place(at));
  }

  place(at: number): Place {
    return placeOf(this.source, at);
  }

  /** Goes deeper into the source. @throws ExpressionFault when it nests too deeply */
  nested<T>(weight: number, run: () => T): T {
    this.#weight += weight;
    if (this.#weight > WEIGHT_MAX) throw budgetFault('the template nests too deeply').at(this.place(this.current.at));
    const result = run();
    this.#weight -= weight;
    return result;
  }
}
