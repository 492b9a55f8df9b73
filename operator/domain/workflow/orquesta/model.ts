// operator/domain/workflow/orquesta/model.ts — a workflow of orquesta as it was written, and the graph that its tasks make.
import type { Value } from '../../expression/python/values.ts';

/**
 * What a definition says. Every text that may hold expressions is as it was written; inline parameters (`action: core.local
 * cmd="date"`, `publish: a=1`) and short forms (`with: <% … %>`, `do: a, b`) are written out. Where inspection complains of a value's
 * type, that value is here all the same.
 */
export interface Workflow {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  /** In order, since each sees those before it. */
  readonly input: readonly InputSpec[];
  readonly vars: readonly Assignment[];
  readonly output: readonly Assignment[];
  /** In the order in which they are written. */
  readonly tasks: ReadonlyMap<string, TaskSpec>;
}

/** A name that gets a value: the value may be or hold expressions. */
export interface Assignment {
  readonly name: string;
  readonly value: Value;
}

export interface InputSpec {
  readonly name: string;
  /** Null where the definition has none. */
  readonly default: Value;
}

export interface TaskSpec {
  readonly name: string;
  /** Undefined: the task succeeds at once. */
  readonly action: string | undefined;
  /** An object (of any kind that `isDict` knows), or a text with an expression that gives one. */
  readonly input: Value | undefined;
  /** In seconds, or an expression. */
  readonly delay: number | string | undefined;
  /** 0 is a barrier as well: one that nothing has to reach. */
  readonly join: 'all' | number | undefined;
  readonly with: ItemsSpec | undefined;
  readonly retry: RetrySpec | undefined;
  /** Where an edge says `ref`, that is an index of this list. */
  readonly next: readonly TransitionSpec[];
}

export interface ItemsSpec {
  /** As it was written: `x, y in <% … %>`. */
  readonly items: string;
  /** What gives the list, blanks around it removed. */
  readonly expression: string;
  /** Names of what an item is taken apart into; undefined: the item itself is `item()`. */
  readonly names: readonly string[] | undefined;
  /** How many items at once, or an expression; undefined: all. */
  readonly concurrency: number | string | undefined;
}

export interface RetrySpec {
  /** Undefined: when it failed. */
  readonly when: string | undefined;
  readonly count: number | string;
  /** In seconds, or an expression. */
  readonly delay: number | string | undefined;
}

export interface TransitionSpec {
  /** Undefined: always. */
  readonly when: string | undefined;
  readonly publish: readonly Assignment[];
  /** Names of tasks and engine commands; without any it is `continue`. */
  readonly do: readonly string[];
}

/** What `do` may name besides tasks; no task may be called so. */
export type EngineCommand = 'continue' | 'noop' | 'fail' | 'retry';
export const ENGINE_COMMANDS: ReadonlySet<string> = new Set<EngineCommand>(['continue', 'noop', 'fail', 'retry']);

/** A way from a task to a task or an engine command. Two between the same differ in their condition or their place in `next`. */
export interface Edge {
  readonly source: string;
  readonly target: string;
  /** Number among the edges between the two, from 0, as they were found. `<source>__t<key>` is the transition's id. */
  readonly key: number;
  /** None (always), or one. */
  readonly criteria: readonly string[];
  /** Which of the source's `next` it is from. */
  readonly ref: number;
}

export interface GraphNode {
  /** Of a task or an engine command (`retry` is never a node: it becomes the retry of the task that names it). */
  readonly id: string;
  /** What a join waits for: `*` all predecessors, or how many of them. */
  readonly barrier: '*' | number | undefined;
  /** The split tasks on the way here, outermost first, this one included; undefined: none. */
  readonly splits: readonly string[] | undefined;
  readonly retry: RetrySpec | undefined;
  /** Sorted by target, then key. */
  readonly out: readonly Edge[];
  /** Grouped by source, in the order in which the sources were found, then by key. */
  readonly in: readonly Edge[];
  /** Whether a way leads from it back to it. */
  readonly inCycle: boolean;
  /** Whether several edges lead here and no join gathers them: then it runs once for each. */
  readonly isSplit: boolean;
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Tasks that nothing leads to, sorted by name: the ones to start with. */
  readonly roots: readonly string[];
}
