// operator/domain/expression/jinja/ast.ts — the tree of a template.
import type { Value } from '../python/values.ts';

/** Where a node starts: its line, and its offset in the source. */
export interface Located {
  readonly line: number;
  readonly at: number;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [name: string, value: Expression])[];
  /** `*list` */
  readonly rest?: Expression | undefined;
  /** `**dict` */
  readonly namedRest?: Expression | undefined;
}

export type Name = Located & { readonly kind: 'name'; readonly name: string };
type Slice = Located & {
  readonly kind: 'slice';
  readonly start: Expression | undefined;
  readonly stop: Expression | undefined;
  readonly step: Expression | undefined;
};
export type Call = Located & { readonly kind: 'call'; readonly callee: Expression; readonly args: Arguments };
/** `value` is undefined in a filter block: the text of the block. */
export type FilterCall = Located & {
  readonly kind: 'filter';
  readonly value: Expression | undefined;
  readonly name: string;
  readonly args: Arguments;
};
export type TestCall = Located & {
  readonly kind: 'test';
  readonly value: Expression;
  readonly name: string;
  readonly args: Arguments;
};

export type Expression =
  | Name
  | Slice
  | Call
  | FilterCall
  | TestCall
  | (Located & { readonly kind: 'const'; readonly value: Value })
  | (Located & { readonly kind: 'tuple' | 'list'; readonly items: readonly Expression[] })
  | (Located & { readonly kind: 'dict'; readonly pairs: readonly (readonly [Expression, Expression])[] })
  | (Located & {
      readonly kind: 'condition';
      readonly test: Expression;
      readonly chosen: Expression;
      readonly otherwise: Expression | undefined;
    })
  | (Located & { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression })
  | (Located & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Located & { readonly kind: 'unary'; readonly operator: '+' | '-' | 'not'; readonly operand: Expression })
  | (Located & { readonly kind: 'concat'; readonly parts: readonly Expression[] })
  | (Located & {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly (readonly [CompareOperator, Expression])[];
    })
  | (Located & { readonly kind: 'attribute'; readonly owner: Expression; readonly name: string })
  | (Located & { readonly kind: 'item'; readonly owner: Expression; readonly key: Expression });

/** What can be assigned to: a name, an attribute of a namespace, or several of them. */
export type Target =
  | Name
  | (Located & { readonly kind: 'attribute-of'; readonly name: string; readonly attribute: string })
  | (Located & { readonly kind: 'targets'; readonly items: readonly Target[] });

export type Body = readonly Statement[];

export type For = Located & {
  readonly kind: 'for';
  readonly target: Target;
  readonly iterable: Expression;
  readonly filter: Expression | undefined;
  readonly recursive: boolean;
  readonly body: Body;
  readonly otherwise: Body;
};
export type If = Located & {
  readonly kind: 'if';
  readonly test: Expression;
  readonly body: Body;
  readonly elif: readonly If[];
  readonly otherwise: Body;
};
export type Parameter = readonly [name: Name, fallback: Expression | undefined];
export type Macro = Located & {
  readonly kind: 'macro';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
};
export type CallBlock = Located & {
  readonly kind: 'call-block';
  readonly call: Call;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
};
export type Block = Located & {
  readonly kind: 'block';
  readonly name: string;
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: Body;
};
export type With = Located & {
  readonly kind: 'with';
  readonly pairs: readonly (readonly [Target, Expression])[];
  readonly body: Body;
};
export type FilterBlock = Located & { readonly kind: 'filter-block'; readonly filter: FilterCall; readonly body: Body };
export type SetBlock = Located & {
  readonly kind: 'set-block';
  readonly target: Target;
  readonly filter: FilterCall | undefined;
  readonly body: Body;
};
export type Autoescape = Located & { readonly kind: 'autoescape'; readonly mode: Expression; readonly body: Body };
/** What needs another template: there is none. `names` are those that it would bind. */
export type Load = Located & {
  readonly kind: 'extends' | 'include' | 'import';
  readonly template: Expression;
  readonly names: readonly string[];
  /** `ignore missing` */
  readonly ignoreMissing: boolean;
};

export type Statement =
  | For
  | If
  | Macro
  | CallBlock
  | Block
  | With
  | FilterBlock
  | SetBlock
  | Autoescape
  | Load
  | (Located & { readonly kind: 'output'; readonly parts: readonly (string | Expression)[] })
  | (Located & { readonly kind: 'set'; readonly target: Target; readonly value: Expression });

export interface Template {
  /** The normalized source, for places. */
  readonly source: string;
  readonly body: Body;
}
