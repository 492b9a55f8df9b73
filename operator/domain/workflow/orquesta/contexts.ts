// operator/domain/workflow/orquesta/contexts.ts — what was published, as layers; and what each branch sees of it.
import { isDict } from '../../expression/python/dict.ts';
import type { Plain, Value } from '../../expression/python/values.ts';
import { define } from './define.ts';
import { jsonBytes } from './json-bytes.ts';
import { mergeDicts } from './merge.ts';

/** What a branch sees: the layers of the view before, then its own. The first layer of all is the workflow's own context. */
export interface View {
  readonly before: View | undefined;
  readonly added: readonly number[];
  /** How many layers it has, each counted as often as it comes; and how many when that was last brought down. */
  readonly length: number;
  readonly least: number;
  merged?: Merged;
}

interface Merged {
  readonly value: Plain;
  /** For each variable that is an object: the layer that it is of. */
  readonly owners: ReadonlyMap<string, number>;
  /** Layers as they were then. */
  readonly edition: number;
}

/**
 * The layers of one run. Later layers win; objects in them are merged deeply, and then, as in the reference, the older layer keeps
 * what was merged into it: all branches that have that layer see it from then on.
 */
export class Contexts {
  readonly #layers: Plain[] = [];
  /** Goes up whenever a layer changes. */
  #edition = 0;
  #bytes = 0;

  /** What all layers take as JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  add(layer: Plain): number {
    this.#bytes += jsonBytes(layer);
    return this.#layers.push(layer) - 1;
  }

  /** The context that a view makes. It is shared: nobody changes it. */
  valueOf(view: View): Plain {
    return this.#merge(view).value;
  }

  #merge(view: View): Merged {
    if (view.merged?.edition === this.#edition) return view.merged;
    const { before } = view;
    const known = before?.merged?.edition === this.#edition ? before.merged : undefined;
    const value = known ? this.#fold(known, view.added) : this.#fold(NOTHING, layersOf(view));
    view.merged = { ...value, edition: this.#edition };
    return view.merged;
  }

  #fold({ value, owners }: Omit<Merged, 'edition'>, layers: readonly number[]): Omit<Merged, 'edition'> {
    const context: Record<string, Value> = { ...value };
    const changed = new Map(owners);
    for (const at of layers) {
      const layer = this.#layers[at];
      if (!layer) continue;
      for (const name of Object.keys(layer)) this.#put(context, changed, name, layer[name] as Value, at);
    }
    return { value: context, owners: changed };
  }

  #put(context: Record<string, Value>, owners: Map<string, number>, name: string, value: Value, at: number): void {
    const ours = Object.hasOwn(context, name) ? context[name] : undefined;
    const owner = owners.get(name);
    if (!isDict(value)) owners.delete(name);
    else if (ours === undefined || owner === undefined) owners.set(name, at);
    else {
      const both = mergeDicts(ours, value);
      if (both === ours) return;
      this.#keep(owner, name, both);
      define(context, name, both);
      return;
    }
    if (value !== ours) define(context, name, value);
  }

  #keep(owner: number, name: string, value: Value): void {
    const layer = this.#layers[owner] as Plain;
    this.#bytes += jsonBytes(value) - jsonBytes(layer[name] ?? null);
    this.#layers[owner] = Object.fromEntries([...Object.entries(layer), [name, value]]);
    this.#edition++;
  }

  /** What the ends of a workflow have come to: each merges what its branch published into what those before it saw. */
  terminal(views: readonly View[]): Plain {
    const [first, ...others] = views;
    if (!first) return {};
    let { value, owners } = this.#merge(first) as Omit<Merged, 'edition'>;
    for (const view of others) {
      const theirs = this.#fold(NOTHING, withoutRoot(layersOf(view)));
      const context = { ...value };
      const all = new Map(owners);
      for (const name of Object.keys(theirs.value)) {
        const item = theirs.value[name] as Value;
        this.#put(context, all, name, item, theirs.owners.get(name) ?? 0);
      }
      [value, owners] = [context, all];
    }
    return value;
  }
}

const NOTHING: Omit<Merged, 'edition'> = { value: {}, owners: new Map() };

function layersOf(view: View): readonly number[] {
  const parts: (readonly number[])[] = [];
  for (let at: View | undefined = view; at; at = at.before) parts.push(at.added);
  return parts.toReversed().flat();
}

const withoutRoot = (layers: readonly number[]) => layers.filter((layer) => layer !== ROOT);

const ROOT = 0;

const flat = (layers: readonly number[]): View => ({
  before: undefined,
  added: layers,
  length: layers.length,
  least: layers.length,
});

/** What the tasks see that a workflow starts with. */
export const rootView = (): View => flat([ROOT]);

const longer = (view: View, added: readonly number[]): View => ({
  before: view,
  added,
  length: view.length + added.length,
  least: view.least,
});

/** A view that sees one layer more. */
export const viewWith = (view: View, layer: number | undefined): View =>
  layer === undefined ? view : longer(view, [layer]);

/** Joins of short views are left as they are. */
const SHORT = 64;

/** What a join sees: all that it has seen, then all that the other branch has but the first layer. */
export function joined(view: View, other: View): View {
  const both = longer(view, withoutRoot(layersOf(other)));
  return both.length > 2 * both.least + SHORT ? flat(firstAndLast(layersOf(both))) : both;
}

/** Of a layer that comes more than twice only the first place (it says the order of names) and the last (it says the values) matter. */
function firstAndLast(layers: readonly number[]): readonly number[] {
  const last = new Map(layers.map((layer, i) => [layer, i]));
  const seen = new Set<number>();
  return layers.filter((layer, i) => {
    const isFirst = !seen.has(layer);
    seen.add(layer);
    return isFirst || last.get(layer) === i;
  });
}
