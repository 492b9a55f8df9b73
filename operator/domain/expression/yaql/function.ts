// operator/domain/expression/yaql/function.ts — a library function as it is declared: names, typed parameters, a body.
import type { Value } from '../python/values.ts';
import type { Context } from './context.ts';
import type { ParameterType } from './types.ts';

export interface Parameter<T> {
  /** As callers name it: `separator => ','`. */
  readonly name: string;
  readonly type: ParameterType<unknown>;
  /** What the body gets when it is not given. */
  readonly fallback?: { readonly value: T };
  /** `rest` takes all further values, `names` all further named ones. */
  readonly variadic?: 'rest' | 'names';
}

/** What the body gets for its parameters. */
type Taken<P extends readonly Parameter<unknown>[]> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** How a function may be called: `name(x)`, `x.name()`, or both. */
type Form = 'function' | 'method' | 'both';

export interface FunctionSpec {
  readonly names: readonly string[];
  readonly form: Form;
  readonly parameters: readonly Parameter<unknown>[];
  readonly rest: Parameter<unknown> | undefined;
  readonly further: Parameter<unknown> | undefined;
  /** Whether `name => value` is an argument as such rather than a named one. */
  readonly takesPairs: boolean;
  /** Values in the order of the parameters; then the rest, then the named rest, where it takes them. */
  readonly body: (context: Context, values: readonly unknown[]) => Value;
}

/** Declares a function. `context` is that of the call. */
export function define<const P extends readonly Parameter<unknown>[]>(
  names: string | readonly string[],
  form: Form,
  parameters: P,
  body: (context: Context, ...values: Taken<P>) => Value,
  takesPairs = false,
): FunctionSpec {
  return {
    names: typeof names === 'string' ? [names] : names,
    form,
    parameters: parameters.filter((parameter) => parameter.variadic === undefined),
    rest: parameters.find((parameter) => parameter.variadic === 'rest'),
    further: parameters.find((parameter) => parameter.variadic === 'names'),
    takesPairs,
    body: (context, values) => body(context, ...(values as Taken<P>)),
  };
}

export const param = <T>(name: string, type: ParameterType<T>): Parameter<T> => ({ name, type });

/** One that need not be given. */
export const optional = <T, F>(name: string, type: ParameterType<T>, value: F): Parameter<T | F> => ({
  name,
  type,
  fallback: { value },
});

/** All further values. */
export const rest = <T>(name: string, type: ParameterType<T>): Parameter<readonly T[]> => ({
  name,
  type,
  variadic: 'rest',
});

/** All further named values. */
export const named = <T>(type: ParameterType<T>): Parameter<ReadonlyMap<string, T>> => ({
  name: '**',
  type,
  variadic: 'names',
});
