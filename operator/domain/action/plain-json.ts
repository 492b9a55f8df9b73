// operator/domain/action/plain-json.ts — values of expressions → JSON, which tasks are written in.
import { Bytes, Tuple } from '../expression/python/collections.ts';
import { dictEntries, isDict } from '../expression/python/dict.ts';
import { repr, str } from '../expression/python/repr.ts';
import { Float, isList, isPlain, PyObject, type Value } from '../expression/python/values.ts';
import { SecretText } from './secret-stand-ins.ts';

/** Floats are numbers, tuples and sets lists, keys texts. Ints beyond 2^53 - 1 stay bigints. @throws Error for infinity and NaN */
export const plainJson = (value: Value): Value => plainWith(value, finite);

/** As plainJson; infinity and NaN become null, as StackStorm stores them. */
export const lenientJson = (value: Value): Value =>
  plainWith(value, (number) => (Number.isFinite(number) ? number : null));

function plainWith(value: Value, numberOf: (number: number) => Value): Value {
  const plain = (inner: Value): Value => plainWith(inner, numberOf);
  if (value instanceof Float || typeof value === 'number')
    return numberOf(Number(value instanceof Float ? value.value : value));
  if (isList(value)) return value.map(plain);
  if (isDict(value)) {
    const entries = dictEntries(value);
    return Object.fromEntries(entries.map(([key, item]) => [typeof key === 'string' ? key : repr(key), plain(item)]));
  }
  if (value instanceof SecretText) return value.text();
  if (value instanceof Tuple) return value.items.map(plain);
  if (value instanceof Bytes) return new TextDecoder().decode(value.bytes);
  if (!(value instanceof PyObject)) return value;
  const items = value.isText() ? undefined : value.iterate();
  return items ? Array.from(items, plain) : str(value);
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new Error('could not convert it: JSON has finite numbers only');
}

/** Texts changed, keys too; ints that JavaScript's numbers do not hold become texts with all their digits, or what `long` makes of them. */
export function finalJson(
  value: Value,
  change: (text: string) => string,
  long: (value: bigint) => unknown = String,
): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value === 'bigint') return long(value);
  if (isList(value)) return value.map((item) => finalJson(item, change, long));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), finalJson(item, change, long)]));
}
