// operator/domain/expression/jinja/environment.ts — what a template is compiled for: whitespace, undefined values, filters, tests, globals.
import type { PyFunction } from '../functions/call.ts';
import type { Value } from '../python/values.ts';
import type { Filter, Test } from './engine.ts';
import { FILTERS } from './filters/table.ts';
import { GLOBALS } from './globals.ts';
import { TESTS } from './tests.ts';

export interface Environment {
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
  readonly allowUndefined: boolean;
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  readonly globals: ReadonlyMap<string, Value>;
  /** Functions that need the scope of the evaluation; they are globals too. */
  readonly functions: ReadonlyMap<string, PyFunction>;
  /** Changes what an expression gives before it is printed: Jinja's option of that name. */
  readonly finalize: ((value: Value) => Value) | undefined;
}

interface EnvironmentOptions {
  /** The newline after a block goes; it does unless told. */
  readonly trimBlocks?: boolean | undefined;
  /** Blanks before a block that starts its line go; they do unless told. */
  readonly lstripBlocks?: boolean | undefined;
  /** What is undefined prints as nothing; it fails unless told. */
  readonly allowUndefined?: boolean | undefined;
  /** Functions that are filters: the piped value is their first argument. */
  readonly filters?: ReadonlyMap<string, PyFunction> | undefined;
  /** Functions that templates call by name. */
  readonly functions?: ReadonlyMap<string, PyFunction> | undefined;
  readonly finalize?: ((value: Value) => Value) | undefined;
}

/** StackStorm's environment, less its filters unless they are given: sandboxed, strict, with the test `in`. */
export function createEnvironment(options: EnvironmentOptions = {}): Environment {
  const filters = new Map(FILTERS);
  for (const [name, run] of options.filters ?? []) filters.set(name, asFilter(run));
  return {
    trimBlocks: options.trimBlocks ?? true,
    lstripBlocks: options.lstripBlocks ?? true,
    allowUndefined: options.allowUndefined ?? false,
    filters,
    tests: TESTS,
    globals: GLOBALS,
    functions: options.functions ?? new Map(),
    finalize: options.finalize,
  };
}

const asFilter =
  (run: PyFunction): Filter =>
  (value, { args, named }, engine) =>
    run({ args: [value, ...args], named }, engine.scope);
