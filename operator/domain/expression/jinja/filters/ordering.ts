// operator/domain/expression/jinja/filters/ordering.ts — filters that order or compare items: sort, dictsort, unique, min, max, groupby, sum.
import { spend } from '../../evaluation.ts';
import { ExpressionFault, undefinedFault } from '../../fault.ts';
import { Tuple } from '../../python/collections.ts';
import { equals, hashKey } from '../../python/compare.ts';
import { dictEntries, isDict } from '../../python/dict.ts';
import { iterate, maximum, minimum, sorted, sum } from '../../python/iterate.ts';
import { truthy, typeName, type Value } from '../../python/values.ts';
import type { Engine, Filter } from '../engine.ts';
import { plainText } from '../markup.ts';
import { Undefined } from '../undefined.ts';
import { getter, ignoreCase, listGetter } from './attributes.ts';
import { Generator } from './generator.ts';
import { filter } from './signature.ts';

function sort(engine: Engine, value: Value, reverse: Value, caseSensitive: Value, attribute: Value): Value {
  const key = listGetter(engine, attribute, !truthy(caseSensitive));
  const one = attribute === null || !plainText(attribute)?.includes(',');
  // One key orders as a list of just that key does.
  return sorted(iterate(value), one ? (item) => (key(item) as Value[])[0] as Value : key, truthy(reverse));
}

function dictSort(_: Engine, value: Value, caseSensitive: Value, by: Value, reverse: Value): Value {
  const part = plainText(by);
  if (part !== 'key' && part !== 'value') {
    throw new ExpressionFault('resolution', 'FilterArgumentError', 'You can only sort by either "key" or "value"');
  }
  const items = itemsOf(value).map((entry) => new Tuple(entry));
  const at = part === 'key' ? 0 : 1;
  const key = (item: Value) => {
    const chosen = (item as Tuple).items[at] as Value;
    return truthy(caseSensitive) ? chosen : ignoreCase(chosen);
  };
  return sorted(items, key, truthy(reverse));
}

/** Python's value.items(). */
export function itemsOf(value: Value): readonly (readonly [Value, Value])[] {
  if (value instanceof Undefined) throw value.fault();
  if (!isDict(value)) throw undefinedFault('AttributeError', `'${typeName(value)}' object has no attribute 'items'`);
  return dictEntries(value);
}

function* unique(engine: Engine, value: Value, caseSensitive: Value, attribute: Value): IterableIterator<Value> {
  const get = getter(engine, attribute, { lower: !truthy(caseSensitive) });
  const seen = new Set<string>();
  for (const item of iterate(value)) {
    const key = hashKey(get(item));
    if (seen.has(key)) continue;
    seen.add(key);
    yield item;
  }
}

const extreme =
  (pick: typeof minimum) =>
  (engine: Engine, value: Value, caseSensitive: Value, attribute: Value): Value => {
    const found = pick(iterate(value), getter(engine, attribute, { lower: !truthy(caseSensitive) }));
    return found === undefined
      ? engine.undefined({ hint: 'No aggregated item, sequence was empty.', name: '' })
      : found;
  };

/** A group: a tuple whose parts also have names. */
class Group extends Tuple {
  override readonly typeName = '_GroupTuple';
  override attribute(name: string): Value | undefined {
    return name === 'grouper' ? this.items[0] : name === 'list' ? this.items[1] : super.attribute(name);
  }
}

function groupBy(engine: Engine, value: Value, attribute: Value, fallback: Value, caseSensitive: Value): Value {
  const lower = !truthy(caseSensitive);
  const get = getter(engine, attribute, { lower, fallback });
  const shown = getter(engine, attribute, { fallback });
  const groups: { readonly key: Value; readonly items: Value[] }[] = [];
  for (const item of sorted(iterate(value), get)) {
    spend(1);
    const key = get(item);
    const group = groups.at(-1);
    if (group && equals(group.key, key)) group.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map(({ key, items }) => new Group([lower ? shown(items[0] as Value) : key, items]));
}

function total(engine: Engine, value: Value, attribute: Value, start: Value): Value {
  if (attribute === null) return sum(iterate(value), start);
  const get = getter(engine, attribute);
  return sum(mapped(iterate(value), get), start);
}

function* mapped(items: Iterable<Value>, get: (item: Value) => Value): Iterable<Value> {
  for (const item of items) yield get(item);
}

const COMPARED = ['value', ['case_sensitive', false], ['attribute', null]] as const;

export const ORDERING_FILTERS: readonly (readonly [string, Filter])[] = [
  [
    'sort',
    filter(
      'do_sort',
      'environment',
      ['value', ['reverse', false], ['case_sensitive', false], ['attribute', null]],
      sort,
    ),
  ],
  [
    'dictsort',
    filter('do_dictsort', '', ['value', ['case_sensitive', false], ['by', 'key'], ['reverse', false]], dictSort),
  ],
  [
    'unique',
    filter('sync_do_unique', 'environment', COMPARED, (engine, value, caseSensitive, attribute) => {
      return new Generator('sync_do_unique', unique(engine, value, caseSensitive, attribute));
    }),
  ],
  ['min', filter('do_min', 'environment', COMPARED, extreme(minimum))],
  ['max', filter('do_max', 'environment', COMPARED, extreme(maximum))],
  [
    'groupby',
    filter(
      'sync_do_groupby',
      'environment',
      ['value', 'attribute', ['default', null], ['case_sensitive', false]],
      groupBy,
    ),
  ],
  ['sum', filter('sync_do_sum', 'environment', ['iterable', ['attribute', null], ['start', 0]], total)],
];
