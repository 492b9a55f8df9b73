// operator/domain/expression/jinja/filters/sequences.ts — filters on lists and their like: first, last, length, list, reverse, random, join, batch, slice, items.
import { allowCharacters, allowItems, nextRandom } from '../../evaluation.ts';
import { ExpressionFault, typeFault } from '../../fault.ts';
import { Tuple } from '../../python/collections.ts';
import { equals } from '../../python/compare.ts';
import { dictEntries, isDict } from '../../python/dict.ts';
import { iterable, iterate, length, toList } from '../../python/iterate.ts';
import { asNumber } from '../../python/numbers.ts';
import { binary } from '../../python/operators.ts';
import { str } from '../../python/repr.ts';
import { index, slice } from '../../python/subscript.ts';
import { asIndex } from '../../python/text.ts';
import { isList, PyObject, typeName, type Value } from '../../python/values.ts';
import type { Engine, Filter } from '../engine.ts';
import { escape, joinMarkup, Markup } from '../markup.ts';
import { getter } from './attributes.ts';
import { Generator } from './generator.ts';
import { filter } from './signature.ts';

/** A function of Python's that takes just one argument, without a name. */
export const builtin =
  (name: string, run: (value: Value) => Value): Filter =>
  (value, { args, named }) => {
    if (named.size > 0) throw typeFault(`${name}() takes no keyword arguments`);
    if (args.length > 0) throw typeFault(`${name}() takes exactly one argument (${args.length + 1} given)`);
    return run(value);
  };

/** Whether Python's reversed() takes it, and what it walks; the last item comes first. */
function reversed(value: Value): Value[] | undefined {
  if (typeof value === 'string' || isList(value) || value instanceof Tuple || isDict(value)) {
    return toList(value).reverse();
  }
  if (value instanceof Markup) return Array.from(value.value, (c) => new Markup(c) as Value).reverse();
  // What has a length and items by number is a sequence: range, and the undefined, which refuses here.
  const reversible = value instanceof PyObject && !(value instanceof Generator) && value.typeName !== 'set';
  if (!reversible || value.typeName === 'frozenset' || value.size() === undefined) return undefined;
  return toList(value).reverse();
}

const REVERSED_TYPES: ReadonlyMap<string, string> = new Map([
  ['list', 'list_reverseiterator'],
  ['dict', 'dict_reversekeyiterator'],
  ['range', 'range_iterator'],
  ['dict_items', 'dict_reverseitemiterator'],
  ['dict_keys', 'dict_reversekeyiterator'],
  ['dict_values', 'dict_reversevalueiterator'],
]);

function reverse(value: Value): Value {
  if (typeof value === 'string') return slice(value, null, null, -1);
  if (value instanceof Markup) return value.slice(null, null, -1);
  const items = reversed(value);
  if (items) return new Generator('', items[Symbol.iterator](), REVERSED_TYPES.get(typeName(value)) ?? 'reversed');
  if (iterable(value)) return toList(value).reverse();
  throw new ExpressionFault('resolution', 'FilterArgumentError', 'argument must be iterable');
}

function first(engine: Engine, value: Value): Value {
  for (const item of iterate(value)) return item;
  return engine.undefined({ hint: 'No first item, sequence was empty.', name: '' });
}

function last(engine: Engine, value: Value): Value {
  const items = reversed(value);
  if (!items) throw typeFault(`'${typeName(value)}' object is not reversible`);
  return items[0] ?? (items.length > 0 ? null : noItem(engine, 'last'));
}

const noItem = (engine: Engine, which: string): Value =>
  engine.undefined({ hint: `No ${which} item, sequence was empty.`, name: '' });

function random(engine: Engine, value: Value): Value {
  const count = length(value);
  if (count === 0 && !isDict(value)) return noItem(engine, 'random');
  return index(value, Math.floor(nextRandom() * count));
}

function join(engine: Engine, value: Value, between: Value, attribute: Value): Value {
  const get = attribute === null ? undefined : getter(engine, attribute);
  if (engine.autoescape) return joinEscaped(toList(value).map(get ?? ((item) => item)), between);
  const separator = str(between);
  const texts: string[] = [];
  let size = 0;
  for (const item of iterate(value)) {
    const text = str(get ? get(item) : item);
    size += text.length + separator.length;
    allowCharacters(size);
    texts.push(text);
  }
  return texts.join(separator);
}

function joinEscaped(items: readonly Value[], between: Value): Value {
  if (between instanceof Markup) return joinMarkup(between.value, items);
  if (items.some((item) => item instanceof Markup)) return joinMarkup(escape(between).value, items);
  const text = items.map(str).join(str(between));
  allowCharacters(text.length);
  return text;
}

function* batches(value: Value, count: Value, fill: Value): IterableIterator<Value> {
  let batch: Value[] = [];
  for (const item of iterate(value)) {
    if (equals(batch.length, count)) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  const missing = asIndex(count) ?? batch.length;
  allowItems(missing);
  while (fill !== null && batch.length < missing) batch.push(fill);
  yield batch;
}

function* slices(value: Value, count: Value, fill: Value): IterableIterator<Value> {
  const items = toList(value);
  const each = asNumber(binary('//', items.length, count) as number);
  const longer = asNumber(binary('%', items.length, count) as number);
  const total = asIndex(count);
  if (total === undefined) throw typeFault(`'${typeName(count)}' object cannot be interpreted as an integer`);
  for (let i = 0, from = 0; i < total; i++) {
    const to = from + each + (i < longer ? 1 : 0);
    const slice = items.slice(from, to);
    if (fill !== null && i >= longer) slice.push(fill);
    yield slice;
    from = to;
  }
}

function* pairs(engine: Engine, value: Value): IterableIterator<Value> {
  if (engine.isUndefined(value)) return;
  if (!isDict(value)) throw typeFault('Can only get item pairs from a mapping.');
  for (const pair of dictEntries(value)) yield new Tuple(pair);
}

const len = builtin('len', length);

export const SEQUENCE_FILTERS: readonly (readonly [string, Filter])[] = [
  ['length', len],
  ['count', len],
  ['list', filter('sync_do_list', '', ['value'], (_, value) => toList(value))],
  ['first', filter('sync_do_first', 'environment', ['seq'], first)],
  ['last', filter('do_last', 'environment', ['seq'], last)],
  ['random', filter('do_random', 'environment', ['seq'], random)],
  ['reverse', filter('do_reverse', '', ['value'], (_, value) => reverse(value))],
  ['join', filter('sync_do_join', 'environment', ['value', ['d', ''], ['attribute', null]], join)],
  [
    'batch',
    filter('do_batch', '', ['value', 'linecount', ['fill_with', null]], (_, value, count, fill) => {
      return new Generator('do_batch', batches(value, count, fill));
    }),
  ],
  [
    'slice',
    filter('sync_do_slice', '', ['value', 'slices', ['fill_with', null]], (_, value, count, fill) => {
      return new Generator('sync_do_slice', slices(value, count, fill));
    }),
  ],
  ['items', filter('do_items', '', ['value'], (engine, value) => new Generator('do_items', pairs(engine, value)))],
];
