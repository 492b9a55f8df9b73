// operator/domain/workflow/orquesta/staging.ts — the tasks that are to run, in the order in which they came up.
import type { Plain } from '../../expression/python/values.ts';
import type { View } from './contexts.ts';
import type { Items } from './items.ts';
import { taskKey } from './keys.ts';
import type { Rendered } from './render.ts';
import type { RetryState } from './task-states.ts';

/** A task that something leads to. */
export interface Staged {
  readonly id: string;
  readonly route: number;
  view: View;
  readonly previous: Map<string, number>;
  readonly retry: RetryState | undefined;
  /** Everything that it waits for is there. */
  isReady: boolean;
  /** A task with items that failed: it stays for a rerun. */
  isCompleted: boolean;
  /** Runs though the workflow has failed: it stands beside a `fail`. */
  runsOnFail: boolean;
  /** Once they were looked at: of a task with items. */
  items: Items | undefined;
  /** What it is to do, where that changes with the context alone. */
  rendered: { readonly of: Plain; readonly rendered: Rendered } | undefined;
}

/** A rerun may stage a task that is staged: the first one counts. */
export class Staging {
  readonly #all = new Set<Staged>();
  readonly #byKey = new Map<string, Staged[]>();
  #pending = 0;

  add(task: Pick<Staged, 'id' | 'route' | 'view' | 'previous' | 'retry' | 'isReady'>): Staged {
    const staged: Staged = { ...task, isCompleted: false, runsOnFail: false, items: undefined, rendered: undefined };
    this.#all.add(staged);
    const key = taskKey(task.id, task.route);
    const same = this.#byKey.get(key);
    if (same) same.push(staged);
    else this.#byKey.set(key, [staged]);
    this.#pending += Number(isPending(staged));
    return staged;
  }

  get(task: string, route: number): Staged | undefined {
    return this.#byKey.get(taskKey(task, route))?.[0];
  }

  /** Not while one of its items is active. */
  remove(task: string, route: number): void {
    const key = taskKey(task, route);
    const same = this.#byKey.get(key);
    const staged = same?.[0];
    if (!same || !staged || (staged.items && staged.items.active > 0)) return;
    same.shift();
    if (same.length === 0) this.#byKey.delete(key);
    this.#all.delete(staged);
    this.#pending -= Number(isPending(staged));
  }

  setReady(staged: Staged, isReady: boolean): void {
    this.#change(staged, () => (staged.isReady = isReady));
  }

  setCompleted(staged: Staged, isCompleted: boolean): void {
    this.#change(staged, () => (staged.isCompleted = isCompleted));
  }

  #change(staged: Staged, change: () => void): void {
    const before = isPending(staged);
    change();
    if (this.#all.has(staged)) this.#pending += Number(isPending(staged)) - Number(before);
  }

  /** Those that are ready, in their order. */
  pending(): readonly Staged[] {
    return this.#pending === 0 ? [] : [...this.#all].filter(isPending);
  }

  get hasPending(): boolean {
    return this.#pending > 0;
  }

  all(): Iterable<Staged> {
    return this.#all;
  }
}

const isPending = (staged: Staged): boolean => staged.isReady && !staged.isCompleted;
