// operator/kube/queue.ts — a set of keys: one worker per key, delays, backoff, and a turn for every namespace.
import { type Key, splitKey } from './store.ts';

/** Keys that want a look. A key is in the hands of one worker at most; namespaces take turns. */
export class WorkQueue {
  readonly #ready = new Map<string, Set<Key>>(); // by namespace, whose turn it is first
  readonly #active = new Set<Key>(); // in the hands of a worker
  readonly #again = new Set<Key>(); // added while active: ready once more after release
  readonly #delayed = new Map<Key, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  readonly #failures = new Map<Key, number>();
  readonly #idle: (() => void)[] = []; // workers asleep
  readonly #baseMs: number;
  readonly #maxMs: number;
  #depth = 0;
  #closed = false;

  constructor({ baseMs = 100, maxMs = 300_000 }: { readonly baseMs?: number; readonly maxMs?: number } = {}) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
  }

  /** Keys that wait for a worker; not those that wait for their time. */
  get depth(): number {
    return this.#depth;
  }

  add(key: Key): void {
    if (this.#closed) return;
    if (this.#active.has(key)) {
      this.#again.add(key);
      return;
    }
    const { namespace } = splitKey(key);
    const keys = this.#ready.get(namespace) ?? new Set();
    if (keys.has(key)) return;
    this.#ready.set(namespace, keys.add(key));
    this.#depth += 1;
    this.#idle.shift()?.();
  }

  /** Adds the key after `ms`; of two delays the earlier wins. Every look forgets the delay: who still wants one says so again. */
  addAfter(key: Key, ms: number): void {
    const at = performance.now() + ms;
    const pending = this.#delayed.get(key);
    if (this.#closed || (pending && pending.at <= at)) return;
    clearTimeout(pending?.timer);
    const fire = () => {
      this.#delayed.delete(key);
      this.add(key);
    };
    // A longer wait than a timer can count ends in an early look, which asks for the rest.
    this.#delayed.set(key, { at, timer: setTimeout(fire, Math.min(Math.max(ms, 0), 2 ** 31 - 1)) });
  }

  /** The look went well; another one is wanted after `againAfterMs`, if given. */
  done(key: Key, againAfterMs?: number): void {
    this.#failures.delete(key);
    this.#release(key);
    if (againAfterMs !== undefined) this.addAfter(key, againAfterMs);
  }

  /** The look went wrong: another after 100 ms, 200 ms … 5 min, each with up to half taken off by chance. */
  failed(key: Key): void {
    const times = this.#failures.get(key) ?? 0;
    this.#failures.set(key, times + 1);
    const changed = this.#again.delete(key); // backoff holds for a key that keeps changing too
    this.#release(key);
    const waitMs = Math.min(this.#baseMs * 2 ** times, this.#maxMs) * (1 - Math.random() / 2);
    this.addAfter(key, changed ? Math.min(waitMs, this.#baseMs * 10) : waitMs);
  }

  /** Sends the workers home; nothing is handed out any more. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    for (const wake of this.#idle.splice(0)) wake();
  }

  /** Keys as they become ready, for one worker; give each back by `done` or `failed`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Key> {
    while (!this.#closed) {
      const key = this.#next();
      if (key === undefined) await new Promise<void>((wake) => this.#idle.push(wake));
      else yield key;
    }
  }

  #next(): Key | undefined {
    const [turn] = this.#ready;
    const [namespace, keys] = turn ?? ['', new Set<Key>()];
    const [key] = keys;
    if (key === undefined) return undefined;
    keys.delete(key);
    this.#ready.delete(namespace);
    if (keys.size > 0) this.#ready.set(namespace, keys); // to the end of the line
    this.#depth -= 1;
    this.#active.add(key);
    clearTimeout(this.#delayed.get(key)?.timer);
    this.#delayed.delete(key);
    return key;
  }

  #release(key: Key): void {
    this.#active.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }
}
