// operator/domain/workflow/orquesta/bits.ts — sets of small numbers that are never changed: large ones are compared and joined 32 at a time.

/** Which numbers are in: bit `n % 32` of word `n / 32`. What is beyond its end is not in. */
export type Bits = Readonly<Uint32Array>;

export const NONE: Bits = new Uint32Array(0);

export const hasBit = (bits: Bits, n: number): boolean => (((bits[n >>> 5] ?? 0) >>> (n & 31)) & 1) === 1;

export function withBit(bits: Bits, n: number): Bits {
  if (hasBit(bits, n)) return bits;
  const more = new Uint32Array(Math.max(bits.length, (n >>> 5) + 1));
  more.set(bits);
  more[n >>> 5] = (more[n >>> 5] as number) | (1 << (n & 31));
  return more;
}

/** Whether all of `a` are in `b`. */
export function isWithin(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i++) if (((a[i] as number) & ~(b[i] ?? 0)) !== 0) return false;
  return true;
}

export const sameBits = (a: Bits, b: Bits): boolean => a === b || (isWithin(a, b) && isWithin(b, a));

/** The larger set itself where the other adds nothing. */
export function union(a: Bits, b: Bits): Bits {
  if (isWithin(b, a)) return a;
  if (isWithin(a, b)) return b;
  const [longer, shorter] = a.length < b.length ? [b, a] : [a, b];
  const all = new Uint32Array(longer);
  for (let i = 0; i < shorter.length; i++) all[i] = (all[i] as number) | (shorter[i] as number);
  return all;
}

/** Numbers for names, as they come. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  /** The number of a name; a new name gets the next. */
  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(name, next);
    return next;
  }
}
