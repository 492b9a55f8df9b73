// operator/domain/expression/jinja/callable.ts — functions as values: those of the globals, and methods of Jinja's own objects.
import { bind, type Call, type Parameter } from '../functions/call.ts';
import { PyObject, type Value } from '../python/values.ts';

/** A function. Its class is what Python's would be: `function`, `method` or `type`. */
export class Callable extends PyObject {
  readonly typeName: string;
  readonly #name: string;
  readonly #run: (call: Call) => Value;
  readonly #attributes: ReadonlyMap<string, Value>;
  constructor(
    typeName: 'function' | 'method' | 'method_descriptor' | 'type',
    name: string,
    run: (call: Call) => Value,
    attributes: ReadonlyMap<string, Value> = new Map(),
  ) {
    super();
    this.typeName = typeName;
    this.#name = name;
    this.#run = run;
    this.#attributes = attributes;
  }
  repr(): string {
    if (this.typeName === 'method_descriptor') {
      const [type = '', method = ''] = this.#name.split('.');
      return `<method '${method}' of '${type}' objects>`;
    }
    if (this.typeName === 'type') return `<class '${this.#name}'>`;
    return this.typeName === 'method' ? `<bound method ${this.#name}>` : `<function ${this.#name}>`;
  }
  override attribute(name: string): Value | undefined {
    return this.#attributes.get(name);
  }
  override call(call: Call): Value {
    return this.#run(call);
  }
  override hashKey(): string {
    return `callable:${this.#name}`;
  }
}

/** The arguments of a method, in whose faults `self` counts. */
export const bindMethod = (name: string, { args, named }: Call, parameters: readonly Parameter[]): readonly Value[] =>
  bind(name, { args: [null, ...args], named }, ['self', ...parameters]).slice(1);
