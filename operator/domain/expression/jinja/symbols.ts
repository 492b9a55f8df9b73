// operator/domain/expression/jinja/symbols.ts — which variable a name means: Jinja's rules of scope, resolved to slots before anything runs.
import { ExpressionFault } from '../fault.ts';

/** What has variables of its own when it runs: the template, a macro, a block, a recursive loop. */
export class FunctionScope {
  readonly parent: FunctionScope | undefined;
  readonly #slots = new Map<string, number>();
  constructor(parent?: FunctionScope) {
    this.parent = parent;
  }
  get size(): number {
    return this.#slots.size;
  }
  /** A new slot, or that of the same name at the same depth: they are never in use at once. */
  slot(level: number, name: string): number {
    const key = `${level} ${name}`;
    const slot = this.#slots.get(key) ?? this.#slots.size;
    this.#slots.set(key, slot);
    return slot;
  }
}

/** A variable: a slot of one of the functions around. */
export interface Ref {
  readonly owner: FunctionScope;
  readonly slot: number;
  readonly name: string;
}

/** How a variable gets its first value when its scope is entered. */
export type Load =
  | { readonly from: 'parameter' }
  | { readonly from: 'nothing' }
  | { readonly from: 'context' }
  | { readonly from: 'outer'; readonly ref: Ref };

/** The names of one scope. A scope is analyzed whole before it is compiled: what is set anywhere in it is its own everywhere in it. */
export class Symbols {
  readonly level: number;
  readonly owner: FunctionScope;
  readonly parent: Symbols | undefined;
  readonly loads = new Map<Ref, Load>();
  readonly stores = new Set<string>();
  readonly #refs = new Map<string, Ref>();
  /** Of a branch of `if`: the scope that it is a part of. */
  readonly #base: Symbols | undefined;

  constructor(owner: FunctionScope, parent?: Symbols, base?: Symbols) {
    this.owner = owner;
    this.parent = parent;
    this.level = base ? base.level : parent ? parent.level + 1 : 0;
    this.#base = base;
  }

  #own(name: string): Ref | undefined {
    const ref = this.#refs.get(name);
    return ref === undefined && this.#base ? this.#base.#own(name) : ref;
  }

  #stored(name: string): boolean {
    return this.stores.has(name) || (this.#base !== undefined && this.#base.#stored(name));
  }

  #define(name: string, load: Load): Ref {
    const ref = this.#own(name) ?? { owner: this.owner, slot: this.owner.slot(this.level, name), name };
    this.#refs.set(name, ref);
    this.loads.set(ref, load);
    return ref;
  }

  find(name: string): Ref | undefined {
    return this.#own(name) ?? this.parent?.find(name);
  }

  /** @throws ExpressionFault as Jinja's AssertionError, for names that its analysis overlooks */
  ref(name: string): Ref {
    const ref = this.find(name);
    if (ref) return ref;
    const message = `Tried to resolve a name to a reference that was unknown to the frame ('${name}')`;
    throw new ExpressionFault('assertion', 'AssertionError', message);
  }

  /** The name is set in this scope. */
  store(name: string): void {
    this.stores.add(name);
    if (this.#own(name)) return;
    const outer = this.parent?.find(name);
    this.#define(name, outer ? { from: 'outer', ref: outer } : { from: 'nothing' });
  }

  /** The name is given a value on entering: an argument, the item of a loop. */
  parameter(name: string): Ref {
    this.stores.add(name);
    return this.#define(name, { from: 'parameter' });
  }

  /** The name is read in this scope. */
  load(name: string): void {
    if (!this.find(name)) this.#define(name, { from: 'context' });
  }

  /** The names of a branch of `if`, which `merge` takes back. */
  branch(): Symbols {
    return new Symbols(this.owner, this.parent, this);
  }

  /** What only a branch sets was something before: that of the scope around, or that of the context. */
  merge(branches: readonly Symbols[]): void {
    const stored = new Set(branches.flatMap((branch) => [...branch.stores]));
    for (const name of stored) if (this.#stored(name)) stored.delete(name);
    for (const branch of branches) {
      for (const [name, ref] of branch.#refs) this.#refs.set(name, this.#own(name) ?? ref);
      for (const [ref, load] of branch.loads) this.loads.set(this.#own(ref.name) ?? ref, load);
      for (const name of branch.stores) this.stores.add(name);
    }
    for (const name of stored) {
      const outer = this.parent?.find(name);
      this.loads.set(this.ref(name), outer ? { from: 'outer', ref: outer } : { from: 'context' });
    }
  }

  /** All variables that are set here and in the scopes around. */
  visibleStores(): readonly Ref[] {
    return Array.from(this.#storedNames(), (name) => this.ref(name));
  }

  #storedNames(): ReadonlySet<string> {
    return new Set([...this.stores, ...(this.parent ? this.parent.#storedNames() : [])]);
  }
}
