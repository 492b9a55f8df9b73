// operator/domain/workflow/orquesta/executions.ts — the executions of tasks as StackStorm records them: what `task(x)` shows, and keys of children.
import type { Plain, Value } from '../../expression/python/values.ts';
import { dictGet, isDict } from '../../expression/python/dict.ts';
import type { Beginning, ChildStatus, TaskView } from '../engine.ts';
import { taskKey } from './keys.ts';
import type { Items } from './items.ts';
import type { Workflow } from './model.ts';
import type { NextTask } from './next-tasks.ts';
import { COMPLETED, type Status } from './statuses.ts';
import type { TaskState } from './task-states.ts';

/** One attempt at a task on a route. */
export interface Execution {
  readonly task: string;
  readonly route: number;
  /** `<task>/<route>/<visit>`; a child of an item has `/<item>` more. */
  readonly key: string;
  /** Undefined: it has none. */
  readonly list: Items | undefined;
  /** The conductor's own of it, once it has started. */
  state: TaskState | undefined;
  /** The results of all items, null where there is none yet; gone once all went well. */
  results: Value[];
  readonly items: (Plain | null)[];
  readonly startedAtMs: number;
  itemsLeft: number;
  hasLostItems: boolean;
  endedAtMs: number | undefined;
  status: Status;
  result: Value;
}

interface Visits {
  readonly task: string;
  readonly children: string[];
  count: number;
  current: Execution;
}

/** What a child has come to. */
export interface Outcome {
  readonly status: Status;
  readonly result: Value;
  readonly atMs: number;
}

/** A child's status in StackStorm's words. */
export const statusOf = (status: ChildStatus): Status => (status === 'timedOut' ? 'timeout' : status);

export class Executions {
  readonly #visits = new Map<string, Visits>();
  readonly #workflowExecution: string;
  /** Results are kept for `task(x)` alone. */
  readonly #keepsResults: boolean;

  constructor(workflow: Workflow, workflowExecution: string) {
    this.#workflowExecution = workflowExecution;
    this.#keepsResults = /\btask\s*\(/.test(JSON.stringify([[...workflow.tasks], workflow.output], writable));
  }

  current(task: string, route: number): Execution | undefined {
    return this.#visits.get(taskKey(task, route))?.current;
  }

  /** A new execution, or the one whose items go on; items that need not run again keep what they came to. */
  open({ id: task, route, items: list }: NextTask, atMs: number): Execution {
    const visits = this.#visits.get(taskKey(task, route));
    const before = visits?.current;
    if (list && before?.list === list && before.endedAtMs === undefined) return before;
    const places = Array.from({ length: list?.length ?? 0 }, (_, item) => (list?.hasEnded(item) ? item : -1));
    const execution: Execution = {
      task,
      route,
      key: `${task}/${route}/${visits?.count ?? 0}`,
      list,
      state: undefined,
      results: places.map((item) => before?.results[item] ?? null),
      items: this.#keepsResults ? places.map((item) => before?.items[item] ?? null) : [],
      startedAtMs: atMs,
      itemsLeft: places.filter((item) => item < 0).length,
      hasLostItems: false,
      endedAtMs: undefined,
      status: 'running',
      result: null,
    };
    if (visits) {
      visits.count++;
      visits.current = execution;
    } else this.#visits.set(taskKey(task, route), { task, children: [], count: 1, current: execution });
    return execution;
  }

  asked(execution: Execution, key: string): void {
    this.#visits.get(taskKey(execution.task, execution.route))?.children.push(key);
  }

  /** Writes down what a child has come to, before the conductor is told of it. */
  record(execution: Execution, item: number | undefined, { status, result, atMs }: Outcome): void {
    const isOver = COMPLETED.has(status);
    if (item === undefined) {
      execution.status = status;
      if (isOver && this.#keepsResults) execution.result = result;
      if (isOver) execution.endedAtMs = atMs;
      return;
    }
    if (!isOver) return;
    execution.results[item] = result;
    if (this.#keepsResults) execution.items[item] = { status, result };
    execution.itemsLeft--;
    if (status !== 'succeeded') execution.hasLostItems = true;
    if (execution.itemsLeft === 0) execution.status = execution.hasLostItems ? 'failed' : 'succeeded';
  }

  /** The conductor holds it to be over, also where items of it never ran. */
  close(execution: Execution, status: Status, atMs: number): void {
    execution.endedAtMs ??= atMs;
    if (!COMPLETED.has(execution.status)) execution.status = status === 'retrying' ? 'failed' : status;
    if (status === 'succeeded') execution.results = [];
  }

  /** It is to run again: what is left of its last execution counts no more. */
  end(task: string, route: number, atMs: number): void {
    const execution = this.current(task, route);
    if (execution) this.close(execution, 'failed', atMs);
  }

  /** What `task(x)` gives. */
  shown(task: string, route: number): Value | undefined {
    const execution = this.current(task, route);
    if (!execution) return undefined;
    return {
      task_execution_id: execution.key,
      workflow_execution_id: this.#workflowExecution,
      task_name: task,
      task_id: task,
      route,
      result: execution.list ? { items: execution.items } : execution.result,
      status: execution.status,
      start_timestamp: timestamp(execution.startedAtMs),
      end_timestamp: execution.endedAtMs === undefined ? 'None' : timestamp(execution.endedAtMs),
    };
  }

  views(): readonly TaskView[] {
    return Array.from(this.#visits.values(), ({ task, children, current }) => ({
      task,
      children,
      status: current.status,
    }));
  }
}

const writable = (_: string, value: unknown) => (typeof value === 'bigint' ? 0 : value);

/** As Python writes a time of UTC: `2024-01-01 00:00:00.123000+00:00`. */
function timestamp(ms: number): string {
  const text = new Date(ms).toISOString();
  const fraction = ms % 1000 === 0 ? '' : `${text.slice(19, 23)}000`;
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${fraction}+00:00`;
}

/** The id that the context says, for `task(x)`. */
export function workflowExecutionOf({ context, uid }: Beginning): string {
  const st2 = Object.hasOwn(context, 'st2') ? (context['st2'] as Value) : null;
  const id = isDict(st2) ? dictGet(st2, 'workflow_execution_id') : undefined;
  return typeof id === 'string' ? id : uid;
}
