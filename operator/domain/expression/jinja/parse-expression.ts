// operator/domain/expression/jinja/parse-expression.ts — words → expressions, with the precedences and oddities of Jinja.
import type { ExpressionFault } from '../fault.ts';
import { budgetFault } from '../fault.ts';
import { quoted } from '../python/repr.ts';
import type { BinaryOperator, CompareOperator, Expression, Located } from './ast.ts';
import { parseCall, parseFilters } from './parse-call.ts';
import { describeToken, type Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const PARENTHESES = 10;
const PREFIX = 2;
/** Operators, dots, calls and filters in one chain. */
const CHAIN_MAX = 1000;
const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

export const locate = ({ line, at }: Token | Expression): Located => ({ line, at });

/** An expression; `condition` is false where `if` belongs to the statement. */
export function parseExpression(stream: TokenStream, condition = true): Expression {
  return stream.nested(PARENTHESES, () => (condition ? parseCondition(stream) : parseOr(stream)));
}

/** `then if test else otherwise` */
function parseCondition(stream: TokenStream): Expression {
  let start = locate(stream.current);
  let expression = parseOr(stream);
  for (let links = 0; stream.skipName('if'); links++) {
    limitChain(stream, links);
    const test = parseOr(stream);
    const otherwise = stream.skipName('else') ? stream.nested(PREFIX, () => parseCondition(stream)) : undefined;
    expression = { ...start, kind: 'condition', test, chosen: expression, otherwise };
    start = locate(stream.current);
  }
  return expression;
}

/** @throws ExpressionFault when a chain is too long */
export function limitChain(stream: TokenStream, links: number): void {
  if (links >= CHAIN_MAX)
    throw budgetFault(`more than ${CHAIN_MAX} operators in a row`).at(stream.place(stream.current.at));
}

type Level = (stream: TokenStream) => Expression;

/** Operators of one precedence, from the left. */
function leftToRight(stream: TokenStream, next: Level, join: (left: Expression) => Expression | undefined): Expression {
  let left = next(stream);
  for (let links = 0; ; links++) {
    const joined = join(left);
    if (!joined) return left;
    limitChain(stream, links);
    left = joined;
  }
}

const parseOr: Level = (stream) =>
  leftToRight(stream, parseAnd, (left) =>
    stream.skipName('or') ? { ...locate(left), kind: 'or', left, right: parseAnd(stream) } : undefined,
  );

const parseAnd: Level = (stream) =>
  leftToRight(stream, parseNot, (left) =>
    stream.skipName('and') ? { ...locate(left), kind: 'and', left, right: parseNot(stream) } : undefined,
  );

const parseNot: Level = (stream) => {
  if (!stream.isName('not')) return parseCompare(stream);
  const start = locate(stream.advance());
  return stream.nested(PREFIX, () => ({ ...start, kind: 'unary', operator: 'not', operand: parseNot(stream) }));
};

const parseCompare: Level = (stream) => {
  const first = parseSum(stream);
  const rest: [CompareOperator, Expression][] = [];
  for (let sign = comparison(stream); sign !== undefined; sign = comparison(stream))
    rest.push([sign, parseSum(stream)]);
  return rest.length === 0 ? first : { ...locate(first), kind: 'compare', first, rest };
};

function comparison(stream: TokenStream): CompareOperator | undefined {
  if (stream.is('operator') && COMPARISONS.has(stream.current.text)) return stream.advance().text as CompareOperator;
  if (stream.skipName('in')) return 'in';
  const after = stream.isName('not') ? stream.look() : undefined;
  if (after?.type !== 'name' || after.text !== 'in') return undefined;
  stream.advance();
  stream.advance();
  return 'not in';
}

/** A level of arithmetic operators. The place of an operation is that of its operator. */
const arithmetic =
  (operators: ReadonlySet<string>, next: Level): Level =>
  (stream) =>
    leftToRight(stream, next, (left) => {
      if (!stream.is('operator') || !operators.has(stream.current.text)) return undefined;
      const sign = stream.advance();
      return { ...locate(sign), kind: 'binary', operator: sign.text as BinaryOperator, left, right: next(stream) };
    });

const parseConcat: Level = (stream) => {
  const first = parseProduct(stream);
  const parts = [first];
  while (stream.skipOperator('~')) parts.push(parseProduct(stream));
  return parts.length === 1 ? first : { ...locate(first), kind: 'concat', parts };
};

/** `**` binds weaker than a sign, and from the left. */
const parsePower = arithmetic(new Set(['**']), (stream) => parseUnary(stream, true));
const parseProduct = arithmetic(new Set(['*', '/', '//', '%']), parsePower);
const parseSum = arithmetic(new Set(['+', '-']), parseConcat);

function parseUnary(stream: TokenStream, withFilter: boolean): Expression {
  const sign = stream.current;
  let expression: Expression;
  if (sign.type === 'operator' && (sign.text === '-' || sign.text === '+')) {
    stream.advance();
    const operand = stream.nested(PREFIX, () => parseUnary(stream, false));
    expression = { ...locate(sign), kind: 'unary', operator: sign.text, operand };
  } else expression = parsePrimary(stream);
  expression = parsePostfix(stream, expression);
  return withFilter ? parseFilters(stream, expression) : expression;
}

/** A name, a literal, or an expression in brackets. */
export function parsePrimary(stream: TokenStream): Expression {
  const token = stream.current;
  const start = locate(token);
  if (token.type === 'name') {
    stream.advance();
    const constant = CONSTANTS.get(token.text);
    return constant === undefined
      ? { ...start, kind: 'name', name: token.text }
      : { ...start, kind: 'const', value: constant };
  }
  if (token.type === 'string') {
    const parts: string[] = [];
    while (stream.is('string')) parts.push(stream.advance().text);
    return { ...start, kind: 'const', value: parts.join('') };
  }
  if (token.type === 'integer' || token.type === 'float') {
    stream.advance();
    return { ...start, kind: 'const', value: token.value ?? null };
  }
  if (stream.skipOperator('(')) {
    const inner = parseTuple(stream, { parentheses: true });
    stream.expect('operator', ')');
    return inner;
  }
  if (stream.skipOperator('['))
    return { ...start, kind: 'list', items: parseItems(stream, ']', () => parseExpression(stream)) };
  if (stream.skipOperator('{'))
    return { ...start, kind: 'dict', pairs: parseItems(stream, '}', () => parsePair(stream)) };
  throw unexpected(stream);
}

const unexpected = (stream: TokenStream): ExpressionFault =>
  stream.fault(`unexpected ${quoted(describeToken(stream.current))}`);

function parsePair(stream: TokenStream): readonly [Expression, Expression] {
  const key = parseExpression(stream);
  stream.expect('operator', ':');
  return [key, parseExpression(stream)];
}

/** Items up to a closing bracket; a comma after the last is allowed. */
function parseItems<T>(stream: TokenStream, closing: string, parse: () => T): T[] {
  const items: T[] = [];
  while (!stream.isOperator(closing)) {
    if (items.length > 0) stream.expect('operator', ',');
    if (stream.isOperator(closing)) break;
    items.push(parse());
  }
  stream.expect('operator', closing);
  return items;
}

interface TupleOptions {
  /** False where `if` belongs to the statement. */
  readonly condition?: boolean;
  /** Whether it is in parentheses, and so may be empty. */
  readonly parentheses?: boolean;
  /** What it is made of; expressions unless told. */
  readonly parse?: () => Expression;
}

/** An expression, or several with commas between: a tuple. */
export function parseTuple(stream: TokenStream, options: TupleOptions = {}): Expression {
  const start = locate(stream.current);
  const parse = options.parse ?? (() => parseExpression(stream, options.condition ?? true));
  const items: Expression[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0) stream.expect('operator', ',');
    if (endsTuple(stream)) break;
    items.push(parse());
    if (!stream.isOperator(',')) break;
    isTuple = true;
  }
  const [only] = items;
  if (!isTuple && only) return only;
  if (!isTuple && !options.parentheses) {
    throw stream.fault(`Expected an expression, got ${quoted(describeToken(stream.current))}`);
  }
  return { ...start, kind: 'tuple', items };
}

const endsTuple = (stream: TokenStream): boolean =>
  stream.is('variable_end') || stream.is('block_end') || stream.isOperator(')');

export function parsePostfix(stream: TokenStream, start: Expression): Expression {
  let expression = start;
  for (let links = 0; stream.is('operator'); links++) {
    limitChain(stream, links);
    const { text } = stream.current;
    if (text === '.' || text === '[') expression = parseSubscript(stream, expression);
    else if (text === '(') expression = parseCall(stream, expression);
    else break;
  }
  return expression;
}

function parseSubscript(stream: TokenStream, owner: Expression): Expression {
  const token = stream.advance();
  const start = locate(token);
  if (token.text === '[') {
    const keys: Expression[] = [];
    while (!stream.isOperator(']')) {
      if (keys.length > 0) stream.expect('operator', ',');
      keys.push(parseKey(stream));
    }
    stream.expect('operator', ']');
    const [only] = keys;
    return {
      ...start,
      kind: 'item',
      owner,
      key: only && keys.length === 1 ? only : { ...start, kind: 'tuple', items: keys },
    };
  }
  const name = stream.current;
  stream.advance();
  if (name.type === 'name') return { ...locate(name), kind: 'attribute', owner, name: name.text };
  if (name.type !== 'integer') throw stream.fault('expected name or number', name.at);
  return { ...start, kind: 'item', owner, key: { ...locate(name), kind: 'const', value: name.value ?? null } };
}

/** What stands between square brackets: an expression or a slice. */
function parseKey(stream: TokenStream): Expression {
  const start = locate(stream.current);
  const colon = () => stream.isOperator(':');
  const bound = () => (stream.isOperator(']') || stream.isOperator(',') ? undefined : parseExpression(stream));
  const first = colon() ? undefined : parseExpression(stream);
  if (first && !colon()) return first;
  stream.advance();
  const stop = colon() ? undefined : bound();
  const step = stream.skipOperator(':') ? bound() : undefined;
  return { ...start, kind: 'slice', start: first, stop, step };
}
