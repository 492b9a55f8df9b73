// operator/domain/expression/functions/call.ts — arguments of a call → parameters of a function, as Python binds them.
import { typeFault } from '../fault.ts';
import type { AnyDict } from '../python/dict.ts';
import type { Value } from '../python/values.ts';

/** The arguments of one call. */
export interface Call {
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** The datastore, as far as an expression may see it: what is stored, encrypted items as their ciphertext or what stands for it. */
export interface Datastore {
  /** `user` entries belong to `user`; undefined when there is no such key. */
  readonly read: (scope: 'system' | 'user', user: string, name: string) => string | undefined;
  /** The key that decrypts items: StackStorm's key file, as JSON; undefined where there is none. */
  readonly cryptoKey?: string | undefined;
  /**
   * Where items are encrypted in another way than StackStorm's: what a text that `read` gave decrypts to.
   * @throws ExpressionFault for another text, or where the value may not be known
   */
  readonly open?: (text: string) => Value;
}

/** What orquesta's and StackStorm's functions read beside their arguments. */
export interface Scope {
  /** The names that an expression sees; in workflows also `__state`, `__current_task`, `__current_item`. */
  readonly context: AnyDict;
  readonly datastore?: Datastore | undefined;
  /** In workflows: what `task(x)` gives for the last execution of a task on a route; undefined when there is none. */
  readonly taskRecord?: ((task: string, route: number) => Value | undefined) | undefined;
}

/** A function of orquesta's or StackStorm's: callable in YAQL, a global and a filter in Jinja (the piped value comes first). */
export type PyFunction = (call: Call, scope: Scope) => Value;

/** A parameter with a default: `['ignorecase', false]`; one without: `'pattern'`. */
export type Parameter = string | readonly [name: string, fallback: Value];

const NO_NAMES: ReadonlyMap<string, Value> = new Map();

export const callOf = (...args: readonly Value[]): Call => ({ args, named: NO_NAMES });

/** The values of the parameters, in their order. @throws ExpressionFault as Python's TypeError for a call that does not fit */
export function bind(name: string, { args, named }: Call, parameters: readonly Parameter[]): readonly Value[] {
  if (named.size === 0 && args.length <= parameters.length) {
    const filled = fill(args, parameters);
    if (filled) return filled;
  }
  if (args.length > parameters.length) {
    const most = parameters.length;
    const least = parameters.filter((p) => typeof p === 'string').length;
    const takes =
      least === most
        ? `${most} positional argument${most === 1 ? '' : 's'}`
        : `from ${least} to ${most} positional arguments`;
    throw typeFault(`${name}() takes ${takes} but ${args.length} ${args.length === 1 ? 'was' : 'were'} given`);
  }
  const names = parameters.map((p) => (typeof p === 'string' ? p : p[0]));
  for (const given of named.keys()) {
    const at = names.indexOf(given);
    if (at < 0) throw typeFault(`${name}() got an unexpected keyword argument '${given}'`);
    if (at < args.length) throw typeFault(`${name}() got multiple values for argument '${given}'`);
  }
  const values = parameters.map((p, i) => {
    const given = i < args.length ? args[i] : named.get(names[i] ?? '');
    return given === undefined && typeof p !== 'string' ? p[1] : given; // None is a value: only what was not given has a default
  });
  const missing = names.filter((_, i) => values[i] === undefined);
  if (missing.length > 0) {
    const list = missing.map((m) => `'${m}'`);
    const shown = list.length > 2 ? `${list.slice(0, -1).join(', ')}, and ${list.at(-1)}` : list.join(' and ');
    throw typeFault(
      `${name}() missing ${list.length} required positional argument${list.length === 1 ? '' : 's'}: ${shown}`,
    );
  }
  return values as readonly Value[];
}

/** Arguments without names, and the defaults of what is left out; undefined when something has none. */
function fill(args: readonly Value[], parameters: readonly Parameter[]): readonly Value[] | undefined {
  if (args.length === parameters.length) return args;
  const values = args.slice();
  for (let i = args.length; i < parameters.length; i++) {
    const parameter = parameters[i];
    if (parameter === undefined || typeof parameter === 'string') return undefined;
    values.push(parameter[1]);
  }
  return values;
}
