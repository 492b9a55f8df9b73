// operator/domain/expression/python/subscript.ts — value[key] and value[start:stop:step].
import { allowCharacters, allowItems } from '../evaluation.ts';
import { typeFault, undefinedFault } from '../fault.ts';
import { Bytes, Tuple } from './collections.ts';
import { dictGet, isDict } from './dict.ts';
import { repr } from './repr.ts';
import { asIndex, characterAt, spanOf, textSlice } from './text.ts';
import { isList, PyObject, typeName, type Value } from './values.ts';

/** Python's value[key]. @throws ExpressionFault as Python's IndexError, KeyError or TypeError */
export function index(value: Value, key: Value): Value {
  if (isList(value)) return itemOf(value, key, 'list');
  if (typeof value === 'string') {
    const at = asIndex(key);
    if (at === undefined) throw typeFault(`string indices must be integers, not '${typeName(key)}'`);
    return characterAt(value, at) ?? outOfRange('string', key);
  }
  if (isDict(value)) {
    const found = dictGet(value, key);
    if (found === undefined) throw undefinedFault('KeyError', repr(key));
    return found;
  }
  if (value instanceof Tuple) return itemOf(value.items, key, 'tuple');
  if (value instanceof Bytes) {
    const at = asIndex(key);
    if (at === undefined) throw typeFault(`byte indices must be integers or slices, not ${typeName(key)}`);
    return value.bytes.at(at) ?? outOfRange('', key);
  }
  const found = value instanceof PyObject ? value.item(key) : undefined;
  if (found === undefined) throw typeFault(`'${typeName(value)}' object is not subscriptable`);
  return found;
}

function itemOf(items: readonly Value[], key: Value, type: 'list' | 'tuple'): Value {
  const at = asIndex(key);
  if (at === undefined) throw typeFault(`${type} indices must be integers or slices, not ${typeName(key)}`);
  return items.at(at) ?? (items.at(at) === null ? null : outOfRange(type, key));
}

function outOfRange(type: string, key: Value): never {
  const huge = typeof key === 'bigint' && BigInt.asIntN(64, key) !== key;
  throw undefinedFault(
    'IndexError',
    huge ? "cannot fit 'int' into an index-sized integer" : `${type} index out of range`.trimStart(),
  );
}

/** Python's value[start:stop:step]; null stands for a bound that is left out. @throws ExpressionFault as Python's TypeError or ValueError */
export function slice(value: Value, start: Value, stop: Value, step: Value): Value {
  if (typeof value === 'string') return textSlice(value, start, stop, step);
  if (isList(value)) return sliceItems(value, start, stop, step);
  if (value instanceof Tuple) return new Tuple(sliceItems(value.items, start, stop, step));
  if (value instanceof Bytes) {
    allowCharacters(value.bytes.length);
    return new Bytes(Uint8Array.from(sliceItems([...value.bytes], start, stop, step) as number[]));
  }
  if (isDict(value)) throw typeFault("unhashable type: 'slice'");
  const own = value instanceof PyObject ? value.slice(start, stop, step) : undefined;
  if (own === undefined) throw typeFault(`'${typeName(value)}' object is not subscriptable`);
  return own;
}

function sliceItems(items: readonly Value[], start: Value, stop: Value, step: Value): Value[] {
  const span = spanOf(items.length, start, stop, step);
  allowItems(span.count);
  if (span.step === 1) return span.count === 0 ? [] : items.slice(span.from, span.to);
  return Array.from({ length: span.count }, (_, i) => items[span.from + i * span.step] as Value);
}
