// operator/domain/expression/python/list-methods.ts — the methods of Python's list and tuple.
import { allowItems, spend } from '../evaluation.ts';
import { typeFault, undefinedFault, valueFault } from '../fault.ts';
import { type Call, callOf } from '../functions/call.ts';
import { Tuple } from './collections.ts';
import { equals } from './compare.ts';
import { allowGrowth } from './growth.ts';
import { sorted, toList } from './iterate.ts';
import { integer, type Method, type Methods, noArguments, oneArgument, positional } from './method.ts';
import { repr } from './repr.ts';
import { asIndex } from './text.ts';
import { isList, PyObject, truthy, type Value } from './values.ts';

type ListMethod = (list: Value[], call: Call) => Value;

const isSame = (a: Value, b: Value) => a === b || equals(a, b);

/** Lists are changed in place: the caller has made sure that they are the evaluation's own. */
const LISTS: Readonly<Record<string, ListMethod>> = {
  append: (list, call) => {
    const item = oneArgument('list.append', call);
    allowGrowth(list.length);
    list.push(item);
    return null;
  },
  extend: (list, call) => {
    const items = toList(oneArgument('list.extend', call));
    allowItems(list.length + items.length);
    for (const item of items) list.push(item);
    return null;
  },
  insert: (list, call) => {
    const [at = 0, item = null] = positional('list.insert', call, 2, 2);
    const place = integer(at);
    allowGrowth(list.length);
    spend(list.length >>> 6);
    list.splice(place < 0 ? Math.max(0, place + list.length) : place, 0, item);
    return null;
  },
  remove: (list, call) => {
    const item = oneArgument('list.remove', call);
    spend(list.length);
    const at = list.findIndex((one) => isSame(one, item));
    if (at < 0) throw valueFault('list.remove(x): x not in list');
    list.splice(at, 1);
    return null;
  },
  pop: (list, call) => {
    const [at = -1] = positional('list.pop', call, 0, 1);
    const place = integer(at);
    if (list.length === 0) throw undefinedFault('IndexError', 'pop from empty list');
    const index = place < 0 ? place + list.length : place;
    if (index < 0 || index >= list.length) throw undefinedFault('IndexError', 'pop index out of range');
    spend((list.length - index) >>> 6);
    return list.splice(index, 1)[0] ?? null;
  },
  clear: (list, call) => {
    noArguments('list.clear', call);
    list.length = 0;
    return null;
  },
  copy: (list, call) => {
    noArguments('list.copy', call);
    allowItems(list.length);
    return [...list];
  },
  reverse: (list, call) => {
    noArguments('list.reverse', call);
    spend(list.length >>> 4);
    list.reverse();
    return null;
  },
  sort: (list, { args, named }) => {
    if (args.length > 0) throw typeFault('sort() takes no positional arguments');
    for (const name of named.keys()) {
      if (name !== 'key' && name !== 'reverse') {
        throw typeFault(`'${name}' is an invalid keyword argument for sort()`);
      }
    }
    const key = named.get('key') ?? null;
    const reverse = named.get('reverse') ?? false;
    const items = sorted(list, key === null ? undefined : (value) => called(key, value), truthy(reverse));
    items.forEach((item, i) => {
      list[i] = item;
    });
    return null;
  },
  index: (list, call) => indexOf('list', list, call),
  count: (list, call) => countOf(list, oneArgument('list.count', call)),
};

function called(key: Value, value: Value): Value {
  const result = key instanceof PyObject ? key.call(callOf(value)) : undefined;
  if (result === undefined) throw typeFault(`${repr(key)} object is not callable`);
  return result;
}

function indexOf(type: 'list' | 'tuple', items: readonly Value[], call: Call): Value {
  const [item = null, start = 0, stop = items.length] = positional(`${type}.index`, call, 1, 3);
  const place = (value: Value) => {
    const at = asIndex(value);
    if (at === undefined) throw typeFault('slice indices must be integers or have an __index__ method');
    return at < 0 ? Math.max(0, at + items.length) : at;
  };
  const [from, to] = [place(start), place(stop)];
  spend(items.length);
  const at = items.findIndex((one, i) => i >= from && i < to && isSame(one, item));
  if (at < 0) throw valueFault(type === 'list' ? `${repr(item)} is not in list` : 'tuple.index(x): x not in tuple');
  return at;
}

function countOf(items: readonly Value[], item: Value): number {
  spend(items.length);
  return items.filter((one) => isSame(one, item)).length;
}

/** By name; `self` is a list. */
export const LIST_METHODS: Methods = new Map(
  Object.entries(LISTS).map(([name, method]): [string, Method] => [
    name,
    (self, call) => {
      if (!isList(self)) throw typeFault(`descriptor '${name}' requires a 'list' object`);
      // oxlint-disable-next-line typescript/consistent-type-assertions -- lists are readonly to all but these methods
      return method(self as Value[], call);
    },
  ]),
);

const itemsOf = (self: Value): readonly Value[] => (self instanceof Tuple ? self.items : []);

/** By name; `self` is a tuple. */
export const TUPLE_METHODS: Methods = new Map<string, Method>([
  ['index', (self, call) => indexOf('tuple', itemsOf(self), call)],
  ['count', (self, call) => countOf(itemsOf(self), oneArgument('tuple.count', call))],
]);
