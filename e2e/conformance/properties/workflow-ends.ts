// e2e/conformance/properties/workflow-ends.ts — a random walk, then everything goes well, or somebody cancels: the run comes to its end.
import fc, { type Arbitrary } from 'fast-check';
import type { Entry, Run } from '../../../operator/domain/workflow/engine.ts';
import type { Move } from './workflow-moves.ts';

export interface EndCase<T> {
  readonly definition: T;
  readonly moves: readonly Move[];
  /** How people want it to end, after the moves. */
  readonly asked: 'resume' | 'cancel';
}

export const endCases = <T>(definition: Arbitrary<T>, moves: Arbitrary<readonly Move[]>): Arbitrary<EndCase<T>> =>
  fc.record({ definition, moves, asked: fc.constantFrom('resume', 'resume', 'resume', 'cancel') });

const FINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled', 'timedOut']);
/** A run may go in circles: longest walk, and most children at once. */
const ENTRIES_MAX = 300;
const OPEN_MAX = 60;
/** Most pauses one after the other, with nothing between them. */
const RESUMES_MAX = 20;

/** Nothing is left to wait for, and it has not ended: that is what must not be. `open` gives undefined for what is no definition. */
export function comesToItsEnd<T>(
  { definition, moves, asked }: EndCase<T>,
  open: (definition: T) => Run | undefined,
): void {
  const run = open(definition);
  fc.pre(run !== undefined);
  const walk = new Walk(run);
  walk.take({ is: 'start' });
  for (const move of moves) walk.move(move);
  if (asked === 'cancel') walk.take({ is: 'request', request: 'cancel' });
  while (!FINAL.has(run.status) && walk.goesOn) walk.calm();
}

const RESUME: Entry = { is: 'request', request: 'resume' };

class Walk {
  readonly #run: Run;
  readonly #told: string[] = [];
  /** By the keys of children that have not ended: whether they are at rest. */
  readonly #open = new Map<string, boolean>();
  #resumed = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  get goesOn(): boolean {
    return this.#told.length < ENTRIES_MAX && this.#open.size < OPEN_MAX;
  }

  take(entry: Entry): void {
    this.#told.push(JSON.stringify(entry));
    const outside = { nowMs: 1_700_000_000_000 + 1000 * this.#told.length, seed: 1, datastore: undefined };
    for (const { key } of this.#run.advance(entry, outside).children) this.#open.set(key, false);
  }

  /** What is at rest may end without a word that it goes on: nobody has looked in between. */
  move({ what, who, n }: Move): void {
    if (FINAL.has(this.#run.status) || !this.goesOn) return;
    if (what === 'pause' || what === 'resume' || what === 'cancel') return this.take({ is: 'request', request: what });
    const key = [...this.#open.keys()][who % Math.max(1, this.#open.size)];
    if (key === undefined) return;
    if (what === 'running' || what === 'paused' || what === 'pending') {
      this.#open.set(key, what !== 'running');
      return this.take({ is: 'child', key, status: what });
    }
    this.#open.delete(key);
    this.take(
      what === 'refused'
        ? { is: 'refused', key, error: 'ParamException: no' }
        : { is: 'child', key, status: what, result: { n } },
    );
  }

  /** What is at rest goes on, then the run does, then its children end one by one. */
  calm(): void {
    const [resting] = [...this.#open].find(([, isAtRest]) => isAtRest) ?? [];
    if (resting !== undefined) {
      this.#open.set(resting, false);
      return this.take({ is: 'child', key: resting, status: 'running' });
    }
    if (this.#run.status === 'paused') {
      this.take(RESUME);
      if (this.#run.status !== 'paused') return;
    }
    const [first] = this.#open.keys();
    if (first === undefined) {
      // What goes on may come to a pause of its own at once.
      if (this.#run.status === 'paused' && ++this.#resumed < RESUMES_MAX) return;
      this.#hangs();
    }
    this.#resumed = 0;
    this.#open.delete(first);
    this.take({ is: 'child', key: first, status: 'succeeded', result: { n: 1 } });
  }

  #hangs(): never {
    throw new Error(`nothing of it is under way, and it is ${this.#run.status}\nafter ${this.#told.join(', ')}`);
  }
}
