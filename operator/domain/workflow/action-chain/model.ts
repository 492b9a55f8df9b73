// operator/domain/workflow/action-chain/model.ts — an action chain as it was written: its tasks, and the names that lead from one to another.
import type { Value } from '../../expression/python/values.ts';
import type { FieldPath } from '../../pack/yaml-text.ts';

/** A task of a chain. Only the first is checked against the schema, so the others' fields may have any type. */
export interface ChainTask {
  /** From 0, in the order in which they are written. */
  readonly index: number;
  readonly name: Value;
  readonly ref: Value;
  /** The field that has the parameters, as messages name it. */
  readonly parametersField: 'parameters' | 'params';
  readonly parameters: Value;
  readonly publish: Value;
  readonly notify: Value;
  readonly onSuccess: Value;
  readonly onFailure: Value;
}

/** What leads on from a task. */
export type Way = 'on-success' | 'on-failure';

/** A chain in which nothing was found that StackStorm would not run. */
export interface Chain {
  readonly tasks: readonly ChainTask[];
  /** Name of the first task; one that is a template is looked up as it is written, and leads nowhere. */
  readonly start: Value;
  /** The task that a name leads to: the first of that name. */
  readonly taskNamed: (name: Value) => ChainTask | undefined;
  readonly vars: Value;
}

/** What a chain is read from. */
export interface ChainSource {
  /** YAML, or what it says. */
  readonly definition: string | { readonly value: Value };
  /** Of the definition, for messages. */
  readonly file: string;
  /** Of the action, without its pack. */
  readonly name: string;
}

/** Why StackStorm does not even start a chain. */
export interface Refusal {
  readonly type: 'syntax' | 'semantic';
  readonly message: string;
  readonly path: FieldPath;
}
