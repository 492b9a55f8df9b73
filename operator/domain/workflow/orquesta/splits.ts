// operator/domain/workflow/orquesta/splits.ts — the split tasks behind a way, in their order, and which of them have led to a task before.
import { type Bits, isWithin, NONE, Numbering, union, withBit } from './bits.ts';

/** The splits behind a way. */
export interface Trail {
  readonly set: Bits;
  /** Outermost first. */
  readonly names: () => readonly string[];
}

export const NO_SPLITS: Trail = { set: NONE, names: () => [] };

/** How trails grow, and what they have told of already. */
export class Splits {
  readonly #numbers = new Numbering();
  readonly #known = new Map<string, Bits>();

  /** The trail behind a split. Trails share what they have in common. */
  after(trail: Trail, split: string): Trail {
    return { set: withBit(trail.set, this.#numbers.of(split)), names: () => [...trail.names(), split] };
  }

  /** Whether a way is new, or has a split behind it that it has not been taken with; it is from now on. */
  isNews(way: string, { set }: Trail): boolean {
    const known = this.#known.get(way);
    if (known && isWithin(set, known)) return false;
    this.#known.set(way, union(known ?? NONE, set));
    return true;
  }
}
