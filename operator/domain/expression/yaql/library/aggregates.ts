// operator/domain/expression/yaql/library/aggregates.ts — a collection → one value, or its order, groups and slices.
import { allowItems, spend } from '../../evaluation.ts';
import { ExpressionFault, typeFault, valueFault } from '../../fault.ts';
import { Tuple } from '../../python/collections.ts';
import { truthy, type Value } from '../../python/values.ts';
import type { Context } from '../context.ts';
import { nothingLeft } from '../faults.ts';
import { define, optional, param } from '../function.ts';
import { collect, each, lazy, type Less, Ordering } from '../iterators.ts';
import { operate } from '../shortcuts.ts';
import { any, collection, index, lambda, type Lambda, ordering } from '../types.ts';
import { keyOf, NO_VALUE, PyList, same, sequenceItems } from '../values.ts';
import { asTuple, firstOf } from './queries.ts';

const items = param('collection', collection);
const selector = param('selector', lambda);
const predicate = param('predicate', lambda);

/** Python's reduce(). @throws ExpressionFault TypeError for nothing without a seed */
function reduce(values: Value, combine: (a: Value, b: Value) => Value, seed: Value): Value {
  let total = seed;
  for (const value of each(values)) total = total === NO_VALUE ? value : combine(total, value);
  if (total === NO_VALUE) throw typeFault('reduce() of empty iterable with no initial value');
  return total;
}

/** Reduces by a function of the library. */
const reduction = (name: string, combine: string) =>
  define(name, 'method', [items, optional('initial', any, NO_VALUE)], (context, values, seed) =>
    reduce(values, (a, b) => operate(context, combine, a, b), seed),
  );

const comparing =
  (context: Context, sign: '<' | '>'): Less =>
  (a, b) =>
    truthy(operate(context, `#operator_${sign}`, a, b));

const sorting = (name: string, ascending: boolean) =>
  define(name, 'method', [items, selector], (context, values, key) =>
    new Ordering(values, comparing(context, '<'), comparing(context, '>')).thenBy(key, ascending),
  );

const sortingFurther = (name: string, ascending: boolean) =>
  define(name, 'method', [param('collection', ordering), selector], (_, values, key) => values.thenBy(key, ascending));

const whereIs = (name: string, last: boolean) =>
  define(name, 'method', [items, predicate], (_, values, isWanted) =>
    placeOf(values, (value) => truthy(isWanted(value)), last),
  );

const indexOf = (name: string, last: boolean) =>
  define(name, 'method', [items, param('item', any)], (_, values, item) =>
    placeOf(values, (value) => same(value, item), last),
  );

function placeOf(values: Value, isWanted: (value: Value) => boolean, last: boolean): number {
  let [at, found] = [0, -1];
  for (const value of each(values)) {
    spend(1);
    if (isWanted(value)) {
      if (!last) return at;
      found = at;
    }
    at++;
  }
  return found;
}

export const aggregates = [
  define(
    ['aggregate', 'reduce'],
    'method',
    [items, selector, optional('seed', any, NO_VALUE)],
    (_, values, combine, seed) => reduce(values, combine, seed),
  ),
  define('accumulate', 'method', [items, selector, optional('seed', any, NO_VALUE)], (_, values, combine, seed) =>
    lazy(function* () {
      let total = seed;
      if (total !== NO_VALUE) yield total;
      for (const value of each(values)) {
        total = total === NO_VALUE ? value : combine(total, value);
        yield total;
      }
      if (total === NO_VALUE) throw typeFault('accumulate() of empty sequence with no initial value');
    }),
  ),
  reduction('sum', '#operator_+'),
  reduction('max', 'max'),
  reduction('min', 'min'),
  define('count', 'method', [items], (_, values) => {
    let size = 0;
    for (const _value of each(values)) size++;
    return size;
  }),
  define('any', 'both', [items, optional('predicate', lambda, undefined)], (_, values, isWanted) => {
    for (const value of each(values)) if (!isWanted || truthy(isWanted(value))) return true;
    return false;
  }),
  define('all', 'both', [items, optional('predicate', lambda, undefined)], (_, values, isWanted) => {
    for (const value of each(values)) if (!truthy(isWanted ? isWanted(value) : value)) return false;
    return true;
  }),
  define('first', 'method', [items, optional('default', any, NO_VALUE)], (_, values, fallback) => {
    for (const value of each(values)) return value;
    return given(fallback);
  }),
  define('last', 'method', [items, optional('default', any, NO_VALUE)], (_, values, fallback) => {
    let last = fallback;
    for (const value of sequenceItems(values)?.slice(-1) ?? each(values)) last = value;
    return given(last);
  }),
  define('single', 'method', [items], (_, values) => {
    let only: Value = NO_VALUE;
    for (const value of each(values)) {
      if (only !== NO_VALUE) throw nothingLeft('Collection contains more than one item');
      only = value;
    }
    return given(only);
  }),
  sorting('orderBy', true),
  sorting('orderByDescending', false),
  sortingFurther('thenBy', true),
  sortingFurther('thenByDescending', false),
  define(
    'groupBy',
    'method',
    [
      items,
      param('keySelector', lambda),
      optional('valueSelector', lambda, undefined),
      optional('aggregator', lambda, undefined),
    ],
    (_, values, keyOfItem, valueOfItem, aggregator) => {
      const groups = new Map<string, { readonly key: Value; readonly items: Value[] }>();
      for (const item of each(values)) {
        const value = valueOfItem ? valueOfItem(item) : item;
        const key = keyOfItem(item);
        const mark = keyOf(key);
        const group = groups.get(mark);
        if (group) group.items.push(value);
        else {
          spend(8);
          groups.set(mark, { key, items: [value] });
        }
      }
      return lazy(() => aggregated(groups.values(), aggregator));
    },
  ),
  indexOf('indexOf', false),
  indexOf('lastIndexOf', true),
  whereIs('indexWhere', false),
  whereIs('lastIndexWhere', true),
  define('slice', 'method', [items, param('length', index)], (_, values, length) =>
    lazy(function* () {
      const source = each(values)[Symbol.iterator]();
      for (;;) {
        if (length < 0)
          throw valueFault('Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.');
        const part = collect(firstOf(source, length));
        if (part.length === 0) return;
        yield part;
      }
    }),
  ),
  define('splitWhere', 'method', [items, predicate], (_, values, isBorder) =>
    lazy(function* () {
      const list = asTuple(values);
      let start = 0;
      for (const [at, value] of list.entries()) {
        if (!truthy(isBorder(value))) continue;
        yield list.slice(start, at);
        start = at + 1;
      }
      if (start !== list.length) yield list.slice(start);
    }),
  ),
  define('sliceWhere', 'method', [items, predicate], (_, values, mark) =>
    lazy(function* () {
      const list = asTuple(values);
      let start = 0;
      let before: Value = NO_VALUE;
      for (const [at, value] of list.entries()) {
        const now = mark(value);
        if (before !== NO_VALUE && !same(now, before)) {
          yield list.slice(start, at);
          start = at;
        }
        before = now;
      }
      if (start !== list.length) yield list.slice(start);
    }),
  ),
  define('splitAt', 'method', [items, param('index', index)], (_, values, at) => {
    const list = asTuple(values);
    allowItems(list.length);
    return new PyList([list.slice(0, at), list.slice(at)]);
  }),
];

/** @throws ExpressionFault StopIteration for nothing */
function given(value: Value): Value {
  if (value === NO_VALUE) throw nothingLeft();
  return value;
}

/** What an aggregator may fail with when it was written for the older library, which gave it key and values together. */
const OLD_STYLE = new Set(['NoMatchingMethodException', 'NoMatchingFunctionException', 'IndexError']);

/** `[key, values]` of each group, or `[key, aggregator(values)]`, or what an aggregator of the older style makes of both. */
function* aggregated(
  groups: Iterable<{ readonly key: Value; readonly items: readonly Value[] }>,
  aggregator: Lambda | undefined,
): Generator<Value, void> {
  let failure: ExpressionFault | undefined;
  let mayBeOld = true;
  for (const { key, items: list } of groups) {
    const values = new PyList(list);
    const group = new Tuple([key, values]);
    if (!aggregator) {
      yield group;
      continue;
    }
    if (!failure) {
      try {
        const result = aggregator(values);
        mayBeOld &&= isOldPair(result, values);
        yield new Tuple([key, result]);
        continue;
      } catch (error) {
        if (!(error instanceof ExpressionFault && OLD_STYLE.has(error.type))) throw error;
        failure = error;
      }
    }
    yield oldStyle(group, aggregator, mayBeOld, failure);
  }
}

/** Whether the aggregator of two values gave a pair that begins with the first: it may have taken them for key and values. */
function isOldPair(result: Value, values: Value): boolean {
  const [list, pair] = [sequenceItems(values) ?? [], sequenceItems(result)];
  const [first] = list;
  return list.length === 2 && pair?.length === 2 && first !== undefined && same(pair[0] as Value, first);
}

function oldStyle(group: Value, aggregator: Lambda, mayBeOld: boolean, failure: ExpressionFault): Value {
  if (!mayBeOld) throw failure;
  let result: Value;
  try {
    result = aggregator(group);
  } catch (error) {
    throw error instanceof ExpressionFault && error.kind !== 'budget' ? failure : error;
  }
  const size = typeof result === 'string' ? [...result].length : (sequenceItems(result)?.length ?? 0);
  if (size !== 2) throw failure;
  return result;
}
