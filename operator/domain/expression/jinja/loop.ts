// operator/domain/expression/jinja/loop.ts — `loop`: where a for loop is, what comes next, and the loop again for what is inside.
import { spend } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import { bind, type Call } from '../functions/call.ts';
import { Tuple } from '../python/collections.ts';
import { iterate } from '../python/iterate.ts';
import { isList, isPlain, PyObject, type Value } from '../python/values.ts';
import { bindMethod, Callable } from './callable.ts';
import type { Run } from './run.ts';

/** Runs the loop once more for other items, one level deeper. */
export type Recurse = (items: Value, depth: number) => Value;

export class Loop extends PyObject {
  readonly typeName = 'LoopContext';
  readonly #run: Run;
  readonly #recurse: Recurse | undefined;
  readonly #depth: number;
  #rest: Iterator<Value>;
  #length: number | undefined;
  #index = -1;
  #current: Value | undefined;
  #before: Value | undefined;
  /** The next item, if it was looked at before its turn. */
  #after: Value | undefined;
  #changing: Tuple | undefined;

  constructor(run: Run, items: Value, options: { filtered?: Iterable<Value>; recurse?: Recurse; depth?: number } = {}) {
    super();
    this.#run = run;
    this.#recurse = options.recurse;
    this.#depth = options.depth ?? 0;
    this.#rest = (options.filtered ?? iterate(items))[Symbol.iterator]();
    this.#length = options.filtered ? undefined : sizeOf(items);
  }

  /** Goes to the next item; undefined after the last. */
  next(): Value | undefined {
    const item = this.#peek();
    if (item === undefined) return undefined;
    this.#after = undefined;
    this.#index++;
    this.#before = this.#current;
    this.#current = item;
    return item;
  }

  #peek(): Value | undefined {
    if (this.#after !== undefined) return this.#after;
    const next = this.#rest.next();
    this.#after = next.done ? undefined : next.value;
    return this.#after;
  }

  /** How many items there are; what has no length is read to its end for it. */
  #count(): number {
    if (this.#length !== undefined) return this.#length;
    const items: Value[] = [];
    for (let next = this.#rest.next(); !next.done; next = this.#rest.next()) {
      spend(1);
      items.push(next.value);
    }
    this.#rest = items[Symbol.iterator]();
    this.#length = items.length + this.#index + 1 + (this.#after === undefined ? 0 : 1);
    return this.#length;
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'index':
        return this.#index + 1;
      case 'index0':
        return this.#index;
      case 'first':
        return this.#index === 0;
      case 'last':
        return this.#peek() === undefined;
      case 'length':
        return this.#count();
      case 'revindex':
        return this.#count() - this.#index;
      case 'revindex0':
        return this.#count() - this.#index - 1;
      case 'depth':
        return this.#depth + 1;
      case 'depth0':
        return this.#depth;
      case 'previtem':
        return this.#index === 0 ? this.#none('there is no previous item') : this.#before;
      case 'nextitem':
        return this.#peek() ?? (this.#after === null ? null : this.#none('there is no next item'));
      case 'cycle':
        return new Callable('method', 'LoopContext.cycle', (call) => this.#cycle(call));
      case 'changed':
        return new Callable('method', 'LoopContext.changed', (call) => this.#changed(call));
      default:
        return undefined;
    }
  }

  #none(hint: string): Value {
    return this.#run.undefined({ hint, name: null });
  }

  #cycle({ args, named }: Call): Value {
    bind('LoopContext.cycle', { args: [], named }, []);
    const value = args[this.#index % args.length];
    if (value === undefined) throw typeFault('no items for cycling given');
    return value;
  }

  #changed({ args, named }: Call): Value {
    bind('LoopContext.changed', { args: [], named }, []);
    const values = new Tuple(args);
    if (this.#changing?.equals(values)) return false;
    this.#changing = values;
    return true;
  }

  override call(call: Call): Value {
    const [items = null] = bindMethod('LoopContext.__call__', call, ['iterable']);
    if (!this.#recurse) {
      throw typeFault("The loop must have the 'recursive' marker to be called recursively.");
    }
    return this.#recurse(items, this.#depth + 1);
  }

  override size(): number {
    return this.#count();
  }
  override truthy(): boolean {
    return this.#count() > 0;
  }
  /** As Python's: the rest of the items, each with the loop itself. */
  override iterate(): Iterable<Value> {
    const next = (): IteratorResult<Value> => {
      spend(1);
      const item = this.next();
      return item === undefined ? { done: true, value: undefined } : { done: false, value: new Tuple([item, this]) };
    };
    return { [Symbol.iterator]: () => ({ next }) };
  }
  repr(): string {
    return `<LoopContext ${this.#index + 1}/${this.#count()}>`;
  }
  override hashKey(): string {
    return `loop:${this.#depth}`;
  }
}

/** len(), where that needs no reading. */
function sizeOf(items: Value): number | undefined {
  if (typeof items === 'string') return [...items].length;
  if (isList(items)) return items.length;
  if (items instanceof PyObject) return items.size();
  return isPlain(items) ? Object.keys(items).length : undefined;
}
