// operator/domain/expression/source-cache.ts — compiled sources: the newest are kept, as many as memory allows.

interface CacheBounds<T> {
  /** Most entries; 1,000 unless told. */
  readonly entries?: number;
  /** Most weight of all entries together; 1 Mi unless told. */
  readonly weight?: number;
  /** What an entry weighs; the characters of its source unless told. */
  readonly weigh?: (compiled: T, source: string) => number;
}

interface Entry<T> {
  readonly compiled: T;
  readonly weight: number;
}

/** Bounded by number and by weight: whoever writes the sources decides how long they are. */
export class SourceCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #bounds: Required<CacheBounds<T>>;
  #weight = 0;
  constructor({
    entries = 1000,
    weight = 1024 * 1024,
    weigh = (_: T, source: string) => source.length,
  }: CacheBounds<T> = {}) {
    this.#bounds = { entries, weight, weigh };
  }

  /** What is kept for a source, or what `compile` makes of it; a source that fails to compile, or weighs too much, is not kept. */
  get(source: string, compile: (source: string) => T): T {
    const known = this.#entries.get(source);
    if (known) return known.compiled;
    const text = apart(source);
    const compiled = compile(text);
    const weight = this.#bounds.weigh(compiled, text);
    if (weight <= this.#bounds.weight) this.#keep(text, { compiled, weight });
    return compiled;
  }

  #keep(source: string, entry: Entry<T>): void {
    // Compiling may have compiled the same source already.
    this.#weight += entry.weight - (this.#entries.get(source)?.weight ?? 0);
    this.#entries.set(source, entry);
    for (const [oldest, { weight }] of this.#entries) {
      if (this.#entries.size <= this.#bounds.entries && this.#weight <= this.#bounds.weight) break;
      this.#entries.delete(oldest);
      this.#weight -= weight;
    }
  }
}

/** A copy: a part of a text that is kept would keep all of that text in memory. */
const apart = (part: string): string => ` ${part}`.slice(1);
