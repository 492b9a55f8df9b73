// operator/domain/workflow/mistral/jobs.ts — what is still to be done in a step of a run, and how long that may go on.
import type { Value } from '../../expression/python/values.ts';
import type { Task } from './model.ts';
import type { EndState } from './states.ts';
import type { ActionRun, TaskRun } from './task-run.ts';

/** Something to be done after all that is being done. */
export type Job =
  | { readonly do: 'start'; readonly run: TaskRun }
  | { readonly do: 'again'; readonly run: TaskRun; readonly reset: boolean; readonly isRerun: boolean }
  /** Runs the action once more; `delaySeconds` from now. */
  | { readonly do: 'attempt'; readonly run: TaskRun; readonly delaySeconds: number }
  | { readonly do: 'items'; readonly run: TaskRun }
  | {
      readonly do: 'act';
      readonly run: TaskRun;
      readonly action: ActionRun;
      readonly end: EndState;
      readonly body: Value;
    }
  | { readonly do: 'complete'; readonly run: TaskRun; readonly state: EndState; readonly info: string | null }
  | { readonly do: 'join'; readonly run: TaskRun }
  | { readonly do: 'check' };

/** The longest that tasks may follow each other without waiting for anything. */
const UNWAITED_MAX = 20_000;

export class Jobs {
  #queue: Job[] = [];
  #unwaited = 0;
  /** Of tasks with items, the visit of which the items were done first since then. */
  readonly #visits = new Map<Task, number>();

  add(job: Job): void {
    this.#queue.push(job);
  }

  /** What comes now has waited for something. */
  restart(): void {
    this.#unwaited = 0;
    this.#visits.clear();
  }

  /** Does what is to be done, and what comes of it; false when that never ends, however often it is called before a restart. */
  work(carryOut: (job: Job) => void): boolean {
    let isDone = true;
    for (let at = 0; at < this.#queue.length && isDone; at++) {
      const job = this.#queue[at] as Job;
      isDone = this.#isOfFirstVisit(job) || this.#unwaited++ <= UNWAITED_MAX;
      if (isDone) carryOut(job);
    }
    this.#queue = [];
    return isDone;
  }

  /** Of a list, however long, no circle is made: what leads to the same task once more is counted, with all its items. */
  #isOfFirstVisit(job: Job): boolean {
    if ((job.do !== 'act' && job.do !== 'items') || !job.run.items) return false;
    const { task, visit } = job.run;
    const first = this.#visits.get(task) ?? visit;
    this.#visits.set(task, first);
    return visit === first;
  }
}
