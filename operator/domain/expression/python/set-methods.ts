// operator/domain/expression/python/set-methods.ts — the methods of Python's set and frozenset.
import { typeFault, undefinedFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { combine, PySet, type SetOperator as Sign } from './collections.ts';
import { iterate, toList } from './iterate.ts';
import { type Method, type Methods, noArguments, noNames, oneArgument } from './method.ts';
import { repr } from './repr.ts';
import type { Value } from './values.ts';

type SetMethod = (set: PySet, call: Call) => Value;

/** The set combined with each of the others in turn. */
function combined(set: PySet, sign: Sign, others: readonly Value[]): PySet {
  let result = new PySet(set.values(), set.typeName === 'frozenset');
  for (const other of others) result = combine(sign, result.values(), iterate(other), set.typeName === 'frozenset');
  return result;
}

function become(set: PySet, result: PySet): Value {
  for (const item of set.values()) if (!result.has(item)) set.delete(item);
  for (const item of result.values()) set.add(item);
  return null;
}

const many =
  (name: string, sign: Sign): SetMethod =>
  (set, call) => {
    noNames(name, call);
    return combined(set, sign, call.args);
  };
const manyInPlace =
  (name: string, sign: Sign): SetMethod =>
  (set, call) => {
    noNames(name, call);
    return become(set, combined(set, sign, call.args));
  };

/** A set is looked for by what is in it. */
const asMember = (item: Value) => (item instanceof PySet ? new PySet(item.values(), true) : item);

const isSubset = (small: PySet, large: PySet) => [...small.values()].every((item) => large.has(item));

const METHODS: Readonly<Record<string, SetMethod>> = {
  union: many('union', '|'),
  intersection: many('intersection', '&'),
  difference: many('difference', '-'),
  symmetric_difference: (set, call) => combined(set, '^', [oneArgument('set.symmetric_difference', call)]),
  issubset: (set, call) => isSubset(set, new PySet(toList(oneArgument('set.issubset', call)))),
  issuperset: (set, call) => toList(oneArgument('set.issuperset', call)).every((item) => set.has(item)),
  isdisjoint: (set, call) => !toList(oneArgument('set.isdisjoint', call)).some((item) => set.has(item)),
  copy: (set, call) => {
    noArguments('set.copy', call);
    return new PySet(set.values(), set.typeName === 'frozenset');
  },
};

const IN_PLACE: Readonly<Record<string, SetMethod>> = {
  update: manyInPlace('update', '|'),
  intersection_update: manyInPlace('intersection_update', '&'),
  difference_update: manyInPlace('difference_update', '-'),
  symmetric_difference_update: (set, call) =>
    become(set, combined(set, '^', [oneArgument('set.symmetric_difference_update', call)])),
  add: (set, call) => {
    set.add(oneArgument('set.add', call));
    return null;
  },
  discard: (set, call) => {
    set.delete(asMember(oneArgument('set.discard', call)));
    return null;
  },
  remove: (set, call) => {
    const item = oneArgument('set.remove', call);
    if (!set.delete(asMember(item))) throw undefinedFault('KeyError', repr(item));
    return null;
  },
  pop: (set, call) => {
    noArguments('set.pop', call);
    const [first] = set.values();
    if (first === undefined) throw undefinedFault('KeyError', "'pop from an empty set'");
    set.delete(first);
    return first;
  },
  clear: (set, call) => {
    noArguments('set.clear', call);
    return become(set, new PySet());
  },
};

const bound = (methods: Readonly<Record<string, SetMethod>>) =>
  Object.entries(methods).map(([name, method]): [string, Method] => [
    name,
    (self, call) => {
      if (!(self instanceof PySet)) throw typeFault(`descriptor '${name}' requires a 'set' object`);
      return method(self, call);
    },
  ]);

/** By name; `self` is a frozenset. */
export const FROZEN_METHODS: Methods = new Map(bound(METHODS));
/** By name; `self` is a set. */
export const SET_METHODS: Methods = new Map(bound({ ...METHODS, ...IN_PLACE }));
