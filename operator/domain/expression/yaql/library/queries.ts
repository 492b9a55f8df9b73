// operator/domain/expression/yaql/library/queries.ts — where, select, and what else takes a collection and gives one, lazily.
import { allowItems } from '../../evaluation.ts';
import { typeFault, valueFault } from '../../fault.ts';
import { truthy, type Value } from '../../python/values.ts';
import { PySet } from '../../python/collections.ts';
import { define, named, optional, param, rest } from '../function.ts';
import { collect, each, isCollection, isIterator, lazy, Memory } from '../iterators.ts';
import { any, collection, index, indexOrNull, lambda } from '../types.ts';
import { isTuple, keyOf, NO_VALUE, PyList, sequenceItems, View } from '../values.ts';

const items = param('collection', collection);
const predicate = param('predicate', lambda);
const selector = param('selector', lambda);

/** Python's islice takes no negative bounds. */
function sliceBound(value: number, message: string): number {
  if (value < 0) throw valueFault(`${message} must be None or an integer: 0 <= x <= sys.maxsize.`);
  return value;
}

export const queries = [
  define(['where', 'filter'], 'method', [items, predicate], (_, values, isWanted) =>
    lazy(function* () {
      for (const value of each(values)) if (truthy(isWanted(value))) yield value;
    }),
  ),
  define(['select', 'map'], 'method', [items, selector], (_, values, select) =>
    lazy(function* () {
      for (const value of each(values)) yield select(value);
    }),
  ),
  define('selectMany', 'method', [items, selector], (_, values, select) =>
    lazy(function* () {
      for (const value of each(values)) {
        const inner = select(value);
        if (isCollection(inner)) yield* each(inner);
        else yield inner;
      }
    }),
  ),
  define('skip', 'method', [items, param('count', index)], (_, values, count) => {
    const least = sliceBound(count, 'Indices for islice()');
    return lazy(function* () {
      let at = 0;
      for (const value of each(values)) if (at++ >= least) yield value;
    });
  }),
  define(['limit', 'take'], 'method', [items, param('count', index)], (_, values, count) => {
    const most = sliceBound(count, 'Stop argument for islice()');
    return lazy(() => firstOf(each(values)[Symbol.iterator](), most));
  }),
  define('append', 'both', [items, rest('args', any)], (_, values, others) =>
    lazy(function* () {
      yield* each(values);
      yield* others;
    }),
  ),
  define('concat', 'both', [rest('collections', collection)], (_, all) =>
    lazy(function* () {
      for (const values of all) yield* each(values);
    }),
  ),
  define('distinct', 'both', [items, optional('keySelector', lambda, undefined)], (_, values, keyOfItem) =>
    lazy(function* () {
      const seen = new Set<string>();
      for (const value of each(values)) {
        const key = keyOf(keyOfItem ? keyOfItem(value) : value);
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen.size % 1024 === 0) allowItems(seen.size);
        yield value;
      }
    }),
  ),
  define('enumerate', 'both', [items, optional('start', indexOrNull, 0)], (_, values, start) => {
    if (start === null) throw typeFault("'NoneType' object cannot be interpreted as an integer");
    return lazy(function* () {
      let at = start;
      for (const value of each(values)) yield new PyList([at++, value]);
    });
  }),
  define('memorize', 'method', [items], (_, values) => memorized(values)),
  define('takeWhile', 'method', [items, predicate], (_, values, isWanted) =>
    lazy(function* () {
      for (const value of each(values)) {
        if (!truthy(isWanted(value))) return;
        yield value;
      }
    }),
  ),
  define('skipWhile', 'method', [items, predicate], (_, values, isSkipped) =>
    lazy(function* () {
      let isOver = false;
      for (const value of each(values)) {
        isOver ||= !truthy(isSkipped(value));
        if (isOver) yield value;
      }
    }),
  ),
  define('cycle', 'method', [items], (_, values) =>
    lazy(function* () {
      const kept: Value[] = [];
      for (const value of each(values)) {
        kept.push(value);
        if (kept.length % 1024 === 0) allowItems(kept.length);
        yield value;
      }
      while (kept.length > 0) yield* kept;
    }),
  ),
  define('repeat', 'method', [param('value', any), optional('times', index, -1)], (_, value, times) =>
    lazy(function* () {
      for (let left = times; left !== 0; left--) yield value;
    }),
  ),
  define('zip', 'method', [rest('collections', collection)], (_, all) => lazy(() => zipped(all))),
  define('zipLongest', 'method', [rest('collections', collection), named(any)], (_, all, options) =>
    lazy(() => zipped(all, options.get('default') ?? null)),
  ),
  define(
    'join',
    'method',
    [param('collection1', collection), param('collection2', collection), predicate, selector],
    (_, left, right, isPair, select) =>
      lazy(function* () {
        const others = memorized(right);
        for (const a of each(left)) for (const b of each(others)) if (truthy(isPair(a, b))) yield select(a, b);
      }),
  ),
  define('reverse', 'method', [items], (_, values) =>
    lazy(function* () {
      yield* collect(each(values)).reverse();
    }),
  ),
  define('defaultIfEmpty', 'method', [items, param('default', collection)], (_, values, fallback) => {
    const known = sequenceItems(values)?.length ?? sizeOfSet(values);
    if (known !== undefined) return known === 0 ? fallback : values;
    const kept = memorized(values);
    const first = each(kept)[Symbol.iterator]().next();
    return first.done === true ? fallback : kept;
  }),
];

const sizeOfSet = (values: Value): number | undefined => {
  if (values instanceof PySet) return values.size();
  return values instanceof View && values.isSet ? values.items.length : undefined;
};

const memorized = (values: Value): Value =>
  isIterator(values) && !(values instanceof Memory) ? new Memory(values) : values;

/** The next items of an iterator, at most so many. */
export function* firstOf(source: Iterator<Value>, most: number): Generator<Value, void> {
  for (let at = 0; at < most; at++) {
    const next = source.next();
    if (next.done === true) return;
    yield next.value;
  }
}

/** Tuples of the items at the same place: as many as the shortest has, or with a filler as many as the longest. */
function* zipped(all: readonly Value[], filler: Value = NO_VALUE): Generator<Value, void> {
  const sources = all.map((values) => each(values)[Symbol.iterator]());
  while (sources.length > 0) {
    const row: Value[] = [];
    let left = sources.length;
    for (const source of sources) {
      const next = source.next();
      if (next.done === true && (--left === 0 || filler === NO_VALUE)) return;
      row.push(next.done === true ? filler : next.value);
    }
    yield row;
  }
}

/** A collection as a tuple, as the library's own to_list. */
export const asTuple = (values: Value): readonly Value[] =>
  (isTuple(values) ? sequenceItems(values) : undefined) ?? collect(each(values));
