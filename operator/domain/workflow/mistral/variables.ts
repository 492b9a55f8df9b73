// operator/domain/workflow/mistral/variables.ts — the variables of a branch: each task adds to those before, joins merge by how often each was published.
import { Dict } from '../../expression/python/dict.ts';
import { isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import type { Layer } from './sight.ts';

/** Longest chain of additions before they are put into one. */
const DEPTH_MAX = 24;

/** Immutable; what a task adds is kept apart from what it was given, which others share. */
export class Variables implements Layer {
  static readonly NONE = new Variables(undefined, new Map(), new Map());
  readonly #base: Variables | undefined;
  readonly #own: ReadonlyMap<string, Value>;
  /** How often each place was published on the way here, by keys with dots between. */
  readonly #versions: ReadonlyMap<string, number>;
  readonly #depth: number;
  #plain: Plain | undefined;

  private constructor(
    base: Variables | undefined,
    own: ReadonlyMap<string, Value>,
    versions: ReadonlyMap<string, number>,
  ) {
    [this.#base, this.#own, this.#versions] = [base, own, versions];
    this.#depth = base ? base.#depth + 1 : 0;
  }

  get(name: string): Value | undefined {
    return this.#own.has(name) ? this.#own.get(name) : this.#base?.get(name);
  }

  names(): Iterable<string> {
    return this.#flat().keys();
  }

  /** With what a task has published: a name that was there has the new value, of which nothing is merged. */
  publish(published: Plain): Variables {
    const entries = Object.entries(published);
    if (entries.length === 0) return this;
    const versions = new Map<string, number>();
    for (const place of placesIn(published, '')) versions.set(place, this.#version(place) + 1);
    const added = new Variables(this, new Map(entries), versions);
    return added.#depth < DEPTH_MAX ? added : new Variables(undefined, added.#flat(), added.#flatVersions());
  }

  /** As an object. */
  plain(): Plain {
    this.#plain ??= Object.fromEntries(this.#flat());
    return this.#plain;
  }

  /** Those of several branches: of each place what was published more often; of equals the last branch's. */
  static merge(branches: readonly Variables[]): Variables {
    const [last, ...others] = [...new Set(branches.toReversed())];
    if (!last) return Variables.NONE;
    if (others.length === 0) return last;
    const values = new Map(last.#flat());
    const versions = new Map(last.#flatVersions());
    for (const other of others) {
      const theirs = other.#flatVersions();
      const isNewer = (place: string) => (theirs.get(place) ?? 0) > (versions.get(place) ?? 0);
      for (const [name, value] of other.#flat()) values.set(name, mergeAt(values.get(name), value, name, isNewer));
      for (const [place, version] of theirs) versions.set(place, Math.max(version, versions.get(place) ?? 0));
    }
    return new Variables(undefined, values, versions);
  }

  #version(place: string): number {
    return this.#versions.get(place) ?? (this.#base ? this.#base.#version(place) : 0);
  }
  #flat(): Map<string, Value> {
    return layered(this.#chain().map((one) => one.#own));
  }
  #flatVersions(): Map<string, number> {
    return layered(this.#chain().map((one) => one.#versions));
  }
  /** The oldest first. */
  #chain(): Variables[] {
    return this.#base ? [...this.#base.#chain(), this] : [this];
  }
}

function layered<T>(layers: readonly ReadonlyMap<string, T>[]): Map<string, T> {
  const whole = new Map<string, T>();
  for (const layer of layers) for (const [key, value] of layer) whole.set(key, value);
  return whole;
}

/** The places of all values in an object that are no objects themselves. */
function* placesIn(object: Plain, before: string): Generator<string> {
  for (const [key, value] of Object.entries(object)) {
    const place = before === '' ? key : `${before}.${key}`;
    if (isPlain(value) && !(value instanceof Dict)) yield* placesIn(value, place);
    else yield place;
  }
}

function mergeAt(mine: Value | undefined, theirs: Value, place: string, isNewer: (place: string) => boolean): Value {
  if (mine === undefined) return theirs;
  if (!isPlain(mine) || !isPlain(theirs)) return isNewer(place) ? theirs : mine;
  const merged = new Map<string, Value>(Object.entries(mine));
  for (const [key, value] of Object.entries(theirs)) {
    merged.set(key, mergeAt(merged.get(key), value, `${place}.${key}`, isNewer));
  }
  return Object.fromEntries(merged);
}
