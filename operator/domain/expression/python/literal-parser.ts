// operator/domain/expression/python/literal-parser.ts — tokens of a Python expression → nodes; all of Python's expressions, so that those which are no literals are told from mistakes.
import { deeper } from '../evaluation.ts';
import { Bytes } from './collections.ts';
import { syntaxFault, type Token, tokensOf } from './literal-tokens.ts';
import { BINDING, CONSTANTS, KEYWORDS, type Node, NOT, UNARY } from './literal-nodes.ts';
import type { Value } from './values.ts';

/** One expression, or several with commas between: a tuple. @throws ExpressionFault SyntaxError */
export function parseLiteral(text: string): Node {
  const parser = new Parser(tokensOf(text));
  return parser.all();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? (this.#tokens.at(-1) as Token);
  }
  #peek(text: string): boolean {
    const { type, text: own } = this.#next;
    return own === text && (type === 'operator' || type === 'name');
  }
  #take(text: string): boolean {
    const found = this.#peek(text);
    if (found) this.#at++;
    return found;
  }
  #expect(text: string): void {
    if (!this.#take(text)) throw this.#fault();
  }
  #fault(message = 'invalid syntax') {
    const isEmpty = this.#tokens.length === 1;
    return syntaxFault(message, isEmpty ? 0 : this.#next.line);
  }

  all(): Node {
    const node = this.#list(() => this.#expression(), 'end');
    if (this.#next.type !== 'end') throw this.#fault();
    return node;
  }

  /** One item, or a tuple when there is a comma; `end` is what may follow a last comma. */
  #list(item: () => Node, end: string): Node {
    const { line } = this.#next;
    const first = item();
    if (!this.#peek(',')) return first;
    const items = [first];
    while (this.#take(',')) {
      if (end === 'end' ? this.#next.type === 'end' : this.#peek(end)) break;
      items.push(item());
    }
    return { type: 'Tuple', items, line };
  }

  #expression(): Node {
    return deeper(() => {
      const { line } = this.#next;
      if (this.#take('lambda')) {
        while (!this.#peek(':')) {
          if (this.#next.type === 'end') throw this.#fault();
          this.#at++;
        }
        this.#at++;
        this.#expression();
        return { type: 'Lambda', line };
      }
      const node = this.#operation(1);
      if (!this.#take('if')) return node;
      this.#operation(1);
      this.#expect('else');
      this.#expression();
      return { type: 'IfExp', line };
    });
  }

  /** In parentheses, brackets and arguments: also `name := value` and `*items`. */
  #item(): Node {
    const { line, type } = this.#next;
    if (this.#take('*')) {
      this.#operation(BINDING['|'] ?? 0);
      return { type: 'Starred', line };
    }
    const node = this.#expression();
    if (type !== 'name' || node.type !== 'Name' || !this.#take(':=')) return node;
    this.#expression();
    return { type: 'NamedExpr', line };
  }

  #operation(least: number): Node {
    let left = this.#operand(least);
    for (;;) {
      const sign = this.#sign();
      const binding = BINDING[sign];
      if (binding === undefined || binding < least) return left;
      const { line } = left;
      this.#at += sign === 'not' || (sign === 'is' && this.#tokens[this.#at + 1]?.text === 'not') ? 2 : 1;
      const right = deeper(() => this.#operation(sign === '**' ? UNARY : binding + 1));
      left =
        binding <= 2
          ? { type: 'BoolOp', line }
          : binding === 4
            ? { type: 'Compare', line }
            : { type: 'BinOp', sign, left, right, line };
    }
  }

  /** The operator that comes next; `not` only as the start of `not in`. */
  #sign(): string {
    const { type, text } = this.#next;
    if (type !== 'operator' && type !== 'name') return '';
    if (text === 'not' && this.#tokens[this.#at + 1]?.text !== 'in') return '';
    return Object.hasOwn(BINDING, text) ? text : '';
  }

  #operand(least: number): Node {
    const { line, text, type } = this.#next;
    if (type === 'name' && text === 'not') {
      if (least > NOT) throw this.#fault();
      this.#at++;
      const operand = deeper(() => this.#operation(NOT));
      return { type: 'UnaryOp', sign: 'not', operand, line };
    }
    if (type === 'operator' && (text === '-' || text === '+' || text === '~')) {
      this.#at++;
      const operand = deeper(() => this.#operation(UNARY));
      return { type: 'UnaryOp', sign: text, operand, line };
    }
    if (this.#take('await')) {
      this.#primary();
      return { type: 'Await', line };
    }
    return this.#primary();
  }

  #primary(): Node {
    let node = this.#atom();
    for (;;) {
      const { line } = node;
      if (this.#take('.')) {
        if (this.#next.type !== 'name' || KEYWORDS.has(this.#next.text)) throw this.#fault();
        this.#at++;
        node = { type: 'Attribute', line };
      } else if (this.#peek('(')) {
        const isSet = node.type === 'Name' && this.#tokens[this.#at - 1]?.text === 'set';
        node = { type: 'Call', isEmptySet: this.#arguments() === 0 && isSet, line };
      } else if (this.#take('[')) {
        this.#slice();
        while (this.#take(',') && !this.#peek(']')) this.#slice();
        this.#expect(']');
        node = { type: 'Subscript', line };
      } else return node;
    }
  }

  #slice(): void {
    if (!this.#peek(':')) this.#item();
    for (let i = 0; i < 2 && this.#take(':'); i++) {
      if (!this.#peek(':') && !this.#peek(']') && !this.#peek(',')) this.#expression();
    }
  }

  /** How many there are. */
  #arguments(): number {
    this.#expect('(');
    let count = 0;
    while (!this.#peek(')')) {
      if (this.#take('**')) this.#expression();
      else {
        const node = this.#item();
        if (node.type === 'Name' && this.#take('=')) this.#expression();
        else this.#comprehension();
      }
      count++;
      if (!this.#take(',')) break;
    }
    this.#expect(')');
    return count;
  }

  /** `for x in items if condition`, where there is one. */
  #comprehension(): boolean {
    let found = false;
    for (;;) {
      this.#take('async');
      if (!this.#take('for')) return found;
      found = true;
      this.#list(() => this.#target(), 'in');
      this.#expect('in');
      this.#operation(1);
      while (this.#take('if')) this.#operation(1);
    }
  }

  #target(): Node {
    this.#take('*');
    return this.#operation(BINDING['|'] ?? 0);
  }

  #atom(): Node {
    const token = this.#next;
    const { line } = token;
    if (token.isString) return this.#strings();
    if (token.type === 'end') throw this.#fault();
    this.#at++;
    if (token.type === 'constant') return { type: 'Constant', value: token.value, line };
    if (token.type === 'complex') return { type: 'Complex', line };
    if (token.type === 'name') {
      const constant = CONSTANTS.get(token.text);
      if (constant !== undefined) return { type: 'Constant', value: constant, line };
      if (!KEYWORDS.has(token.text)) return { type: 'Name', line };
    } else if (token.text === '...') return { type: 'Ellipsis', line };
    else if (token.text === '(') return this.#parentheses(line);
    else if (token.text === '[') return this.#brackets(line);
    else if (token.text === '{') return this.#braces(line);
    this.#at--;
    throw this.#fault();
  }

  /** Strings side by side are one. */
  #strings(): Node {
    const { line } = this.#next;
    const parts: Token[] = [];
    while (this.#next.isString) {
      parts.push(this.#next);
      this.#at++;
    }
    const bytes = parts.filter((part) => part.value instanceof Bytes).length;
    if (bytes > 0 && bytes < parts.length) throw syntaxFault('cannot mix bytes and nonbytes literals', line);
    if (parts.some((part) => part.type === 'f')) return { type: 'JoinedStr', line };
    return { type: 'Constant', value: joined(parts.map((part) => part.value)), line };
  }

  #parentheses(line: number): Node {
    if (this.#take(')')) return { type: 'Tuple', items: [], line };
    if (this.#take('yield')) {
      this.#take('from');
      if (!this.#peek(')')) this.#list(() => this.#item(), ')');
      this.#expect(')');
      return { type: 'Yield', line };
    }
    const node = this.#list(() => this.#item(), ')');
    if (this.#comprehension()) {
      this.#expect(')');
      return { type: 'GeneratorExp', line };
    }
    if (node.type === 'Starred') throw this.#fault('cannot use starred expression here');
    this.#expect(')');
    return node;
  }

  #brackets(line: number): Node {
    const items: Node[] = [];
    while (!this.#peek(']')) {
      items.push(this.#item());
      if (items.length === 1 && this.#comprehension()) {
        this.#expect(']');
        return { type: 'ListComp', line };
      }
      if (!this.#take(',')) break;
    }
    if (!this.#take(']')) throw this.#fault('invalid syntax. Perhaps you forgot a comma?');
    return { type: 'List', items, line };
  }

  #braces(line: number): Node {
    if (this.#take('}')) return { type: 'Dict', entries: [], line };
    const entries: [Node | undefined, Node][] = [];
    const items: Node[] = [];
    while (!this.#peek('}')) {
      const isSpread = this.#take('**');
      const key = isSpread ? this.#operation(BINDING['|'] ?? 0) : this.#item();
      if (isSpread) entries.push([undefined, key]);
      else if (items.length === 0 && this.#take(':')) {
        if (this.#peek('}') || this.#peek(',')) throw this.#fault("expression expected after dictionary key and ':'");
        entries.push([key, this.#expression()]);
      } else if (entries.length > 0) throw this.#fault("':' expected after dictionary key");
      else items.push(key);
      if (entries.length > 0 && items.length > 0) throw this.#fault();
      if (entries.length + items.length === 1 && this.#comprehension()) {
        this.#expect('}');
        return { type: entries.length > 0 ? 'DictComp' : 'SetComp', line };
      }
      if (!this.#take(',')) break;
    }
    if (!this.#take('}')) throw this.#fault('invalid syntax. Perhaps you forgot a comma?');
    return items.length > 0 ? { type: 'Set', items, line } : { type: 'Dict', entries, line };
  }
}

/** Texts, or bytes, one after the other. */
function joined(parts: readonly Value[]): Value {
  if (!(parts[0] instanceof Bytes)) return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
  return new Bytes(Uint8Array.from(parts.flatMap((part) => (part instanceof Bytes ? [...part.bytes] : []))));
}
