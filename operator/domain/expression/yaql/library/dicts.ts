// operator/domain/expression/yaql/library/dicts.ts — dicts: making, changing (a copy), looking up, views, merging.
import { deeper } from '../../evaluation.ts';
import { typeFault } from '../../fault.ts';
import { type AnyDict, Dict, dictEntries, dictGet, dictSize, dictValues, isDict } from '../../python/dict.ts';
import { typeName, type Value } from '../../python/values.ts';
import { entry } from '../access.ts';
import { define, optional, param, rest } from '../function.ts';
import { collect, each, eachOf } from '../iterators.ts';
import { any, collection, dict, index, lambda, pair } from '../types.ts';
import { asKey, FrozenDict, includes, isTuple, keyOf, lookUp, NO_VALUE, sequenceItems, View } from '../values.ts';
import { nothingLeft } from '../faults.ts';

const one = param('dict', dict);
const key = param('key', any);
type Entry = readonly [Value, Value];

const frozen = (entries: Iterable<Entry>): FrozenDict => {
  const result = new FrozenDict();
  for (const [name, value] of entries) result.set(asKey(name), value);
  return result;
};

const orElse = (value: Value | undefined, fallback: Value) => (value === undefined ? fallback : value);

const view = (part: 'keys' | 'values' | 'items') =>
  define(part, 'method', [one], (_, target) => new View(part, target));

export const dicts = [
  define(
    ['dict', '#map'],
    'function',
    [rest('args', pair)],
    (_, pairs) => frozen(pairs.map(({ source, destination }) => [source, destination] as const)),
    true,
  ),
  define(
    'dict',
    'function',
    [param('items', collection)],
    (_, items) => {
      const result = new FrozenDict();
      for (const item of each(items)) {
        const [name, value] = firstTwo(item);
        result.set(asKey(name), value);
      }
      return result;
    },
    true,
  ),
  define(
    'toDict',
    'method',
    [param('collection', collection), param('keySelector', lambda), optional('valueSelector', lambda, undefined)],
    (_, items, keyOfItem, valueOfItem) => {
      const result = new Dict();
      for (const item of each(items)) {
        const name = asKey(keyOfItem(item));
        result.set(name, valueOfItem ? valueOfItem(item) : item);
      }
      return result;
    },
  ),
  define('#indexer', 'function', [one, key], (_, target, name) => entry(target, name)),
  define('#indexer', 'function', [one, key, param('default', any)], (_, target, name, fallback) =>
    orElse(lookUp(target, name), fallback),
  ),
  define('get', 'method', [one, key, optional('default', any, null)], (_, target, name, fallback) =>
    orElse(lookUp(target, name), fallback),
  ),
  define(
    'set',
    'method',
    [one, key, param('value', any)],
    (_, target, name, value) => frozen([...dictEntries(target), [name, value]]),
    true,
  ),
  define(
    'set',
    'method',
    [one, param('replacements', dict)],
    (_, target, others) => frozen([...dictEntries(target), ...dictEntries(others)]),
    true,
  ),
  define(
    'set',
    'method',
    [one, rest('args', pair)],
    (_, target, pairs) =>
      frozen([...dictEntries(target), ...pairs.map(({ source, destination }) => [source, destination] as const)]),
    true,
  ),
  view('keys'),
  view('values'),
  view('items'),
  define('containsKey', 'method', [one, key], (_, target, name) => lookUp(target, name) !== undefined),
  define('containsValue', 'method', [one, param('value', any)], (_, target, value) =>
    includes(dictValues(target), value),
  ),
  define('#operator_+', 'function', [param('left', dict), param('right', dict)], (_, left, right) =>
    frozen([...dictEntries(left), ...dictEntries(right)]),
  ),
  define('len', 'both', [one], (_, target) => dictSize(target)),
  define('isDict', 'function', [param('arg', any)], (_, value) => isDict(value)),
  define('delete', 'method', [one, rest('keys', any)], (_, target, names) => without(target, names)),
  define('deleteAll', 'method', [one, param('keys', collection)], (_, target, names) => without(target, each(names))),
  define(
    'mergeWith',
    'method',
    [
      one,
      param('another', dict),
      optional('listMerger', lambda, undefined),
      optional('itemMerger', lambda, undefined),
      optional('maxLevels', index, 0),
    ],
    (_, target, another, mergeLists = distinctLists, mergeItems = (_a, b) => b ?? null, levels) =>
      merge(target, another, { mergeLists, mergeItems }, levels),
  ),
];

/** The first two of a pair; Python's next() fails with a third class of fault when there are fewer. */
function firstTwo(item: Value): readonly [Value, Value] {
  const [name = NO_VALUE, value = NO_VALUE] = eachOf(item);
  if (name === NO_VALUE || value === NO_VALUE) throw nothingLeft();
  return [name, value];
}

function without(target: AnyDict, names: Iterable<Value>): Dict {
  const copy = new Dict(dictEntries(target));
  for (const name of names) if (copy.size() > 0) copy.delete(asKey(name));
  return copy;
}

interface Mergers {
  readonly mergeLists: (...values: readonly Value[]) => Value;
  readonly mergeItems: (...values: readonly Value[]) => Value;
}

function merge(one: AnyDict, other: AnyDict, mergers: Mergers, levels: number): Dict {
  const result = new Dict(dictEntries(one));
  for (const [name, theirs] of dictEntries(other)) {
    const mine = dictGet(one, name);
    result.set(name, mine === undefined ? theirs : mergeValues(mine, theirs, mergers, levels));
  }
  return result;
}

function mergeValues(mine: Value, theirs: Value, mergers: Mergers, levels: number): Value {
  if (levels !== 1 && isDict(theirs)) {
    if (!isDict(mine)) throw unmergeable(mine, theirs);
    return deeper(() => merge(mine, theirs, mergers, levels === 0 ? 0 : levels - 1));
  }
  if (levels !== 1 && sequenceItems(theirs)) {
    if (!sequenceItems(mine)) throw unmergeable(mine, theirs);
    return mergers.mergeLists(mine, theirs);
  }
  return mergers.mergeItems(mine, theirs);
}

const className = (value: Value) => (Array.isArray(value) ? 'tuple' : typeName(value));
const unmergeable = (mine: Value, theirs: Value) =>
  typeFault(`Cannot merge <class '${className(mine)}'> with <class '${className(theirs)}'>`);

/** Both lists, each value once. */
function distinctLists(mine: Value = null, theirs: Value = null): Value {
  if (isTuple(mine) !== isTuple(theirs)) {
    const [a, b] = isTuple(mine) ? ['tuple', 'list'] : ['list', 'tuple'];
    throw typeFault(`can only concatenate ${a} (not "${b}") to ${a}`);
  }
  const seen = new Set<string>();
  return collect([...(sequenceItems(mine) ?? []), ...(sequenceItems(theirs) ?? [])]).filter((value) => {
    const mark = keyOf(value);
    return !seen.has(mark) && seen.add(mark);
  });
}
