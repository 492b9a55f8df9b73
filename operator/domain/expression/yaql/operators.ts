// operator/domain/expression/yaql/operators.ts — YAQL's operators: how tightly each binds, and which function it calls.

/** The larger, the tighter. */
export interface Operator {
  /** The function that it calls. */
  readonly name: string;
  readonly power: number;
  /** Whether equal ones group from the right. */
  readonly fromRight?: boolean;
}

const level = (power: number, signs: readonly string[]): (readonly [string, Operator])[] =>
  signs.map((sign) => [sign, { name: `#operator_${sign}`, power }]);

/** Between two values. */
export const BINARY: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...level(11, ['.', '?.']),
  ...level(8, ['=~', '!~']),
  ...level(7, ['*', '/', 'mod']),
  ...level(6, ['+', '-']),
  ...level(5, ['>', '<', '>=', '<=', 'in']),
  ['!=', { name: '*not_equal', power: 5 }],
  ['=', { name: '*equal', power: 5 }],
  ...level(3, ['and']),
  ...level(2, ['or']),
  ['->', { name: '#operator_->', power: 1, fromRight: true }],
]);

/** Before a value. */
export const PREFIX: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['+', { name: '#unary_operator_+', power: 9 }],
  ['-', { name: '#unary_operator_-', power: 9 }],
  ['not', { name: '#unary_operator_not', power: 4 }],
]);

/** How tightly `value[…]` binds: less than a dot, more than a sign. */
export const INDEX_POWER = 10;

/** Operators that are spelled as words. */
export const WORD_OPERATORS: ReadonlySet<string> = new Set(['mod', 'in', 'and', 'or', 'not']);
