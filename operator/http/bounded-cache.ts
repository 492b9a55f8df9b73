// operator/http/bounded-cache.ts — answers that are remembered for a while, each asked for once at a time.

interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

/** At most `max` answers; the one asked for longest ago goes first. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #asking = new Map<string, Promise<V>>();
  readonly #max: number;
  readonly #nowMs: () => number;

  /** `nowMs` is a monotonic clock. */
  constructor(max: number, nowMs: () => number = () => performance.now()) {
    this.#max = max;
    this.#nowMs = nowMs;
  }

  /** Questions under way. */
  get asking(): number {
    return this.#asking.size;
  }

  /** The answer that is known, or else the one that `ask` gives; an error is not remembered. */
  async get(key: string, ask: () => Promise<V>, keepMs: (value: V) => number): Promise<V> {
    const known = this.#entries.get(key);
    if (known && known.until > this.#nowMs()) return known.value;
    const asked = this.#asking.get(key);
    if (asked) return await asked;
    const asking = ask();
    this.#asking.set(key, asking);
    try {
      const value = await asking;
      this.#keep(key, { value, until: this.#nowMs() + keepMs(value) });
      return value;
    } finally {
      this.#asking.delete(key);
    }
  }

  has(key: string): boolean {
    return (this.#entries.get(key)?.until ?? 0) > this.#nowMs();
  }

  #keep(key: string, entry: Entry<V>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= this.#max) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
