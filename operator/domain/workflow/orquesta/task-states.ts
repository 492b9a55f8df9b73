// operator/domain/workflow/orquesta/task-states.ts — the executions of tasks in their order, and what is asked of all of them at once.
import type { Plain, Value } from '../../expression/python/values.ts';
import type { View } from './contexts.ts';
import { Inbound } from './inbound.ts';
import { taskKey, transitionId } from './keys.ts';
import type { Graph } from './model.ts';
import { ACTIVE, type Status } from './statuses.ts';

/** How often a task may be tried again, and how often it was. */
export interface RetryState {
  readonly when: string | undefined;
  readonly count: Value;
  readonly delay: Value;
  tally: number;
}

/** One execution of a task on a route. */
export interface TaskState {
  readonly id: string;
  readonly route: number;
  /** Its place among all. */
  readonly index: number;
  readonly view: View;
  /** Which executions led here: `<task>__t<key>` → place. */
  readonly previous: ReadonlyMap<string, number>;
  /** Transitions that were looked at: `<task>__t<key>` → whether their condition held. */
  readonly next: Map<string, boolean>;
  readonly retry: RetryState | undefined;
  /** Undefined: none yet. */
  readonly status: Status | undefined;
  /** Its branch ended with it. */
  isTerminal: boolean;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Keeps counts of the last execution of each task on each route, so that no question walks over all tasks. */
export class TaskStates {
  readonly sequence: TaskState[] = [];
  /** Transitions between splits that lead to each route. Route 0 is the main one. */
  readonly routes: (readonly string[])[] = [];
  readonly #latest = new Map<string, TaskState>();
  readonly #counts = new Map<Status, number>();
  readonly #inbound: Inbound;
  /** What expressions read: places of the last executions, and their statuses. */
  readonly #pointers: Record<string, number> = Object.create(null) as Record<string, number>;
  readonly #statuses: Record<string, string>[] = [];

  constructor(graph: Graph) {
    this.#inbound = new Inbound(graph);
  }

  latest(task: string, route: number): TaskState | undefined {
    return this.#latest.get(taskKey(task, route));
  }

  has(key: string): boolean {
    return this.#latest.has(key);
  }

  isLatest = (state: TaskState): boolean => this.latest(state.id, state.route) === state;

  add(state: Omit<TaskState, 'index' | 'next' | 'status' | 'isTerminal'>): TaskState {
    const key = taskKey(state.id, state.route);
    const added: TaskState = {
      ...state,
      index: this.sequence.length,
      next: new Map(),
      status: undefined,
      isTerminal: false,
    };
    const before = this.#latest.get(key);
    if (before?.status) this.#count(before.status, -1);
    this.#inbound.started(added, before);
    this.sequence.push(added);
    this.#latest.set(key, added);
    this.#pointers[key] = added.index;
    this.#statuses.push({});
    return added;
  }

  setStatus(state: TaskState, status: Status): void {
    if (this.isLatest(state)) {
      if (state.status) this.#count(state.status, -1);
      this.#count(status, 1);
    }
    (state as Mutable<TaskState>).status = status;
    const told = this.#statuses[state.index];
    if (told) told['status'] = status;
  }

  #count(status: Status, by: 1 | -1): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + by);
  }

  /** Whether the last execution of some task has one of these statuses. */
  hasAny(...statuses: readonly Status[]): boolean {
    return statuses.some((status) => (this.#counts.get(status) ?? 0) > 0);
  }

  get isActive(): boolean {
    for (const status of ACTIVE) if ((this.#counts.get(status) ?? 0) > 0) return true;
    return false;
  }

  /** The last executions that are active, in their order. */
  active(): readonly TaskState[] {
    return this.sequence.filter((state) => state.status && ACTIVE.has(state.status) && this.isLatest(state));
  }

  terminal(): readonly TaskState[] {
    return this.sequence.filter((state) => state.isTerminal);
  }

  /** Writes down whether the condition of a transition held. */
  setNext(state: TaskState, target: string, key: number, holds: boolean): void {
    state.next.set(transitionId(target, key), holds);
    if (holds && this.isLatest(state)) this.#inbound.satisfied(state, target);
  }

  /** How many tasks lead to a task on this route, by what their last executions say. */
  inbound(
    target: string,
    route: number,
  ): { readonly satisfied: number; readonly unknown: number; readonly all: number } {
    return this.#inbound.of(target, route);
  }

  /** What `task_status()` and its like read as `__state`. */
  visible(status: Status): Plain {
    return { tasks: this.#pointers, sequence: this.#statuses, routes: this.routes, status };
  }
}
