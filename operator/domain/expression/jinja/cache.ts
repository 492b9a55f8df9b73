// operator/domain/expression/jinja/cache.ts — compiled sources: the newest are kept, as many as memory allows.

/** Most entries, and most characters of all their sources. */
const [ENTRIES_MAX, CHARACTERS_MAX] = [1000, 1024 * 1024];

export class SourceCache<T> {
  readonly #entries = new Map<string, T>();
  #characters = 0;

  /** What is kept for a source, or what `compile` gives; a source that fails to compile is not kept. */
  get(source: string, compile: () => T): T {
    const known = this.#entries.get(source);
    if (known !== undefined) return known;
    const compiled = compile();
    this.#entries.set(source, compiled);
    this.#characters += source.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= ENTRIES_MAX && this.#characters <= CHARACTERS_MAX) break;
      this.#entries.delete(oldest);
      this.#characters -= oldest.length;
    }
    return compiled;
  }
}
