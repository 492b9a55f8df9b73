// e2e/conformance/tagged.ts — recorded JSON, in which tags say what JSON cannot, ↔ values of the engines.
import { evaluating } from '../../operator/domain/expression/evaluation.ts';
import { Bytes, PySet, Tuple } from '../../operator/domain/expression/python/collections.ts';
import { DateTime, PyDate } from '../../operator/domain/expression/python/datetime.ts';
import { Dict } from '../../operator/domain/expression/python/dict.ts';
import { float, int } from '../../operator/domain/expression/python/numbers.ts';
import { Timedelta } from '../../operator/domain/expression/python/timedelta.ts';
import {
  Float,
  floatRepr,
  isList,
  isPlain,
  type Plain,
  PyObject,
  type Value,
} from '../../operator/domain/expression/python/values.ts';

/** What JSON.parse gives. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const WORLD = { nowMs: 0, seed: 0 };

/** Recorded JSON → a value of the engines; a tag is the only key of its object. What has no tags inside is not copied. */
export function decode(json: unknown): Value {
  if (typeof json !== 'object' || json === null) return json as Value;
  if (Array.isArray(json)) {
    const items = json.map(decode);
    return items.every((item, i) => item === json[i]) ? (json as Value) : items;
  }
  const entries = Object.entries(json);
  const [first] = entries;
  if (entries.length === 1 && first?.[0].startsWith('$')) {
    return evaluating(WORLD, () => decodeTag(first[0], first[1])); // what is hashed is counted
  }
  const decoded = entries.map(([key, value]) => [key, decode(value)] as const);
  return entries.every(([, value], i) => value === decoded[i]?.[1]) ? (json as Plain) : Object.fromEntries(decoded);
}

function decodeTag(tag: string, content: unknown): Value {
  switch (tag) {
    case '$float':
      return float(floatOf(content as string));
    case '$int':
      return int(BigInt(content as string));
    case '$set':
      return new PySet((content as unknown[]).map(decode));
    case '$tuple':
      return new Tuple((content as unknown[]).map(decode));
    case '$dict':
      return new Dict((content as [unknown, unknown][]).map(([key, value]) => [decode(key), decode(value)] as const));
    case '$datetime':
      return known(DateTime.fromIso(content as string), content);
    case '$date':
      return known(PyDate.fromIso(content as string), content);
    case '$timedelta':
      return new Timedelta(content as { days: number; seconds: number; microseconds: number });
    case '$bytes':
      return new Bytes(new Uint8Array(Buffer.from(content as string, 'base64')));
    case '$utf16':
      return String.fromCharCode(...(content as number[]));
    default:
      throw new Error(`"${tag}" is no tag that this reader knows`);
  }
}

function known<T>(value: T | undefined, content: unknown): T {
  if (value === undefined) throw new Error(`${JSON.stringify(content)} is not read`);
  return value;
}

/** Python's repr of a float → the number. */
export const floatOf = (text: string): number =>
  ({ NaN: Number.NaN, nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY })[text] ??
  Number(text);

/** Values of the engines → recorded JSON; what has no tag is `{"$object": [class, repr]}`, which equals nothing recorded. */
export function encode(value: Value): Json {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed()
        ? value
        : { $utf16: Array.from({ length: value.length }, (_, i) => value.charCodeAt(i)) };
    case 'boolean':
      return value;
    case 'bigint':
      return { $int: value.toString() };
    case 'number':
      if (Number.isSafeInteger(value)) return Object.is(value, -0) ? { $object: ['int', '-0'] } : value;
      if (Number.isInteger(value)) return { $int: BigInt(value).toString() };
      return Number.isFinite(value) ? value : { $float: nonFinite(value) };
    case 'object':
      return value === null ? null : encodeObject(value);
    default:
      return { $object: [typeof value, String(value)] }; // no Value at all: a bug of the engine that gave it
  }
}

const nonFinite = (value: number) => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');

function encodeObject(value: readonly Value[] | Plain | PyObject): Json {
  if (isList(value)) return value.map(encode);
  if (isPlain(value)) return encodeEntries(Object.entries(value));
  if (value instanceof Dict) return encodeEntries([...value.entries()]);
  if (value instanceof Float) return { $float: floatRepr(value.value) };
  if (value instanceof Tuple) return { $tuple: value.items.map(encode) };
  if (value instanceof PySet) return { $set: Array.from(value.values(), encode) };
  if (value instanceof Bytes) return { $bytes: Buffer.from(value.bytes).toString('base64') };
  if (value instanceof DateTime) return { $datetime: value.isoFormat() };
  if (value instanceof PyDate) return { $date: value.isoFormat() };
  if (value instanceof Timedelta) {
    return { $timedelta: { days: value.days, seconds: value.seconds, microseconds: value.microseconds } };
  }
  return { $object: value instanceof PyObject ? [value.typeName, reprOf(value)] : ['?', String(value)] };
}

const reprOf = (value: PyObject) => evaluating(WORLD, () => value.repr());

function encodeEntries(entries: readonly (readonly [Value, Value])[]): Json {
  const isJson = entries.every(([key]) => typeof key === 'string' && key.isWellFormed() && !key.startsWith('$'));
  if (!isJson) return { $dict: entries.map(([key, value]) => [encode(key), encode(value)]) };
  return Object.fromEntries(entries.map(([key, value]) => [key as string, encode(value)]));
}
