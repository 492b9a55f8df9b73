// e2e/conformance/properties/workflow-moves.ts — random moves → entries: what happens to the children that are open, in whatever order.
import fc, { type Arbitrary } from 'fast-check';
import type { Value } from '../../../operator/domain/expression/python/values.ts';
import type { ChildStatus, Entry } from '../../../operator/domain/workflow/engine.ts';

type What = ChildStatus | 'refused' | 'pause' | 'resume' | 'cancel';

export interface Move {
  readonly what: What;
  /** Which of the open children. */
  readonly who: number;
  readonly n: number;
}

/** The controls of a run are moved seldom. */
export const moves: Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    what: fc.oneof(
      { arbitrary: fc.constant<What>('succeeded'), weight: 30 },
      { arbitrary: fc.constant<What>('failed'), weight: 8 },
      { arbitrary: fc.constantFrom<What>('pause', 'resume', 'resume'), weight: 4 },
      { arbitrary: fc.constantFrom<What>('timedOut', 'abandoned', 'pending', 'paused', 'running'), weight: 5 },
      { arbitrary: fc.constantFrom<What>('canceled', 'cancel', 'refused'), weight: 1 },
    ),
    who: fc.nat(11),
    n: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 16 },
);

interface Open {
  readonly index: number;
  status: 'running' | 'pending' | 'paused';
}

/** An entry, and the number of the child that it is about. */
export interface Played {
  readonly entry: Entry;
  readonly child: number;
}

/** Longest run that is played, and most children that it may have at once. */
const ENTRIES_MAX = 50;
const OPEN_MAX = 25;

/** Children of a run by their numbers, and what may happen to them. */
export class Player {
  readonly #moves: readonly Move[];
  readonly #keys: string[] = [];
  #open: Open[] = [];
  #next = 0;
  #played = 0;

  constructor(moves: readonly Move[]) {
    this.#moves = moves;
  }

  asked(keys: readonly string[]): void {
    for (const key of keys) this.#open.push({ index: this.#keys.push(key) - 1, status: 'running' });
  }

  /** What happens next: after the moves whatever is open succeeds, and what is paused goes on. */
  play(status: string): Played | undefined {
    if (this.#played++ > ENTRIES_MAX || this.#open.length > OPEN_MAX) return undefined;
    const move = this.#moves[this.#next];
    if (!move) {
      if (status === 'paused')
        return this.#open.length > 0 && this.#played % 2 === 0 ? this.#ended(0, 'succeeded', 1) : request('resume');
      return this.#open.length === 0 ? undefined : this.#ended(0, 'succeeded', 1);
    }
    const { what, who, n } = move;
    if (what === 'pause' || what === 'resume' || what === 'cancel') {
      this.#next++;
      return request(what);
    }
    if (this.#open.length === 0) {
      this.#next++;
      return this.play(status);
    }
    return this.#ended(who % this.#open.length, what, n);
  }

  /** What is paused runs first. */
  #ended(at: number, what: Exclude<What, 'pause' | 'resume' | 'cancel'>, n: number): Played {
    const open = this.#open[at] as Open;
    const [child, key] = [open.index, this.#keys[open.index] as string];
    if (open.status === 'paused' && what !== 'canceled') {
      open.status = 'running';
      return { child, entry: { is: 'child', key, status: 'running' } };
    }
    this.#next++;
    if (what === 'running' || what === 'pending' || what === 'paused') {
      open.status = what;
      return { child, entry: { is: 'child', key, status: what } };
    }
    this.#open = this.#open.filter((one) => one !== open);
    if (what === 'refused') return { child, entry: { is: 'refused', key, error: 'ParamException: no' } };
    const result: Value = { n };
    return { child, entry: { is: 'child', key, status: what, result } };
  }
}

const request = (what: 'pause' | 'resume' | 'cancel'): Played => ({
  child: -1,
  entry: { is: 'request', request: what },
});
