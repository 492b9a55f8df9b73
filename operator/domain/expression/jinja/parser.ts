// operator/domain/expression/jinja/parser.ts — words → the tree of a template.
import type { ExpressionFault } from '../fault.ts';
import { quoted } from '../python/repr.ts';
import type {
  Block,
  Body,
  Call,
  CallBlock,
  Expression,
  FilterBlock,
  FilterCall,
  For,
  If,
  Located,
  Macro,
  Parameter,
  Statement,
  Target,
  Template,
  With,
} from './ast.ts';
import { normalizeSource, tokenize, type Whitespace } from './lexer.ts';
import { parseFilter } from './parse-call.ts';
import { locate, parseExpression, parseTuple } from './parse-expression.ts';
import { parseExtends, parseFrom, parseImport, parseInclude } from './parse-load.ts';
import { parseName, parseTarget } from './parse-target.ts';
import { TokenStream } from './token-stream.ts';

const STATEMENT = 10;

/** The tree of a template. @throws ExpressionFault TemplateSyntaxError */
export function parseTemplate(source: string, whitespace: Whitespace): Template {
  const normal = normalizeSource(source);
  const stream = new TokenStream(normal, tokenize(normal, whitespace));
  return { source: normal, body: new Parser(stream).body() };
}

/** One expression without delimiters; what follows it is looked at only if `whole`. @throws ExpressionFault TemplateSyntaxError */
export function parseLoneExpression(source: string, whole: boolean): { source: string; expression: Expression } {
  const normal = normalizeSource(source);
  const stream = new TokenStream(normal, tokenize(normal, { trimBlocks: true, lstripBlocks: true }, true));
  const expression = parseExpression(stream);
  if (whole && !stream.is('eof')) throw stream.fault('chunk after expression');
  return { source: normal, expression };
}

const orNames = (names: readonly string[]) => names.map((name) => quoted(name)).join(' or ');

class Parser {
  readonly #stream: TokenStream;
  /** The tags that are open, the innermost last. */
  readonly #tags: string[] = [];
  /** What would end each of the open bodies. */
  readonly #ends: (readonly string[])[] = [];
  readonly #statements: ReadonlyMap<string, () => Statement>;

  constructor(stream: TokenStream) {
    this.#stream = stream;
    this.#statements = new Map<string, () => Statement>([
      ['for', () => this.#for()],
      ['if', () => this.#if()],
      ['block', () => this.#block()],
      ['extends', () => parseExtends(stream)],
      ['print', () => this.#print()],
      ['macro', () => this.#macro()],
      ['include', () => parseInclude(stream)],
      ['from', () => parseFrom(stream)],
      ['import', () => parseImport(stream)],
      ['set', () => this.#set()],
      ['with', () => this.#with()],
      ['autoescape', () => this.#autoescape()],
      ['call', () => this.#call()],
      ['filter', () => this.#filter()],
    ]);
  }

  /** Data, prints and statements up to one of the tags that end it, or up to the end of the template. */
  body(ends?: readonly string[]): Body {
    const stream = this.#stream;
    const body: Statement[] = [];
    let parts: (string | Expression)[] = [];
    let start: Located = locate(stream.current);
    const flush = () => {
      if (parts.length > 0) body.push({ ...start, kind: 'output', parts });
      parts = [];
    };
    if (ends) this.#ends.push(ends);
    while (!stream.is('eof')) {
      if (parts.length === 0) start = locate(stream.current);
      if (stream.is('data')) parts.push(stream.advance().text);
      else if (stream.is('variable_begin')) {
        stream.advance();
        parts.push(parseTuple(stream));
        stream.expect('variable_end');
      } else {
        flush();
        stream.expect('block_begin');
        if (ends && stream.is('name') && ends.includes(stream.current.text)) break;
        body.push(stream.nested(STATEMENT, () => this.#statement()));
        stream.expect('block_end');
      }
    }
    flush();
    if (ends) this.#ends.pop();
    return body;
  }

  #statement(): Statement {
    const token = this.#stream.current;
    if (token.type !== 'name') throw this.#stream.fault('tag name expected', token.at);
    const parse = this.#statements.get(token.text);
    if (!parse) throw this.#strayTag(token.text, this.#ends);
    this.#tags.push(token.text);
    const statement = parse();
    this.#tags.pop();
    return statement;
  }

  /** What Jinja says of a tag that has no business here, or of the end of the template. */
  #strayTag(name: string | undefined, ends: readonly (readonly string[])[]): ExpressionFault {
    const wanted = ends.at(-1);
    const message = [name === undefined ? 'Unexpected end of template.' : `Encountered unknown tag ${quoted(name)}.`];
    if (wanted && name !== undefined && ends.some((names) => names.includes(name))) {
      message.push(
        `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${orNames(wanted)}.`,
      );
    } else if (wanted) message.push(`Jinja was looking for the following tags: ${orNames(wanted)}.`);
    const innermost = this.#tags.at(-1);
    if (innermost !== undefined) message.push(`The innermost block that needs to be closed is ${quoted(innermost)}.`);
    return this.#stream.fault(message.join(' '));
  }

  /** The body of a statement; the tag that ended it is current afterwards. */
  #inner(...ends: readonly string[]): Body {
    this.#stream.skipOperator(':');
    this.#stream.expect('block_end');
    const body = this.body(ends);
    if (this.#stream.is('eof')) throw this.#strayTag(undefined, [...this.#ends, ends]);
    return body;
  }

  /** The body of a statement that only one tag ends. */
  #innerTo(end: string): Body {
    const body = this.#inner(end);
    this.#stream.advance();
    return body;
  }

  #set(): Statement {
    const stream = this.#stream;
    const start = locate(stream.advance());
    const target = parseTarget(stream, true);
    if (stream.skipOperator('=')) return { ...start, kind: 'set', target, value: parseTuple(stream) };
    let filter: FilterCall | undefined;
    while (stream.skipOperator('|')) filter = parseFilter(stream, filter);
    return { ...start, kind: 'set-block', target, filter, body: this.#innerTo('endset') };
  }

  #for(): For {
    const stream = this.#stream;
    const start = locate(stream.advance());
    const target = parseTarget(stream);
    stream.expect('name', 'in');
    const iterable = parseTuple(stream, { condition: false });
    const filter = stream.skipName('if') ? parseExpression(stream) : undefined;
    const recursive = stream.skipName('recursive');
    const body = this.#inner('endfor', 'else');
    const otherwise = stream.advance().text === 'endfor' ? [] : this.#innerTo('endfor');
    return { ...start, kind: 'for', target, iterable, filter, recursive, body, otherwise };
  }

  #if(): If {
    const stream = this.#stream;
    const branch = (): Omit<If, 'elif' | 'otherwise'> => {
      const start = locate(stream.advance());
      const test = parseTuple(stream, { condition: false });
      return { ...start, kind: 'if', test, body: this.#inner('elif', 'else', 'endif') };
    };
    const first = branch();
    const elif: If[] = [];
    while (stream.isName('elif')) elif.push({ ...branch(), elif: [], otherwise: [] });
    const otherwise = stream.advance().text === 'else' ? this.#innerTo('endif') : [];
    return { ...first, elif, otherwise };
  }

  #with(): With {
    const stream = this.#stream;
    const start = locate(stream.advance());
    const pairs: [Target, Expression][] = [];
    while (!stream.is('block_end')) {
      if (pairs.length > 0) stream.expect('operator', ',');
      const target = parseTarget(stream);
      stream.expect('operator', '=');
      pairs.push([target, parseExpression(stream)]);
    }
    return { ...start, kind: 'with', pairs, body: this.#innerTo('endwith') };
  }

  #autoescape(): Statement {
    const start = locate(this.#stream.advance());
    const mode = parseExpression(this.#stream);
    return { ...start, kind: 'autoescape', mode, body: this.#innerTo('endautoescape') };
  }

  #block(): Block {
    const stream = this.#stream;
    const start = locate(stream.advance());
    const name = stream.expect('name').text;
    const scoped = stream.skipName('scoped');
    const required = stream.skipName('required');
    if (stream.isOperator('-')) {
      throw stream.fault(
        'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.',
      );
    }
    const body = this.#innerTo('endblock');
    if (required && !body.every(isBlank)) {
      throw stream.fault('Required blocks can only contain comments or whitespace');
    }
    stream.skipName(name);
    return { ...start, kind: 'block', name, scoped, required, body };
  }

  #parameters(): readonly Parameter[] {
    const stream = this.#stream;
    const parameters: Parameter[] = [];
    stream.expect('operator', '(');
    while (!stream.isOperator(')')) {
      if (parameters.length > 0) stream.expect('operator', ',');
      const name = parseName(this.#stream);
      const fallback = stream.skipOperator('=') ? parseExpression(stream) : undefined;
      if (!fallback && parameters.at(-1)?.[1]) throw stream.fault('non-default argument follows default argument');
      parameters.push([name, fallback]);
    }
    stream.expect('operator', ')');
    return parameters;
  }

  #macro(): Macro {
    const start = locate(this.#stream.advance());
    const { name } = parseName(this.#stream);
    const parameters = this.#parameters();
    return { ...start, kind: 'macro', name, parameters, body: this.#innerTo('endmacro') };
  }

  #call(): CallBlock {
    const stream = this.#stream;
    const start = locate(stream.advance());
    const parameters = stream.isOperator('(') ? this.#parameters() : [];
    const call = parseExpression(stream);
    if (call.kind !== 'call') throw stream.fault('expected call', start.at);
    return { ...start, kind: 'call-block', call: call as Call, parameters, body: this.#innerTo('endcall') };
  }

  #filter(): FilterBlock {
    const stream = this.#stream;
    const start = locate(stream.advance());
    let filter = parseFilter(stream, undefined);
    while (stream.skipOperator('|')) filter = parseFilter(stream, filter);
    return { ...start, kind: 'filter-block', filter, body: this.#innerTo('endfilter') };
  }

  #print(): Statement {
    const stream = this.#stream;
    const start = locate(stream.advance());
    const parts: Expression[] = [];
    while (!stream.is('block_end')) {
      if (parts.length > 0) stream.expect('operator', ',');
      parts.push(parseExpression(stream));
    }
    return { ...start, kind: 'output', parts };
  }
}

/** Whether a statement prints nothing but white space. */
const isBlank = (statement: Statement): boolean =>
  statement.kind === 'output' && statement.parts.every((part) => typeof part === 'string' && /^\s*$/.test(part));
