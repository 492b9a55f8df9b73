// operator/domain/expression/python/method.ts — what a method is, and the checks of arguments that Python's built-in methods share.
import { typeFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { asIndex } from './text.ts';
import { typeName, type Value } from './values.ts';

/** A method of a built-in type, called with its `self`. */
export type Method = (self: Value, call: Call) => Value;
export type Methods = ReadonlyMap<string, Method>;

const plural = (count: number, word = 'argument') => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The arguments of a method that takes none. `name` is qualified: `str.upper`. */
export function noArguments(name: string, call: Call): void {
  noNames(name, call);
  if (call.args.length > 0) throw typeFault(`${name}() takes no arguments (${call.args.length} given)`);
}

/** The argument of a method that takes just one. `name` is qualified: `list.append`. */
export function oneArgument(name: string, call: Call): Value {
  noNames(name, call);
  const [only] = call.args;
  if (only === undefined || call.args.length > 1) {
    throw typeFault(`${name}() takes exactly one argument (${call.args.length} given)`);
  }
  return only;
}

/** The arguments of a method that takes `least` to `most` without names. `name` is qualified: `str.replace`. */
export function positional(name: string, call: Call, least: number, most: number): readonly Value[] {
  noNames(name, call);
  const short = name.slice(name.lastIndexOf('.') + 1);
  const given = call.args.length;
  if (given < least) throw typeFault(`${short} expected ${atBound('at least', least, most)}, got ${given}`);
  if (given > most) throw typeFault(`${short} expected ${atBound('at most', least, most)}, got ${given}`);
  return call.args;
}

const atBound = (words: string, least: number, most: number) =>
  least === most ? plural(most) : `${words} ${plural(words === 'at least' ? least : most)}`;

/** As `positional`, in the words of Python's older methods: find, index, count, startswith. */
export function counted(name: string, call: Call, least: number, most: number): readonly Value[] {
  noNames(name, call);
  const short = name.slice(name.lastIndexOf('.') + 1);
  const given = call.args.length;
  if (given < least) throw typeFault(`${short}() takes at least ${plural(least)} (${given} given)`);
  if (given > most) throw typeFault(`${short}() takes at most ${plural(most)} (${given} given)`);
  return call.args;
}

/** Refuses named arguments. */
export function noNames(name: string, call: Call): void {
  if (call.named.size > 0) throw typeFault(`${name}() takes no keyword arguments`);
}

/** The arguments of a method that takes some with names; those not given are undefined. */
export function named(name: string, call: Call, parameters: readonly string[]): readonly (Value | undefined)[] {
  const given = call.args.length + call.named.size;
  if (given > parameters.length) {
    throw typeFault(`${name}() takes at most ${plural(parameters.length)} (${given} given)`);
  }
  for (const key of call.named.keys()) {
    const at = parameters.indexOf(key);
    if (at < 0) throw typeFault(`'${key}' is an invalid keyword argument for ${name}()`);
    if (at < call.args.length) {
      throw typeFault(`argument for ${name}() given by name ('${key}') and position (${at + 1})`);
    }
  }
  return parameters.map((parameter, i) => (i < call.args.length ? call.args[i] : call.named.get(parameter)));
}

/** An argument that has to be an int. @throws ExpressionFault `'str' object cannot be interpreted as an integer` */
export function integer(value: Value): number {
  const number = asIndex(value);
  if (number === undefined) throw typeFault(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return number;
}
