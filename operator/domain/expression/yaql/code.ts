// operator/domain/expression/yaql/code.ts — a compiled piece of an expression: what it was, and how it runs.
import type { Value } from '../python/values.ts';
import type { Context } from './context.ts';
import type { Expression } from './syntax.ts';

/** Runs a piece; `receiver` is what stands left of the dot, undefined where there is no dot. */
export type Run = (context: Context, receiver: Value | undefined) => Value;

export class Code {
  readonly node: Expression;
  readonly run: Run;
  /** The value of a constant or a bare word; undefined for all else. */
  readonly constant: Value | undefined;
  /** A bare word; empty for all else. */
  readonly word: string;
  /** Both sides of `source => destination`; empty for all else. */
  readonly parts: readonly Code[];
  constructor(node: Expression, run: Run, parts: readonly Code[] = []) {
    [this.node, this.run, this.parts] = [node, run, parts];
    this.word = node.kind === 'keyword' ? node.value : '';
    this.constant = node.kind === 'constant' || node.kind === 'keyword' ? node.value : undefined;
  }
}

/** What a function is called with: a value, or code that it may run itself, as often as it likes. */
export type Argument = Value | Code;
