// operator/domain/expression/jsonpath/parse.ts — path → its tree, with jsonpath_rw's precedences, which are not what one expects.
import { deeper } from '../evaluation.ts';
import { ExpressionFault, placeOf } from '../fault.ts';
import { type Token, Tokens } from './tokens.ts';

export type Node =
  | { readonly is: 'root' | 'this' | 'parent' }
  | { readonly is: 'fields'; readonly names: readonly string[] }
  | { readonly is: 'index'; readonly at: number | bigint }
  | { readonly is: 'slice'; readonly from: number | bigint | null; readonly to: number | bigint | null }
  | {
      readonly is: 'child' | 'descendants' | 'where' | 'union' | 'intersect';
      readonly left: Node;
      readonly right: Node;
    };

/** What joins two paths, and how tightly. `|` binds tighter than `.`: `a.b|c.d` is `a.(b|c).d`. All are left-associative. */
const JOINS = {
  '..': { is: 'descendants', level: 1 },
  '.': { is: 'child', level: 2 },
  '|': { is: 'union', level: 3 },
  '&': { is: 'intersect', level: 4 },
  where: { is: 'where', level: 5 },
} as const;
const isJoin = (type: string): type is keyof typeof JOINS => Object.hasOwn(JOINS, type);

/** @throws ExpressionFault with the class of the reference: JsonPathLexerError, Exception, or AttributeError where the path ends too early */
export function parsePath(text: string): Node {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: Tokens;
  #ahead: Token | undefined;
  #isRead = false;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = new Tokens(text);
  }

  parse(): Node {
    const node = this.#joined(0);
    const rest = this.#peek();
    if (rest) throw this.#unexpected(rest);
    return node;
  }

  /** Brackets bind loosest of all, to everything before them: `a.b[0]` is `(a.b)[0]`, and so is `a|b[0]`. */
  #joined(least: number): Node {
    let left = this.#single();
    for (;;) {
      const sign = this.#peek()?.type ?? '';
      if (isJoin(sign) && JOINS[sign].level >= least) {
        this.#take();
        const { is, level } = JOINS[sign];
        left = { is, left, right: deeper(() => this.#joined(level + 1)) };
      } else if (sign === '[' && least === 0) {
        this.#take();
        left = { is: 'child', left, right: this.#bracket() };
      } else return left;
    }
  }

  #single(): Node {
    const token = this.#take();
    switch (token?.type) {
      case 'name':
        return { is: 'fields', names: this.#names(token.value) };
      case '*':
        return { is: 'fields', names: ['*'] };
      case '$':
        return { is: 'root' };
      case 'operator':
        if (token.value === 'this' || token.value === 'parent') return { is: token.value };
        throw this.#unknownOperator(token.value, token);
      case '[':
        return this.#bracket();
      case '(': {
        const inner = deeper(() => this.#joined(0));
        this.#expect(')');
        return inner;
      }
      default:
        throw this.#unexpected(token);
    }
  }

  /** The reference looks one token further before it looks at the name. */
  #unknownOperator(name: string, token: Token): ExpressionFault {
    const next = this.#peek();
    if (next && next.type !== '[' && next.type !== ')' && !isJoin(next.type)) return this.#unexpected(next);
    return this.#fault(`Unknown named operator \`${name}\` at ${token.line}:${token.offset}`, token);
  }

  #names(first: string): string[] {
    const names = [first];
    while (this.#peek()?.type === ',') {
      this.#take();
      const next = this.#take();
      if (next?.type !== 'name') throw this.#unexpected(next);
      names.push(next.value);
    }
    return names;
  }

  /** What stands between brackets; the opening one is read. */
  #bracket(): Node {
    const node = this.#inBracket();
    this.#expect(']');
    return node;
  }

  #inBracket(): Node {
    const token = this.#take();
    switch (token?.type) {
      case 'name':
        return { is: 'fields', names: this.#names(token.value) };
      case '*':
        return { is: 'slice', from: null, to: null };
      case ':':
        return { is: 'slice', from: null, to: this.#number() };
      case 'number':
        if (this.#peek()?.type !== ':') return { is: 'index', at: token.value };
        this.#take();
        return { is: 'slice', from: token.value, to: this.#number() };
      default:
        throw this.#unexpected(token);
    }
  }

  #number(): number | bigint | null {
    const token = this.#peek();
    if (token?.type !== 'number') return null;
    this.#take();
    return token.value;
  }

  #peek(): Token | undefined {
    if (!this.#isRead) this.#ahead = this.#tokens.next();
    this.#isRead = true;
    return this.#ahead;
  }

  #take(): Token | undefined {
    const token = this.#peek();
    this.#isRead = false;
    return token;
  }

  #expect(type: Token['type']): void {
    const token = this.#take();
    if (token?.type !== type) throw this.#unexpected(token);
  }

  #unexpected(token: Token | undefined): ExpressionFault {
    if (!token) {
      const place = placeOf(this.#text, this.#text.length);
      return new ExpressionFault('type', 'AttributeError', "'NoneType' object has no attribute 'lineno'", { place });
    }
    const { type, value } = token;
    const kind = { name: 'ID', operator: 'NAMED_OPERATOR', number: 'NUMBER', '..': 'DOUBLEDOT', where: 'WHERE' };
    const shown = Object.hasOwn(kind, type) ? kind[type as keyof typeof kind] : type;
    return this.#fault(`Parse error at ${this.#tokens.where(token)} near token ${value} (${shown})`, token);
  }

  #fault(message: string, { offset }: Token): ExpressionFault {
    return new ExpressionFault('other', 'Exception', message, { place: placeOf(this.#text, offset) });
  }
}
