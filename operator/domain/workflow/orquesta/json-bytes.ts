// operator/domain/workflow/orquesta/json-bytes.ts — a value → how many bytes it takes as JSON, about: what JSON has no form for counts as its text.
import { Dict, dictEntries } from '../../expression/python/dict.ts';
import { isList, isPlain, PyObject, type Value } from '../../expression/python/values.ts';

const DEPTH_MAX = 1000;

/** UTF-8 bytes of the compact form. */
export function jsonBytes(value: Value, depth = 0): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value) + 2;
    case 'boolean':
      return value ? 4 : 5;
    case 'number':
    case 'bigint':
      return String(value).length;
  }
  if (value === null || depth > DEPTH_MAX) return 4;
  if (isList(value)) return value.reduce<number>((sum, item) => sum + jsonBytes(item, depth + 1) + 1, 2);
  if (isPlain(value)) return entriesBytes(Object.entries(value), depth);
  if (value instanceof Dict) return entriesBytes(dictEntries(value), depth);
  return value instanceof PyObject ? textBytes(value.typeName) + 16 : 4;
}

const entriesBytes = (entries: readonly (readonly [Value, Value])[], depth: number): number =>
  entries.reduce((sum, [key, item]) => sum + jsonBytes(key, depth + 1) + jsonBytes(item, depth + 1) + 2, 2);

function textBytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
    else if (code === 0x22 || code === 0x5c || code === 0x0a || code === 0x0d || code === 0x09) bytes += 1;
    else if (code < 0x20) bytes += 5;
  }
  return bytes;
}
