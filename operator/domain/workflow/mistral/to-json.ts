// operator/domain/workflow/mistral/to-json.ts — what an expression gave → JSON: tuples and sets are lists, keys texts, dates ISO.
import { deeper, spend } from '../../expression/evaluation.ts';
import { Bytes, PySet, Tuple } from '../../expression/python/collections.ts';
import { DateTime } from '../../expression/python/datetime.ts';
import { Dict, dictEntries } from '../../expression/python/dict.ts';
import { str } from '../../expression/python/repr.ts';
import { Float, isList, type Plain, PyObject, type Value } from '../../expression/python/values.ts';

/** The value itself where it is JSON already: contexts share their values. Floats stay floats. */
export function toJson(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return listOf(value);
  if (value instanceof Dict) return objectOf(dictEntries(value));
  if (!(value instanceof PyObject)) return plainOf(value);
  if (value instanceof Float) return value;
  if (value instanceof Tuple) return listOf(value.items);
  if (value instanceof PySet) return listOf([...value.values()]);
  if (value instanceof Bytes) return new TextDecoder().decode(value.bytes);
  if (value instanceof DateTime) return str(value);
  const items = value.isText() ? undefined : value.iterate();
  return items ? listOf([...items]) : str(value);
}

function listOf(items: readonly Value[]): Value {
  spend(items.length);
  const converted = deeper(() => items.map(toJson));
  return converted.every((item, at) => item === items[at]) ? items : converted;
}

function plainOf(object: Plain): Value {
  const entries = Object.entries(object);
  spend(entries.length);
  const converted = deeper(() => entries.map(([key, value]) => [key, toJson(value)] as const));
  return converted.every(([, value], at) => value === entries[at]?.[1]) ? object : Object.fromEntries(converted);
}

const objectOf = (entries: readonly (readonly [Value, Value])[]): Value => {
  spend(entries.length);
  return deeper(() =>
    Object.fromEntries(entries.map(([key, value]) => [typeof key === 'string' ? key : str(key), toJson(value)])),
  );
};
