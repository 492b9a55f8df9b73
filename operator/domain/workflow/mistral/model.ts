// operator/domain/workflow/mistral/model.ts — a Mistral v2 definition as the engine reads it: workflows, tasks, clauses, ad-hoc actions.
import type { Plain, Value } from '../../expression/python/values.ts';

/** A workflow file or a workbook. */
export interface MistralDefinition {
  /** Of the workbook, or of its only workflow. */
  readonly name: string;
  readonly isWorkbook: boolean;
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly actions: ReadonlyMap<string, AdHocAction>;
}

/** Declared inputs; undefined where one has no default. */
export type Inputs = ReadonlyMap<string, Value | undefined>;

export interface Workflow {
  readonly name: string;
  readonly type: 'direct' | 'reverse';
  readonly input: Inputs;
  readonly vars: Plain;
  readonly output: Plain;
  readonly outputOnError: Plain;
  readonly tasks: ReadonlyMap<string, Task>;
  /** As it was written, for `execution().spec`. */
  readonly spec: Plain;
  /** Direct: tasks without a way in. */
  readonly startTasks: readonly Task[];
}

/** `on-success`, `on-error`, `on-complete`; `on-skip` is read and never used: nothing skips tasks. */
export type EventName = 'on-success' | 'on-error' | 'on-complete' | 'on-skip';

/** One line of a clause: a task or an engine command, its condition, its parameters. */
export interface Transition {
  readonly to: string;
  readonly condition: string | undefined;
  readonly parameters: Plain;
  readonly event: EventName;
}

/** What a task publishes when it has ended in some way. */
export interface Publish {
  readonly branch: Plain;
  readonly global: Plain;
}

export interface Retry {
  readonly count: Value;
  readonly delay: Value;
  readonly breakOn: string | undefined;
  readonly continueOn: string | undefined;
}

/** Each undefined where neither the task nor task-defaults have it; texts are expressions. */
export interface Policies {
  readonly pauseBefore: Value | undefined;
  readonly waitBefore: Value | undefined;
  readonly waitAfter: Value | undefined;
  readonly failOn: Value | undefined;
  readonly retry: Retry | undefined;
  readonly timeout: Value | undefined;
  readonly concurrency: Value | undefined;
}

export interface Task {
  readonly name: string;
  /** How its name is written in keys. */
  readonly key: string;
  /** Its place in the workflow, from 0. */
  readonly at: number;
  /** May be an expression; `std.noop` where there is neither action nor workflow. */
  readonly action: string;
  readonly workflow: string | undefined;
  /** An object, or a text that becomes one. */
  readonly input: Value;
  /** Variables and what they are taken from: a list, or a text that becomes one. Undefined without with-items. */
  readonly withItems: Plain | undefined;
  readonly policies: Policies;
  readonly keepResult: Value;
  readonly publish: { readonly SUCCESS: Publish; readonly ERROR: Publish };
  readonly join: 'all' | number | undefined;
  /** Transitions by how the task ended, in the order in which they are looked at; task-defaults filled in. */
  readonly next: { readonly SUCCESS: readonly Transition[]; readonly ERROR: readonly Transition[] };
  /** Whether there is any on-error clause: an error is not told as a cause then. */
  readonly handlesErrors: boolean;
  /** Names of tasks of this workflow that lead here, and those to which this leads; each once. */
  readonly inbound: readonly string[];
  readonly outbound: readonly string[];
  /** Reverse: what has to be done before. */
  readonly requires: readonly string[];
  /** As it was written, for `task().spec`. */
  readonly spec: Plain;
}

/** An action made of another, with its own inputs and its own way to tell the result. */
export interface AdHocAction {
  readonly name: string;
  readonly base: string;
  readonly baseInput: Plain;
  readonly input: Inputs;
  /** Undefined: the result of the base action as it is. */
  readonly output: Value | undefined;
}

export const ENGINE_COMMANDS: ReadonlySet<string> = new Set(['noop', 'fail', 'succeed', 'pause']);
