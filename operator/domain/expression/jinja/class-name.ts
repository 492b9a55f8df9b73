// operator/domain/expression/jinja/class-name.ts — what Jinja calls an expression that cannot be assigned to.
import type { Expression } from './ast.ts';

const BINARY = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '//': 'floordiv', '%': 'mod', '**': 'pow' } as const;
const UNARY = { '+': 'pos', '-': 'neg', not: 'not' } as const;

/** The class of Jinja's node, in small letters. */
export function className(expression: Expression): string {
  switch (expression.kind) {
    case 'binary':
      return BINARY[expression.operator];
    case 'unary':
      return UNARY[expression.operator];
    case 'condition':
      return 'condexpr';
    case 'attribute':
      return 'getattr';
    case 'item':
      return 'getitem';
    default:
      return expression.kind;
  }
}
