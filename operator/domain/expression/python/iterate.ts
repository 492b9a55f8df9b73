// operator/domain/expression/python/iterate.ts — walking values, and the built-in functions that walk them: len, list, sorted, sum, min, max.
import { allowItems, spend } from '../evaluation.ts';
import { typeFault, valueFault } from '../fault.ts';
import { compare, compareText } from './compare.ts';
import { dictKeys } from './dict.ts';
import { allowGrowth } from './growth.ts';
import { binary } from './operators.ts';
import { textLength } from './text.ts';
import { type Comparison, isList, isPlain, plainSize, PyObject, typeName, type Value } from './values.ts';

/** What Python's iter() walks: characters, items, keys; undefined for what is not iterable. Who walks it counts the steps. */
export function iterable(value: Value): Iterable<Value> | undefined {
  if (typeof value === 'string' || isList(value)) return value;
  if (value instanceof PyObject) return value.iterate();
  return isPlain(value) ? dictKeys(value) : undefined;
}

/** As `iterable`. @throws ExpressionFault `'int' object is not iterable` */
export function iterate(value: Value): Iterable<Value> {
  const items = iterable(value);
  if (items === undefined) throw typeFault(`'${typeName(value)}' object is not iterable`);
  return items;
}

/** Python's len(). @throws ExpressionFault `object of type 'int' has no len()` */
export function length(value: Value): number {
  if (typeof value === 'string') return textLength(value);
  if (isList(value)) return value.length;
  const size = value instanceof PyObject ? value.size() : isPlain(value) ? plainSize(value) : undefined;
  if (size === undefined) throw typeFault(`object of type '${typeName(value)}' has no len()`);
  return size;
}

/** Python's list(): always a new list, the caller's own. */
export function toList(value: Value): Value[] {
  const items = iterate(value);
  if (Array.isArray(items)) {
    allowItems(items.length);
    return [...(items as readonly Value[])];
  }
  return collect(items);
}

/** A new list of what an iterator gives; endless ones end in a fault. */
function collect(items: Iterable<Value>): Value[] {
  const list: Value[] = [];
  for (const item of items) {
    allowGrowth(list.length);
    list.push(item);
  }
  return list;
}

/** Python's sorted(): stable, by `<` only. @throws ExpressionFault when two keys have no order */
export function sorted(values: Iterable<Value>, key?: (value: Value) => Value, reverse = false): Value[] {
  const pairs = collect(values).map((value) => ({ value, key: key ? key(value) : value }));
  spend(pairs.length * Math.ceil(Math.log2(pairs.length + 1)));
  if (reverse) pairs.reverse(); // as Python does, so that equal keys keep their order
  pairs.sort(orderOf(pairs.map((pair) => pair.key)));
  if (reverse) pairs.reverse();
  return pairs.map((pair) => pair.value);
}

interface Keyed {
  readonly key: Value;
}

/** The order of keys; those of one simple type need no more than JavaScript's own. */
function orderOf(keys: readonly Value[]): (a: Keyed, b: Keyed) => number {
  if (keys.every((key) => typeof key === 'number' && !Number.isNaN(key))) {
    return (a, b) => (a.key as number) - (b.key as number);
  }
  if (keys.every((key) => typeof key === 'string')) return (a, b) => compareText(a.key as string, b.key as string);
  return (a, b) => (compare('<', a.key, b.key) ? -1 : compare('<', b.key, a.key) ? 1 : 0);
}

/** Python's sum(). @throws ExpressionFault for what has no `+` with the sum so far */
export function sum(values: Iterable<Value>, start: Value = 0): Value {
  if (typeof start === 'string') throw typeFault("sum() can't sum strings [use ''.join(seq) instead]");
  let total: Value = start;
  for (const value of values) {
    spend(1);
    total = binary('+', total, value);
  }
  return total;
}

/** Python's min(); undefined when there is nothing. @throws ExpressionFault when two keys have no order */
export const minimum = (values: Iterable<Value>, key?: (value: Value) => Value): Value | undefined =>
  extreme('<', values, key);

/** Python's max(); undefined when there is nothing. @throws ExpressionFault when two keys have no order */
export const maximum = (values: Iterable<Value>, key?: (value: Value) => Value): Value | undefined =>
  extreme('>', values, key);

function extreme(
  sign: Comparison,
  values: Iterable<Value>,
  key: (value: Value) => Value = (v) => v,
): Value | undefined {
  let best: { value: Value; key: Value } | undefined;
  for (const value of values) {
    spend(1);
    const mine = key(value);
    if (!best || compare(sign, mine, best.key)) best = { value, key: mine };
  }
  return best?.value;
}

/** The fault of min() and max() of nothing, where Python raises one. */
export const emptySequence = (name: 'min' | 'max') => valueFault(`${name}() arg is an empty sequence`);
