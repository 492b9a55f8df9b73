// operator/domain/expression/yaql/context.ts — what an expression sees: variables and functions, in layers.
import type { Scope } from '../functions/call.ts';
import { PyObject, type Value } from '../python/values.ts';
import { identityKey } from './values.ts';
import type { Registry } from './registry.ts';

/** One layer; it is a value too, as `let(…)` gives it to `->`. */
export class Context extends PyObject {
  readonly typeName = 'Context';
  readonly #parent: Context | undefined;
  readonly scope: Scope;
  registry: Registry;
  /** `$`, which is `$1`: by far the most asked for. */
  #first: Value | undefined;
  #values: Map<string, Value> | undefined;
  constructor(registry: Registry, scope: Scope, parent?: Context) {
    super();
    [this.registry, this.scope, this.#parent] = [registry, scope, parent];
  }
  repr(): string {
    return '<Context object>';
  }
  override hashKey(): string {
    return identityKey(this);
  }
  child(): Context {
    return new Context(this.registry, this.scope, this);
  }
  /** The value of a variable, with or without its dollar sign; null when it is not set. */
  get(name: string): Value {
    return this.#find(normalize(name)) ?? null;
  }
  #find(key: string): Value | undefined {
    const value = key === '$1' ? this.#first : this.#values?.get(key);
    if (value !== undefined) return value;
    const parent = this.#parent;
    return parent ? parent.#find(key) : undefined;
  }
  set(name: string, value: Value): void {
    const key = normalize(name);
    if (key === '$1') this.#first = value;
    else {
      this.#values ??= new Map();
      this.#values.set(key, value);
    }
  }
  /** A layer for a lambda: its arguments are `$1`, `$2` and so on. */
  withArguments(values: readonly Value[]): Context {
    const layer = this.child();
    for (let i = 0; i < values.length; i++) {
      if (i === 0) layer.#first = values[0];
      else layer.set(`$${i + 1}`, values[i] as Value);
    }
    return layer;
  }
}

function normalize(name: string): string {
  if (name === '$' || name === '') return '$1';
  return name.startsWith('$') ? name : `$${name}`;
}
