// operator/domain/expression/yaql/syntax.ts — the tree of a YAQL expression.
import type { Value } from '../python/values.ts';

/** An argument; undefined where one was left out between two commas. */
export type Argument = Expression | undefined;

/** `at` is the offset in the source of the word that names the node: a function, an operator, a variable. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: Value; readonly at: number }
  /** A bare word: a string, or the name of a property or of an argument. */
  | { readonly kind: 'keyword'; readonly value: string; readonly at: number }
  /** `$name`, with the dollar sign. */
  | { readonly kind: 'variable'; readonly name: string; readonly at: number }
  /** `name(…)`: a function, or a method when it stands to the right of a dot. */
  | { readonly kind: 'function'; readonly name: string; readonly args: readonly Argument[]; readonly at: number }
  /** Operators, indexers, lists and maps are calls too, of functions with names as `#operator_+`. */
  | { readonly kind: 'operator'; readonly name: string; readonly args: readonly Argument[]; readonly at: number }
  /** An expression in parentheses: what it hides is no longer a function or a constant to the dot. */
  | { readonly kind: 'wrap'; readonly inner: Expression; readonly at: number }
  /** `source => destination`. */
  | { readonly kind: 'mapping'; readonly source: Expression; readonly destination: Expression; readonly at: number };
