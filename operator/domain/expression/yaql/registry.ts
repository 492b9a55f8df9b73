// operator/domain/expression/yaql/registry.ts — which functions there are, in layers: the inner ones are asked first.
import type { FunctionSpec } from './function.ts';
import { type Candidate, type Shape, shapeKey, shapesOf } from './shape.ts';

/** Overloads of one name, by layer. */
type Levels = readonly (readonly FunctionSpec[])[];

const NONE: Levels = [];

/** One layer of functions. Complete once it is made, but for the functions that `def` adds to its own. */
export class Registry {
  readonly #parent: Registry | undefined;
  readonly #own = new Map<string, FunctionSpec[]>();
  readonly #functions = new Map<string, Levels>();
  readonly #methods = new Map<string, Levels>();
  readonly #shapes = new Map<string, readonly (readonly Candidate[])[]>();
  /** Whether it has library functions only, so that operators do what they always do. */
  readonly isStandard: boolean;
  constructor(specs: readonly FunctionSpec[], parent?: Registry, isStandard = true) {
    this.#parent = parent;
    this.isStandard = isStandard;
    for (const spec of specs) {
      for (const name of spec.names) this.#own.set(name, [...(this.#own.get(name) ?? []), spec]);
    }
  }

  /** The overloads of a function, or of a method; a name may end in underscores. */
  levels(name: string, asMethod: boolean): Levels {
    const kept = asMethod ? this.#methods : this.#functions;
    const known = kept.get(name);
    if (known) return known;
    const other = asMethod ? 'function' : 'method';
    const bare = name.replace(/_+$/, '');
    const own = (this.#own.get(bare) ?? []).filter((spec) => spec.form !== other);
    const outer = this.#parent?.levels(bare, asMethod) ?? NONE;
    const levels = own.length === 0 ? outer : [own, ...outer];
    if (levels.length > 0) kept.set(name, levels);
    return levels;
  }

  /** The overloads that take that many arguments with those names, remembered. */
  shapes(name: string, asMethod: boolean, shape: Shape): readonly (readonly Candidate[])[] {
    const key = `${asMethod ? '.' : ''}${name}(${shapeKey(shape)}`;
    const known = this.#shapes.get(key);
    if (known) return known;
    const shapes = shapesOf(this.levels(name, asMethod), shape);
    if (this.#shapes.size >= 1000) this.#shapes.clear();
    this.#shapes.set(key, shapes);
    return shapes;
  }

  /** All names of functions, or of methods: for hints. */
  names(asMethod: boolean): string[] {
    const other = asMethod ? 'function' : 'method';
    const own = [...this.#own].filter(([, specs]) => specs.some((spec) => spec.form !== other)).map(([name]) => name);
    return [...own, ...(this.#parent?.names(asMethod) ?? [])].filter((name) => /^\w/.test(name));
  }
}
