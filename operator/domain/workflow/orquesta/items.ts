// operator/domain/workflow/orquesta/items.ts — how the items of a task stand, counted, so that no event walks over all of them.
import { WorkflowFault } from './fault.ts';
import { ABENDED, ACTIVE, COMPLETED, type Status } from './statuses.ts';
import type { ItemsState } from './task-machine.ts';

export class Items {
  readonly #statuses: Status[];
  readonly #counts = new Map<Status, number>();
  /** No item before this one is without a status. */
  #from = 0;

  constructor(length: number) {
    this.#statuses = Array.from({ length }, () => 'null' as const);
    this.#counts.set('null', length);
  }

  get length(): number {
    return this.#statuses.length;
  }

  /** @throws WorkflowFault when there is no such item */
  set(item: number, status: Status): void {
    const at = item < 0 ? item + this.length : item;
    const before = this.#statuses[at];
    if (before === undefined) throw new WorkflowFault('IndexError', 'list assignment index out of range');
    this.#statuses[at] = status;
    this.#count(before, -1);
    this.#count(status, 1);
    if (status === 'null') this.#from = Math.min(this.#from, at);
  }

  #count(status: Status, by: 1 | -1): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + by);
  }

  #sum(group: Iterable<Status>): number {
    let sum = 0;
    for (const status of group) sum += this.#counts.get(status) ?? 0;
    return sum;
  }

  hasEnded(item: number): boolean {
    return COMPLETED.has(this.#statuses[item] ?? 'null');
  }

  get active(): number {
    return this.#sum(ACTIVE);
  }

  /** The first items that have no status yet, at most so many. */
  notRun(limit: number): readonly number[] {
    const found: number[] = [];
    while (this.#from < this.length && this.#statuses[this.#from] !== 'null') this.#from++;
    const left = Math.min(limit, this.#counts.get('null') ?? 0);
    for (let at = this.#from; found.length < left; at++) if (this.#statuses[at] === 'null') found.push(at);
    return found;
  }

  /** How all items but one stand. */
  others(item: number): ItemsState {
    const own = this.#statuses.at(item) as Status;
    const count = (group: ReadonlySet<Status>) => this.#sum(group) - Number(group.has(own));
    if (count(ACTIVE) > 0) return 'active incomplete';
    if (count(RESTING) > 0) return 'idle paused';
    if (count(CANCELED) > 0) return 'idle canceled';
    if (count(ABENDED) > 0) return 'idle failed';
    return this.length - 1 > count(COMPLETED) ? 'idle incomplete' : 'idle completed';
  }

  /** How all of them stand. */
  all(): ItemsState {
    const what = this.length > this.#sum(COMPLETED) ? 'incomplete' : 'completed';
    return this.active > 0 ? `active ${what}` : `idle ${what}`;
  }

  /** Those that did not end well are to run again; with `everything` all are. */
  reset(everything: boolean): void {
    for (const [at, status] of this.#statuses.entries()) {
      if (everything || ABENDED.has(status)) this.set(at, 'null');
    }
  }
}

const RESTING: ReadonlySet<Status> = new Set(['pending', 'paused']);
const CANCELED: ReadonlySet<Status> = new Set(['canceled']);
