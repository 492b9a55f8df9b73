// e2e/conformance/properties/print-yaql.ts — the tree of a YAQL expression → its source: parentheses are part of the tree.
import { Float, floatRepr, type Value } from '../../../operator/domain/expression/python/values.ts';
import { BINARY, PREFIX } from '../../../operator/domain/expression/yaql/operators.ts';
import type { Argument, Expression } from '../../../operator/domain/expression/yaql/syntax.ts';

const SIGNS = new Map([...BINARY, ...PREFIX].map(([sign, { name }]) => [name, sign]));

export function printYaql(expression: Expression): string {
  switch (expression.kind) {
    case 'constant':
      return printConstant(expression.value);
    case 'keyword':
      return expression.value;
    case 'variable':
      return expression.name;
    case 'function':
      return `${expression.name}(${printArguments(expression.args)})`;
    case 'wrap':
      return `(${printYaql(expression.inner)})`;
    case 'mapping':
      return `${printYaql(expression.source)} => ${printYaql(expression.destination)}`;
    case 'operator':
      return printOperator(expression.name, expression.args);
  }
}

function printOperator(name: string, args: readonly Argument[]): string {
  const [first, ...others] = args;
  if (name === '#list') return `[${printArguments(args)}]`;
  if (name === '#map') return `{${printArguments(args)}}`;
  if (name === '#indexer') return `${printArguments([first])}[${printArguments(others)}]`;
  const sign = SIGNS.get(name) ?? name;
  return args.length === 1
    ? `${sign} ${printArguments(args)}`
    : `${printArguments([first])} ${sign} ${printArguments(others)}`;
}

const printArguments = (args: readonly Argument[]) =>
  args.map((argument) => (argument ? printYaql(argument) : '')).join(', ');

function printConstant(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (value instanceof Float) return `${BigInt(value.value)}.0`;
  if (typeof value !== 'number') return typeof value === 'object' ? 'null' : value.toString();
  if (Number.isInteger(value)) return String(value);
  if (!Number.isFinite(value)) return `${'9'.repeat(400)}.0`;
  return plainDigits(floatRepr(value));
}

/** YAQL knows no exponents. */
function plainDigits(text: string): string {
  const [digits = '', exponent] = text.split('e');
  if (exponent === undefined) return text;
  return `0.${'0'.repeat(-Number(exponent) - 1)}${digits.replace('.', '')}`;
}
