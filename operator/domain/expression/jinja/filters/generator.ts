// operator/domain/expression/jinja/filters/generator.ts — what a lazy filter gives: items that are made when they are asked for, once.
import { spend } from '../../evaluation.ts';
import { PyObject, type Value } from '../../python/values.ts';

export class Generator extends PyObject {
  readonly typeName: string;
  readonly #name: string;
  readonly #items: Iterator<Value>;
  /** `name` is that of Python's function, or empty for Python's own iterators, whose type says what they are. */
  constructor(name: string, items: Iterator<Value>, typeName = 'generator') {
    super();
    this.#name = name;
    this.#items = items;
    this.typeName = typeName;
  }
  repr(): string {
    // Python prints an address; there is none, and none may differ from run to run.
    return `<${this.typeName} object ${this.#name === '' ? '' : `${this.#name} `}at 0x000000000000>`;
  }
  /** Who stops early leaves the rest for the next. */
  override iterate(): Iterable<Value> {
    const next = () => {
      spend(1);
      return this.#items.next();
    };
    return { [Symbol.iterator]: () => ({ next }) };
  }
}
