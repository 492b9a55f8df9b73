// operator/domain/expression/yaql/output.ts — the result of an expression → values for the outside: tuples and iterators become lists.
import { allowItems, deeper, spend } from '../evaluation.ts';
import { hashKey } from '../python/compare.ts';
import { PySet } from '../python/collections.ts';
import { type AnyDict, Dict, dictEntries, isDict } from '../python/dict.ts';
import { typeFault } from '../fault.ts';
import { isList, isPlain, type Value } from '../python/values.ts';
import { each, isCollection } from './iterators.ts';
import { isSet, setItems } from './values.ts';

/** What the copy of a list or dict is worth, in steps: nested ones may share their parts, copies do not. */
const NODE_STEPS = 6;

/** @throws ExpressionFault of what a lazy result stumbles over, and TypeError for sets and keys that become unhashable */
export function output(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (isSet(value)) return deeper(() => new PySet(setItems(value).map((item) => hashable(output(item)))));
  if (isCollection(value)) return deeper(() => listOf(value));
  return isDict(value) ? deeper(() => dictOf(value)) : value;
}

/** Item by item, as they come: an iterator may fail, or never end, after what makes the result impossible. */
function listOf(value: Value): Value {
  spend(NODE_STEPS);
  const items: Value[] = [];
  for (const item of each(value)) {
    items.push(output(item));
    if (items.length % 1024 === 0) allowItems(items.length);
  }
  return shared(value, items);
}

/** The list itself where nothing in it has changed: values of contexts are large, and shared. */
function shared(value: Value, items: readonly Value[]): Value {
  return isList(value) && value.every((item, at) => item === items[at]) ? value : items;
}

function dictOf(dict: AnyDict): Value {
  const entries = dictEntries(dict);
  spend(NODE_STEPS + entries.length);
  const converted = entries.map(([key, value]) => [hashable(output(key)), output(value)] as const);
  if (isPlain(dict) && converted.every(([, value], at) => value === entries[at]?.[1])) return dict;
  return converted.every(([key]) => typeof key === 'string')
    ? (Object.fromEntries(converted) as { [key: string]: Value })
    : new Dict(converted);
}

/** Lists and dicts are no keys any more. */
function hashable(value: Value): Value {
  if (isList(value) || isPlain(value)) throw typeFault(`unhashable type: '${isList(value) ? 'list' : 'dict'}'`);
  hashKey(value);
  return value;
}
