// operator/domain/expression/yaql/library/lists.ts — lists: making, changing (a copy), indexing, searching.
import { allowItems, spend } from '../../evaluation.ts';
import { typeFault, valueFault } from '../../fault.ts';
import { PySet } from '../../python/collections.ts';
import { isDict } from '../../python/dict.ts';
import { typeName, type Value } from '../../python/values.ts';
import { itemAt } from '../access.ts';
import { define, optional, param, rest } from '../function.ts';
import { collect, each, eachOf, isCollection, isIterator, lazy } from '../iterators.ts';
import { any, collection, index, iterator, noSet, sequence } from '../types.ts';
import { asKey, includes, isTuple, keyOf, PyList, sequenceItems, View } from '../values.ts';

const items = param('collection', collection);
const position = param('position', index);
const count = optional('count', index, 1);

/** The items, with those of iterators among them in their place. */
export function* spread(values: Iterable<Value>): Generator<Value, void> {
  for (const value of values) {
    if (isIterator(value)) yield* spread(value);
    else yield value;
  }
}

/** All items at whatever depth; what is open waits on a stack, so that deep ones cost no more than others. */
function* flat(values: Iterable<Value>): Generator<Value, void> {
  const open = [values[Symbol.iterator]()];
  for (let source = open.at(-1); source; source = open.at(-1)) {
    const next = source.next();
    if (next.done === true) open.pop();
    else if (isCollection(next.value)) {
      spend(2);
      open.push(each(next.value)[Symbol.iterator]());
    } else yield next.value;
  }
}

/** Whether the item at `at` is one of `many` from `from` on; all from there for a negative number. */
const isCut = (at: number, from: number, many: number) => (many < 0 ? at >= from : at >= from && at < from + many);

/** Python's `value in collection`: sets look for the key, all else compares. */
export function isIn(value: Value, container: Value): boolean {
  if (container instanceof PySet) return container.has(asKey(value));
  if (container instanceof View && container.part === 'keys') {
    const key = keyOf(value);
    return container.items.some((item) => keyOf(item) === key);
  }
  if (container instanceof View && container.typeName === 'ItemsView') return isEntry(value, container);
  return includes(each(container), value);
}

/** What is looked for among the items of a frozen dict is taken apart first. @throws ExpressionFault as Python's unpacking */
function isEntry(value: Value, view: View): boolean {
  const parts = typeof value === 'string' || isDict(value) || isCollection(value) ? collect(eachOf(value)) : undefined;
  if (!parts) throw typeFault(`cannot unpack non-iterable ${typeName(value)} object`);
  if (parts.length > 2) throw valueFault('too many values to unpack (expected 2)');
  if (parts.length < 2) throw valueFault(`not enough values to unpack (expected 2, got ${parts.length})`);
  keyOf(parts[0] as Value);
  return includes(view.items, parts);
}

export const lists = [
  define('list', 'function', [rest('args', any)], (_, values) => collect(spread(values))),
  define('#list', 'function', [rest('args', any)], (_, values) => [...values]),
  define('toList', 'method', [items], (_, values) => (isTuple(values) ? values : collect(each(values)))),
  define('flatten', 'method', [items], (_, values) => lazy(() => flat(each(values)))),
  define('#indexer', 'function', [param('list', sequence), param('index', index)], (_, values, at) =>
    itemAt(values, at),
  ),
  define('#operator_in', 'function', [param('value', any), items], (_, value, values) => isIn(value, values)),
  define('contains', 'method', [items, param('value', any)], (_, values, value) => isIn(value, values)),
  define('#operator_+', 'function', [param('left', collection), param('right', collection)], (_, left, right) => {
    const [a, b] = [sequenceItems(left), sequenceItems(right)];
    if (a && b && isTuple(left) && isTuple(right)) {
      allowItems(a.length + b.length);
      return [...a, ...b];
    }
    if (left instanceof PySet && right instanceof PySet) return new PySet([...left.values(), ...right.values()], true);
    return lazy(function* () {
      yield* each(left);
      yield* each(right);
    });
  }),
  define('#operator_*', 'function', [param('left', sequence), param('right', index)], (_, values, times) =>
    repeated(values, times),
  ),
  define('#operator_*', 'function', [param('left', index), param('right', sequence)], (_, times, values) =>
    repeated(values, times),
  ),
  define('len', 'both', [param('sequence', sequence)], (_, values) => sequenceItems(values)?.length ?? 0),
  define('len', 'both', [param('collection', iterator)], (_, values) => {
    let size = 0;
    for (const _item of values) size++;
    return size;
  }),
  define('isList', 'function', [param('arg', any)], (_, value) => sequenceItems(value) !== undefined),
  define('isIterable', 'function', [param('value', any)], (_, value) => isCollection(value)),
  define('delete', 'method', [items, position, count], (_, values, from, many) =>
    lazy(function* () {
      let at = 0;
      for (const value of each(values)) if (!isCut(at++, from, many)) yield value;
    }),
  ),
  define('replace', 'method', [items, position, param('value', any), count], (_, values, from, value, many) =>
    lazy(() => replaced(values, from, [value], many)),
  ),
  define(
    'replaceMany',
    'method',
    [items, position, param('values', collection), count],
    (_, values, from, others, many) => lazy(() => replaced(values, from, each(others), many)),
  ),
  define('insert', 'method', [param('collection', noSet), position, param('value', any)], (_, values, at, value) =>
    lazy(() => inserted(values, at, [value], false)),
  ),
  define('insert', 'method', [param('collection', sequence), position, param('value', any)], (_, values, at, value) => {
    const copy = [...(sequenceItems(values) ?? [])];
    allowItems(copy.length + 1);
    copy.splice(at, 0, value);
    return new PyList(copy);
  }),
  define('insertMany', 'method', [items, position, param('values', collection)], (_, values, at, others) =>
    lazy(() => inserted(values, at, each(others), true)),
  ),
];

/** The items of which `many` are replaced by others, which come once. */
function* replaced(values: Value, from: number, others: Iterable<Value>, many: number): Generator<Value, void> {
  let [at, isDone] = [0, false];
  for (const value of each(values)) {
    if (!isCut(at++, from, many)) yield value;
    else if (!isDone) {
      isDone = true;
      yield* others;
    }
  }
}

/** Others before the item at a place; behind the end they come last, before the start only `many` come, first. */
function* inserted(values: Value, place: number, others: Iterable<Value>, many: boolean): Generator<Value, void> {
  let at = -1;
  if (many && place < 0) yield* others;
  for (const value of each(values)) {
    if (++at === place) yield* others;
    yield value;
  }
  if (place > at) yield* others;
}

function repeated(values: Value, times: number): Value {
  const one = sequenceItems(values);
  if (!one) throw typeFault('not a sequence');
  const count = one.length === 0 ? 0 : Math.max(0, times); // nothing, however often, is nothing
  allowItems(one.length * count);
  const all = Array.from({ length: count }, () => one).flat();
  return isTuple(values) ? all : new PyList(all);
}
