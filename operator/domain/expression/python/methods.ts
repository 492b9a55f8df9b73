// operator/domain/expression/python/methods.ts — the methods and attributes of Python's built-in types, by name.
import type { Call } from '../functions/call.ts';
import { BYTES_METHODS } from './bytes-methods.ts';
import { Bytes, PySet, Tuple } from './collections.ts';
import { DICT_METHODS } from './dict-methods.ts';
import { isDict } from './dict.ts';
import { FROZEN_METHODS, SET_METHODS } from './set-methods.ts';
import { LIST_METHODS, TUPLE_METHODS } from './list-methods.ts';
import type { Method, Methods } from './method.ts';
import { FLOAT_METHODS, INT_METHODS, numberAttribute } from './number-methods.ts';
import { isFloat, isInt } from './numbers.ts';
import { repr } from './repr.ts';
import { STR_METHODS } from './str-methods.ts';
import { isList, PyObject, typeName, type Value } from './values.ts';

export type { Method } from './method.ts';

/** Names of the methods that change the list, dict or set they are called on, in place. */
export const MUTATING: ReadonlySet<string> = new Set(
  (
    'append extend insert remove pop clear sort reverse popitem setdefault update add discard ' +
    'difference_update intersection_update symmetric_difference_update'
  ).split(' '),
);

/** The method of that name that values of its type have; undefined when there is none. */
export const methodOf = (value: Value, name: string): Method | undefined => tableOf(value)?.get(name);

/** The names of all methods of a value's type: for "did you mean". */
export const methodNames = (value: Value): Iterable<string> => tableOf(value)?.keys() ?? [];

function tableOf(value: Value): Methods | undefined {
  if (typeof value === 'string') return STR_METHODS;
  if (isList(value)) return LIST_METHODS;
  if (isDict(value)) return DICT_METHODS;
  if (typeof value === 'boolean' || isInt(value)) return INT_METHODS;
  if (isFloat(value)) return FLOAT_METHODS;
  if (value instanceof Tuple) return TUPLE_METHODS;
  if (value instanceof PySet) return value.typeName === 'set' ? SET_METHODS : FROZEN_METHODS;
  return value instanceof Bytes ? BYTES_METHODS : undefined;
}

/** Python's `value.name` of a built-in type: a bound method, or an attribute of a number; undefined when there is none. */
export function attributeOf(value: Value, name: string): Value | undefined {
  const method = methodOf(value, name);
  return method ? new BoundMethod(value, name, method) : numberAttribute(value, name);
}

/** `'text'.upper`, not yet called. */
class BoundMethod extends PyObject {
  readonly typeName = 'builtin_function_or_method';
  readonly #self: Value;
  readonly #name: string;
  readonly #method: Method;
  constructor(self: Value, name: string, method: Method) {
    super();
    this.#self = self;
    this.#name = name;
    this.#method = method;
  }
  repr(): string {
    return `<built-in method ${this.#name} of ${typeName(this.#self)} object>`;
  }
  override call(call: Call): Value {
    return this.#method(this.#self, call);
  }
  override hashKey(): string {
    return `method:${this.#name}:${repr(this.#self)}`;
  }
}
