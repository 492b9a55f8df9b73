// operator/domain/workflow/mistral/sight.ts — all that one expression sees: layers of variables as one dict, and functions.
import type { Scope } from '../../expression/functions/call.ts';
import { Dict } from '../../expression/python/dict.ts';
import type { Plain, Value } from '../../expression/python/values.ts';
import { FrozenDict } from '../../expression/yaql/values.ts';

/** Variables by name; what is asked first hides the rest. */
export interface Layer {
  get(name: string): Value | undefined;
  names(): Iterable<string>;
}

/** The own keys of an object. */
export class PlainLayer implements Layer {
  readonly #object: Plain;
  constructor(object: Plain) {
    this.#object = object;
  }
  get(name: string): Value | undefined {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }
  names(): Iterable<string> {
    return Object.keys(this.#object);
  }
}

/** Layers as a dict, without putting them together until somebody asks for all of it. */
class LayeredDict extends FrozenDict {
  readonly #layers: readonly Layer[];
  #whole: ReadonlyMap<string, Value> | undefined;
  constructor(layers: readonly Layer[]) {
    super();
    this.#layers = layers;
  }
  override get(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    for (const layer of this.#layers) {
      const value = layer.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  override has(key: Value): boolean {
    return this.get(key) !== undefined;
  }
  override size(): number {
    return this.#all().size;
  }
  override *entries(): IterableIterator<readonly [Value, Value]> {
    yield* this.#all();
  }
  #all(): ReadonlyMap<string, Value> {
    if (this.#whole) return this.#whole;
    const whole = new Map<string, Value>();
    for (const layer of this.#layers) {
      for (const name of layer.names()) {
        const value = whole.has(name) ? undefined : layer.get(name);
        if (value !== undefined) whole.set(name, value);
      }
    }
    this.#whole = whole;
    return whole;
  }
}

const INTERNAL = ['__env', '__execution', '__task_execution'];

/** What an expression sees. */
export class Sight {
  readonly scope: Scope;
  readonly data: Value;
  readonly #dict: Dict | undefined;
  /** `data` is `$` and `_`: layers of variables, or for the output of an ad-hoc action any value. */
  constructor(scope: Scope, data: readonly Layer[] | { readonly value: Value }) {
    this.scope = scope;
    this.#dict = 'value' in data ? undefined : new LayeredDict(data);
    this.data = 'value' in data ? data.value : (this.#dict ?? null);
  }

  yaqlNames(): Readonly<Record<string, Value>> {
    return Object.fromEntries(this.#internals());
  }
  jinjaNames(): Dict {
    return new Dict([['_', this.data], ...this.#internals()]);
  }
  #internals(): readonly (readonly [string, Value])[] {
    const dict = this.#dict;
    return dict ? INTERNAL.map((name) => [name, dict.get(name) ?? null] as const) : [];
  }
}
