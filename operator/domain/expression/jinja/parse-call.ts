// operator/domain/expression/jinja/parse-call.ts — calls, filters and tests, with their arguments.
import type { Arguments, Expression, FilterCall, TestCall } from './ast.ts';
import { limitChain, locate, parseExpression, parsePostfix, parsePrimary } from './parse-expression.ts';
import type { TokenStream } from './token-stream.ts';

const NO_ARGUMENTS: Arguments = { positional: [], named: [] };

export function parseCall(stream: TokenStream, callee: Expression): Expression {
  const start = locate(stream.current);
  return { ...start, kind: 'call', callee, args: parseArguments(stream) };
}

function parseArguments(stream: TokenStream): Arguments {
  const open = stream.expect('operator', '(');
  const positional: Expression[] = [];
  const named: [string, Expression][] = [];
  let rest: Expression | undefined;
  let namedRest: Expression | undefined;
  const ensure = (fits: boolean) => {
    if (!fits) throw stream.fault('invalid syntax for function call expression', open.at);
  };
  for (let first = true; !stream.isOperator(')'); first = false) {
    if (!first) stream.expect('operator', ',');
    if (stream.isOperator(')')) break;
    if (stream.isOperator('*')) {
      ensure(!rest && !namedRest);
      stream.advance();
      rest = parseExpression(stream);
    } else if (stream.isOperator('**')) {
      ensure(!namedRest);
      stream.advance();
      namedRest = parseExpression(stream);
    } else if (stream.is('name') && stream.look().type === 'operator' && stream.look().text === '=') {
      ensure(!namedRest);
      const name = stream.advance().text;
      stream.advance();
      named.push([name, parseExpression(stream)]);
    } else {
      ensure(!rest && !namedRest && named.length === 0);
      positional.push(parseExpression(stream));
    }
  }
  stream.expect('operator', ')');
  return { positional, named, rest, namedRest };
}

/** Filters, tests and calls after an expression. */
export function parseFilters(stream: TokenStream, start: Expression): Expression {
  let expression = start;
  for (let links = 0; ; links++) {
    limitChain(stream, links);
    if (stream.isOperator('|')) {
      stream.advance();
      expression = parseFilter(stream, expression);
    } else if (stream.isName('is')) expression = parseTest(stream, expression);
    else if (stream.isOperator('(')) expression = parseCall(stream, expression);
    else return expression;
  }
}

/** One filter, after its bar. */
export function parseFilter(stream: TokenStream, value: Expression | undefined): FilterCall {
  const token = stream.expect('name');
  const name = dottedName(stream, token.text);
  const args = stream.isOperator('(') ? parseArguments(stream) : NO_ARGUMENTS;
  return { ...locate(token), kind: 'filter', value, name, args };
}

function dottedName(stream: TokenStream, first: string): string {
  let name = first;
  while (stream.skipOperator('.')) name += `.${stream.expect('name').text}`;
  return name;
}

function parseTest(stream: TokenStream, value: Expression): Expression {
  const is = locate(stream.advance());
  const negated = stream.skipName('not');
  const token = stream.expect('name');
  const name = dottedName(stream, token.text);
  const test: TestCall = { ...locate(token), kind: 'test', value, name, args: testArguments(stream) };
  return negated ? { ...is, kind: 'unary', operator: 'not', operand: test } : test;
}

/** The arguments of a test: in parentheses, or one operand without. */
function testArguments(stream: TokenStream): Arguments {
  const { type, text } = stream.current;
  if (type === 'operator' && text === '(') return parseArguments(stream);
  const operand =
    type === 'name'
      ? text !== 'else' && text !== 'or' && text !== 'and'
      : type === 'string' || type === 'integer' || type === 'float' || stream.isOperator('[') || stream.isOperator('{');
  if (!operand) return NO_ARGUMENTS;
  if (type === 'name' && text === 'is') throw stream.fault('You cannot chain multiple tests with is');
  return { positional: [parsePostfix(stream, parsePrimary(stream))], named: [] };
}
