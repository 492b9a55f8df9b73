// operator/domain/action/schema-types.ts — JSON schema's types and equality of values: True is no number, 5.0 no integer.
import { deeper, spend } from '../expression/evaluation.ts';
import { equals, hashKey } from '../expression/python/compare.ts';
import { type AnyDict, dictEntries, dictGet, dictSize, isDict } from '../expression/python/dict.ts';
import { isInt, isNumeric } from '../expression/python/numbers.ts';
import { isList, type Value } from '../expression/python/values.ts';
import { PyObject } from '../expression/python/values.ts';

export function isOfType(value: Value, type: Value): boolean {
  switch (type) {
    case 'array':
      return isList(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return isInt(value);
    case 'null':
      return value === null;
    case 'number':
      return isNumeric(value);
    case 'object':
      return isDict(value);
    case 'string':
      return typeof value === 'string';
    default:
      return type === 'any';
  }
}

/** Equality that tells true from 1, at any depth. */
export function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) {
    if (a.length !== b.length) return false;
    spend(a.length);
    return deeper(() => a.every((item, i) => same(item, b[i] as Value)));
  }
  if (isDict(a) && isDict(b)) return dictSize(a) === dictSize(b) && deeper(() => sameEntries(a, b));
  return typeof a !== 'boolean' && typeof b !== 'boolean' && equals(a, b);
}

const sameEntries = (a: AnyDict, b: AnyDict): boolean =>
  dictEntries(a).every(([key, item]) => {
    const other = dictGet(b, key);
    return other !== undefined && same(item, other);
  });

/** One text for values that are the same, whatever the order of their keys: lists are searched for doubles in linear time. */
export function sameKey(value: Value): string {
  spend(1);
  if (typeof value === 'boolean') return String(value);
  if (isList(value)) return deeper(() => `[${value.map((item) => joined(sameKey(item))).join('')}]`);
  if (isDict(value)) {
    const pairs = deeper(() => dictEntries(value).map(([k, item]) => joined(hashKey(k)) + joined(sameKey(item))));
    return `{${pairs.sort().join('')}}`;
  }
  return value instanceof PyObject && value.iterate() ? value.repr() : hashKey(value);
}

const joined = (key: string): string => `${key.length}:${key}`;
