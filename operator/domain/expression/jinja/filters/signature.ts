// operator/domain/expression/jinja/filters/signature.ts — a filter: the parameters that Python's function has, bound to what a template gives.
import { bind, type Parameter } from '../../functions/call.ts';
import type { Value } from '../../python/values.ts';
import type { Engine, Filter } from '../engine.ts';

/** What a filter does with its parameters' values, the piped value first. */
export type Body = (engine: Engine, ...values: readonly Value[]) => Value;

/**
 * A filter with Python's signature, for its errors. `first` tells what jinja2 passes before the piped value:
 * Python counts it when it says how many arguments were given.
 */
export function filter(name: string, first: '' | 'environment', parameters: readonly Parameter[], body: Body): Filter {
  const before = first === '' ? 0 : 1;
  const all = before === 0 ? parameters : [first, ...parameters];
  const fallbacks = parameters.slice(1).map((p) => (typeof p === 'string' ? undefined : p[1]));
  const needed = parameters.slice(1).findLastIndex((p) => typeof p === 'string') + 1;
  return (value, call, engine) => {
    const { args, named } = call;
    if (named.size === 0 && args.length >= needed && args.length <= fallbacks.length) {
      const at = (i: number): Value => (i < args.length ? args[i] : fallbacks[i]) as Value;
      // The usual numbers of parameters without an array between.
      if (fallbacks.length === 0) return body(engine, value);
      if (fallbacks.length === 1) return body(engine, value, at(0));
      if (fallbacks.length === 2) return body(engine, value, at(0), at(1));
      if (fallbacks.length === 3) return body(engine, value, at(0), at(1), at(2));
      return body(engine, value, ...fallbacks.map((_, i) => at(i)));
    }
    const given = before === 0 ? [value, ...args] : [null, value, ...args];
    const bound = bind(name, { args: given, named }, all);
    return before === 0 ? body(engine, ...bound) : body(engine, ...bound.slice(1));
  };
}
