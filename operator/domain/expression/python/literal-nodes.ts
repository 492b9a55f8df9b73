// operator/domain/expression/python/literal-nodes.ts — the nodes of a Python expression, its keywords, and how tightly its operators bind.
import type { Value } from './values.ts';

/** What literals are made of; nodes of other types carry nothing but their name. */
export type Node = { readonly line: number } & (
  | { readonly type: 'Constant'; readonly value: Value }
  | { readonly type: 'Tuple' | 'List' | 'Set'; readonly items: readonly Node[] }
  | { readonly type: 'Dict'; readonly entries: readonly (readonly [key: Node | undefined, value: Node])[] }
  | { readonly type: 'UnaryOp'; readonly sign: string; readonly operand: Node }
  | { readonly type: 'BinOp'; readonly sign: string; readonly left: Node; readonly right: Node }
  | { readonly type: 'Call'; readonly isEmptySet: boolean }
  | { readonly type: Other }
);

type Other =
  | 'Attribute'
  | 'Await'
  | 'BoolOp'
  | 'Compare'
  | 'Complex'
  | 'DictComp'
  | 'Ellipsis'
  | 'GeneratorExp'
  | 'IfExp'
  | 'JoinedStr'
  | 'Lambda'
  | 'ListComp'
  | 'Name'
  | 'NamedExpr'
  | 'SetComp'
  | 'Starred'
  | 'Subscript'
  | 'Yield';

export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);
export const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

/** How tightly operators bind, from `or` to `**`. */
export const BINDING: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  ...Object.fromEntries(['<', '>', '<=', '>=', '==', '!=', 'in', 'is', 'not'].map((sign) => [sign, 4])),
  '|': 5,
  '^': 6,
  '&': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  ...Object.fromEntries(['*', '/', '//', '%', '@'].map((sign) => [sign, 10])),
  '**': 12,
};
export const NOT = 3;
export const UNARY = 11;
