// operator/domain/expression/yaql/access.ts — `.name` and `[key]`: entries of dicts, items of lists, and names over all items.
import { didYouMean, undefinedFault } from '../fault.ts';
import { type AnyDict, dictGet, dictKeys, isDict } from '../python/dict.ts';
import { repr } from '../python/repr.ts';
import type { Value } from '../python/values.ts';
import type { Code } from './code.ts';
import type { Context } from './context.ts';
import { each, isCollection, lazy } from './iterators.ts';
import { callFunction } from './resolve.ts';
import { asKey, PyList, sequenceItems, typed } from './values.ts';

/** An entry. @throws ExpressionFault KeyError, with the nearest key */
export function entry(dict: AnyDict, key: Value): Value {
  const value = dictGet(dict, asKey(key));
  if (value !== undefined) return value;
  throw missing(dict, key);
}

/** Python's text of a KeyError is no more than the key. */
function missing(dict: AnyDict, key: Value) {
  const hint =
    typeof key === 'string'
      ? didYouMean(
          key,
          dictKeys(dict).filter((name) => typeof name === 'string'),
        )
      : '';
  return undefinedFault('KeyError', `${repr(typed(key))}${hint === '' ? '' : `.${hint}`}`);
}

/** `target.name`: an entry of a dict, the same of every item of a collection, or else a property of a date or a span. */
export function property(context: Context, target: Value, name: Code): Value {
  if (isDict(target)) return entry(target, name.word);
  if (isCollection(target)) {
    return lazy(function* () {
      for (const item of each(target)) yield property(context, item, name);
    });
  }
  return callFunction(context, `#property#${name.word}`, target);
}

/** An item of a list or tuple, from the end for a negative index. @throws ExpressionFault IndexError */
export function itemAt(sequence: Value, at: number): Value {
  const item = (sequenceItems(sequence) ?? []).at(at);
  if (item !== undefined) return item;
  const kind = sequence instanceof PyList ? 'list' : 'tuple';
  throw undefinedFault('IndexError', `${kind} index out of range`);
}
