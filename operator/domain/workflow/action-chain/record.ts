// operator/domain/workflow/action-chain/record.ts — what a chain has come to: the entries of its tasks, what it published, its error; and their size.
import { type AnyDict, dictEntries } from '../../expression/python/dict.ts';
import type { Value, Plain } from '../../expression/python/values.ts';
import type { ChildStatus, TaskView } from '../engine.ts';
import { type Failure, failureFields } from './failure.ts';
import type { ChainTask } from './model.ts';
import type { ChainSettings } from './settings.ts';
import { jsonBytes } from './size.ts';
import type { Stance } from './stance.ts';
import { textOf } from './text.ts';
import { type End, ENDINGS, plainOf, taskEntry, type TaskEntry, type Visit } from './visit.ts';

export class ChainRecord {
  readonly #entries: TaskEntry[] = [];
  readonly #published = new Map<string, Value>();
  readonly #views = new Map<ChainTask, { readonly task: string; readonly children: string[]; status: string }>();
  readonly #varsBytes = new Map<string, number>();
  readonly #showsPublished: boolean;
  readonly #executionOf: NonNullable<ChainSettings['executionOf']>;
  #bytes: number;
  failure: Failure | undefined;

  constructor(parameters: Plain, { displayPublished = true, executionOf = (key) => key }: ChainSettings) {
    this.#bytes = jsonBytes(parameters);
    this.#showsPublished = displayPublished;
    this.#executionOf = executionOf;
  }

  begin(task: ChainTask, key: string): void {
    const view = this.#views.get(task);
    if (view) {
      view.children.push(key);
      view.status = 'running';
    } else this.#views.set(task, { task: textOf(task.name), children: [key], status: 'running' });
  }

  /** How a task's last child stands. */
  tell(task: ChainTask, status: ChildStatus): void {
    const view = this.#views.get(task);
    if (view) view.status = ENDINGS.get(status)?.state ?? status;
  }

  add(visit: Visit, { ending, result, atMs, isRefused }: End): void {
    const execution = isRefused ? undefined : this.#executionOf(visit.key, textOf(visit.task.name));
    this.#entries.push(taskEntry(visit, { state: ending.state, result, updatedMs: atMs, execution }));
    this.#bytes += jsonBytes(result);
  }

  /** Variables replace each other, so their size is that of the last of each name. */
  addVars(vars: AnyDict): void {
    for (const [name, value] of dictEntries(vars)) {
      const [key, bytes] = [textOf(name), jsonBytes(value)];
      this.#bytes += bytes - (this.#varsBytes.get(key) ?? 0);
      this.#varsBytes.set(key, bytes);
    }
  }

  publish(vars: AnyDict): void {
    this.addVars(vars);
    for (const [name, value] of Object.entries(plainOf(vars))) this.#published.set(name, value);
  }

  /** About the bytes of all that templates see. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The body of the chain's result. A task that the chain is paused for is in it as it was when it paused. */
  result({ isHalted, visit }: Stance): Plain {
    const { failure } = this;
    if (failure?.isBare === true) return failureFields(failure);
    const halt = isHalted && visit?.halt ? [this.#waiting(visit, visit.halt)] : [];
    return {
      tasks: [...this.#entries, ...halt],
      ...(this.#showsPublished ? { published: Object.fromEntries(this.#published) } : {}),
      ...(failure ? failureFields(failure) : {}),
    };
  }

  #waiting(visit: Visit, { state, result, atMs }: NonNullable<Visit['halt']>): TaskEntry {
    return taskEntry(visit, {
      state,
      result,
      updatedMs: atMs,
      execution: this.#executionOf(visit.key, textOf(visit.task.name)),
    });
  }

  tasks(): readonly TaskView[] {
    return Array.from(this.#views.values(), (view) => ({ ...view, children: [...view.children] }));
  }
}
