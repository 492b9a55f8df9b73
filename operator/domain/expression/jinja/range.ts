// operator/domain/expression/jinja/range.ts — Python's range, with the sandbox's limit of length.
import { allowItems } from '../evaluation.ts';
import { ExpressionFault, typeFault, undefinedFault, valueFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { bind } from '../functions/call.ts';
import { oneArgument } from '../python/method.ts';
import { asIndex, spanOf } from '../python/text.ts';
import { PyObject, typeName, type Value } from '../python/values.ts';
import { Callable } from './callable.ts';

const LENGTH_MAX = 100_000;

/** The sandbox's range(stop), range(start, stop) and range(start, stop, step). @throws ExpressionFault OverflowError when it is too long */
export function range({ args, named }: Call): Value {
  bind('safe_range', { args: [], named }, []);
  if (args.length === 0) throw typeFault('range expected at least 1 argument, got 0');
  if (args.length > 3) throw typeFault(`range expected at most 3 arguments, got ${args.length}`);
  const bounds = args.map((bound) => {
    const number = asIndex(bound);
    if (number === undefined) throw typeFault(`'${typeName(bound)}' object cannot be interpreted as an integer`);
    return number;
  });
  const [start = 0, stop = 0, step = 1] = args.length === 1 ? [0, ...bounds] : bounds;
  if (step === 0) throw valueFault('range() arg 3 must not be zero');
  const made = new Range(start, stop, step);
  if (made.size() > LENGTH_MAX) {
    const message = `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${LENGTH_MAX}).`;
    throw new ExpressionFault('value', 'OverflowError', message);
  }
  return made;
}

class Range extends PyObject {
  readonly typeName = 'range';
  readonly #start: number;
  readonly #stop: number;
  readonly #step: number;
  readonly #size: number;
  constructor(start: number, stop: number, step: number) {
    super();
    this.#start = start;
    this.#stop = stop;
    this.#step = step;
    this.#size = Math.max(0, Math.ceil((stop - start) / step));
  }
  repr(): string {
    return `range(${this.#start}, ${this.#stop}${this.#step === 1 ? '' : `, ${this.#step}`})`;
  }
  override truthy(): boolean {
    return this.#size > 0;
  }
  override size(): number {
    return this.#size;
  }
  override *iterate(): Iterable<Value> {
    allowItems(this.#size);
    for (let i = 0; i < this.#size; i++) yield this.#start + i * this.#step;
  }
  override contains(item: Value): boolean {
    return this.#indexOf(item) >= 0;
  }
  #indexOf(item: Value): number {
    const number = typeof item === 'number' ? item : typeof item === 'boolean' ? Number(item) : floatOf(item);
    const at = (number - this.#start) / this.#step;
    return Number.isInteger(at) && at >= 0 && at < this.#size ? at : -1;
  }
  override item(key: Value): Value {
    const at = asIndex(key);
    if (at === undefined) throw typeFault(`range indices must be integers or slices, not ${typeName(key)}`);
    const index = at < 0 ? at + this.#size : at;
    if (index < 0 || index >= this.#size) throw undefinedFault('IndexError', 'range object index out of range');
    return this.#start + index * this.#step;
  }
  override slice(start: Value, stop: Value, step: Value): Value {
    const span = spanOf(this.#size, start, stop, step);
    const at = (index: number) => this.#start + index * this.#step;
    return new Range(at(span.from), at(span.to), span.step * this.#step);
  }
  override equals(other: Value): boolean {
    if (!(other instanceof Range) || other.#size !== this.#size) return false;
    if (this.#size === 0) return true;
    return this.#start === other.#start && (this.#size === 1 || this.#step === other.#step);
  }
  override hashKey(): string {
    return `range:${this.#size}:${this.#size === 0 ? '' : this.#start}:${this.#size < 2 ? '' : this.#step}`;
  }
  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'start':
        return this.#start;
      case 'stop':
        return this.#stop;
      case 'step':
        return this.#step;
      case 'count':
        return new Callable('method', 'range.count', (call) =>
          this.contains(oneArgument('range.count', call)) ? 1 : 0,
        );
      case 'index':
        return new Callable('method', 'range.index', (call) => {
          const at = this.#indexOf(oneArgument('range.index', call));
          if (at < 0) throw valueFault('sequence.index(x): x not in sequence');
          return at;
        });
      default:
        return undefined;
    }
  }
}

/** The value of a float; NaN for what is no number. */
const floatOf = (item: Value): number =>
  item instanceof PyObject && item.typeName === 'float' ? Number(item.repr()) : Number.NaN;
