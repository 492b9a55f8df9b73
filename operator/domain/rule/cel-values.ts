// operator/domain/rule/cel-values.ts — payload → the values that CEL computes with: ints are bigints, objects are Maps.
import { allowCharacters, spend } from '../expression/evaluation.ts';
import { isIn } from '../expression/python/search.ts';
import { isList, isPlain, type Value } from '../expression/python/values.ts';

/** Largest int of CEL; integral numbers beyond are doubles. */
const INT_MAX = 2 ** 63;
/** Many rules may look at one payload. */
const converted = new WeakMap<object, unknown>();

/** A Map has no names but its keys, whatever a payload is called: `constructor` and `__proto__` are keys like any other. */
export function celValue(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return scalar(value);
  const known = converted.get(value);
  if (known !== undefined) return known;
  const made = convert(value);
  converted.set(value, made);
  return made;
}

function convert(value: Value): unknown {
  if (isList(value)) {
    spend(value.length >>> 3);
    return value.map(convert);
  }
  if (!isPlain(value)) return scalar(value);
  const entries = Object.entries(value);
  spend(entries.length >>> 3);
  return new Map(entries.map(([key, one]) => [key, convert(one)]));
}

function scalar(value: Value): unknown {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < INT_MAX ? BigInt(value) : value;
}

/** Counts the work of an operator or a function on an operand, before it is done; gives the operand back. @throws ExpressionFault */
export function charge(value: unknown): unknown {
  spend(1);
  if (typeof value === 'string') allowCharacters(value.length);
  else if (value instanceof Uint8Array) allowCharacters(value.length);
  return value;
}

/** As `charge`, for what looks at everything inside: ==, in, +, join, split. @throws ExpressionFault */
export function chargeDeep(value: unknown): unknown {
  charge(value);
  if (Array.isArray(value)) value.forEach(chargeDeep);
  else if (value instanceof Map) {
    for (const [key, one] of value) {
      charge(key);
      chargeDeep(one);
    }
  } else if (isRecord(value)) Object.values(value).forEach(chargeDeep);
  return value;
}

/** CEL's text.contains(part), in linear time. @throws ExpressionFault */
export function contains(text: string, part: string): boolean {
  return isIn(text, part);
}

/** Counts the work of looking for a text where it is not known in what: long ones are dear. @throws ExpressionFault */
export function chargePart(value: unknown): unknown {
  if (typeof value === 'string' && value.length > SHORT) spend(value.length * 1024);
  return charge(value);
}

/** Characters of a part that is found in the time that one pass over a text takes. */
const SHORT = 16;

/** Counts the passes of a loop before it begins; each passes `weight` nodes. @throws ExpressionFault */
export function chargeLoop(items: unknown, weight: unknown): unknown {
  const count = Array.isArray(items)
    ? items.length
    : items instanceof Map
      ? items.size
      : isRecord(items)
        ? Object.keys(items).length
        : 1;
  spend(1 + count * Number(weight));
  return items;
}

/** A map literal of an expression, or what bytes.json() gives. */
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
