// operator/domain/expression/yaql/parser.ts — the source of a YAQL expression → its tree, by operator precedence.
import { budgetFault, ExpressionFault, placeOf } from '../fault.ts';
import { str } from '../python/repr.ts';
import { nextToken, positionOf, type Token } from './lexer.ts';
import { BINARY, INDEX_POWER, PREFIX } from './operators.ts';
import type { Argument, Expression } from './syntax.ts';

/** Deepest nesting of brackets and signs. */
const DEPTH_MAX = 100;
/** Most operators of one expression: chains of them are walked by recursion. */
const LINKS_MAX = 1000;
/** Longest source, in UTF-16 units. */
const SOURCE_MAX = 256 * 1024;

/** Parses a whole expression. @throws ExpressionFault YaqlLexicalException or YaqlGrammarException, with its place */
export function parseYaql(source: string): Expression {
  if (source.length > SOURCE_MAX) throw budgetFault(`an expression of more than ${SOURCE_MAX} characters`);
  const parser = new Parser(source);
  const expression = parser.value(0);
  if (parser.token.type !== 'end') throw parser.unexpected();
  return expression;
}

class Parser {
  token: Token;
  readonly #source: string;
  #end = 0;
  #depth = 0;
  #links = 0;

  constructor(source: string) {
    this.#source = source;
    this.token = this.#read();
  }

  #read(): Token {
    const { token, end } = nextToken(this.#source, this.#end);
    this.#end = end;
    return token;
  }

  /** The current word; the next becomes current. */
  #take(): Token {
    const taken = this.token;
    this.token = this.#read();
    return taken;
  }

  #isSign(text: string): boolean {
    return this.token.type === 'sign' && this.token.text === text;
  }

  #expect(text: string): void {
    if (!this.#isSign(text)) throw this.unexpected();
    this.#take();
  }

  /** What the reference says of a word that does not belong. */
  unexpected(): ExpressionFault {
    const { token } = this;
    const place = placeOf(this.#source, token.at);
    if (token.type === 'end') {
      const message = 'Parse error: unexpected end of statement';
      return new ExpressionFault('syntax', 'YaqlGrammarException', message, { place });
    }
    const shown = token.type === 'value' ? str(token.value) : token.text;
    const position = positionOf(this.#source, token.at);
    const message = `Parse error: unexpected '${shown}' at position ${position} of expression '${this.#source}'`;
    return new ExpressionFault('syntax', 'YaqlGrammarException', message, { place });
  }

  /** A value and the operators after it that bind tighter than `power`. */
  value(power: number): Expression {
    if (++this.#depth > DEPTH_MAX) throw budgetFault(`an expression nested deeper than ${DEPTH_MAX} levels`);
    let left = this.#prefix();
    for (;;) {
      const { token } = this;
      if (token.type !== 'sign') break;
      if (token.text === '[') {
        if (INDEX_POWER <= power) break;
        this.#link();
        left = { kind: 'operator', name: '#indexer', args: [left, ...this.#args(']')], at: token.at };
        continue;
      }
      const operator = BINARY.get(token.text);
      if (!operator || operator.power <= power) break;
      this.#link();
      const right = this.value(operator.fromRight ? operator.power - 1 : operator.power);
      left = { kind: 'operator', name: operator.name, args: [left, right], at: token.at };
    }
    this.#depth--;
    return left;
  }

  /** Takes an operator. */
  #link(): void {
    if (++this.#links > LINKS_MAX) throw budgetFault(`an expression of more than ${LINKS_MAX} operators`);
    this.#take();
  }

  #prefix(): Expression {
    const { token } = this;
    const { at } = token;
    switch (token.type) {
      case 'end':
        throw this.unexpected();
      case 'value':
        this.#take();
        return { kind: 'constant', value: token.value, at };
      case 'word':
        this.#take();
        return { kind: 'keyword', value: token.text, at };
      case 'dollar':
        this.#take();
        return { kind: 'variable', name: token.text, at };
      case 'function':
        this.#take();
        return { kind: 'function', name: token.text, args: this.#args(')'), at };
      case 'sign':
        return this.#signed(token.text, at);
    }
  }

  #signed(sign: string, at: number): Expression {
    const operator = PREFIX.get(sign);
    if (!operator && sign !== '(' && sign !== '[' && sign !== '{') throw this.unexpected();
    this.#take();
    if (operator) {
      return { kind: 'operator', name: operator.name, args: [this.value(operator.power)], at };
    }
    if (sign === '[') return { kind: 'operator', name: '#list', args: this.#args(']'), at };
    if (sign === '{') return { kind: 'operator', name: '#map', args: this.#args('}'), at };
    const inner = this.value(0);
    this.#expect(')');
    return { kind: 'wrap', inner, at };
  }

  /**
   * Arguments up to a bracket: values first, then `name => value` pairs. Values may be left out before others, which gives
   * skipped arguments; between the last value and the first pair at most one.
   */
  #args(close: string): Argument[] {
    const args: Argument[] = [];
    let named = false;
    if (!this.#isSign(close)) {
      for (let commas = 0; ; commas = 0) {
        while (this.#isSign(',') && !named) {
          commas++;
          args.push(undefined);
          this.#take();
        }
        const value = this.value(0);
        const hasValues = args.some((arg) => arg !== undefined);
        if (this.#isSign('=>') && (hasValues ? commas <= 1 : commas === 0)) {
          named = true;
          args.push(this.#mapping(value));
        } else if (named) throw this.unexpected();
        else args.push(value);
        if (!this.#isSign(',')) break;
        this.#take();
      }
    }
    this.#expect(close);
    return args;
  }

  #mapping(source: Expression): Expression {
    const { at } = this.#take();
    return { kind: 'mapping', source, destination: this.value(0), at };
  }
}
