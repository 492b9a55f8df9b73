// operator/domain/expression/yaql/library/generators.ts — sequences out of nothing: range, sequence, generate, generateMany.
import { allowItems } from '../../evaluation.ts';
import { valueFault } from '../../fault.ts';
import { truthy, type Value } from '../../python/values.ts';
import { define, optional, param } from '../function.ts';
import { collect, eachOf, lazy, type Lazy } from '../iterators.ts';
import { any, index, lambda, strictFlag } from '../types.ts';
import { keyOf } from '../values.ts';

function range(start: number, stop: number, step: number): Lazy {
  if (step === 0) throw valueFault('range() arg 3 must not be zero');
  return lazy(function* () {
    for (let at = start; step > 0 ? at < stop : at > stop; at += step) yield at;
  });
}

/** Remembers values; tells whether one is new. */
function newcomers(): (value: Value) => boolean {
  const seen = new Set<string>();
  return (value) => {
    const key = keyOf(value);
    if (seen.has(key)) return false;
    seen.add(key);
    if (seen.size % 1024 === 0) allowItems(seen.size);
    return true;
  };
}

export const generators = [
  define('range', 'function', [param('stop', index)], (_, stop) => range(0, stop, 1)),
  define(
    'range',
    'function',
    [param('start', index), param('stop', index), optional('step', index, 1)],
    (_, start, stop, step) => range(start, stop, step),
  ),
  define('sequence', 'function', [optional('start', index, 0), optional('step', index, 1)], (_, start, step) =>
    lazy(function* () {
      for (let at = start; ; at += step) yield at;
    }),
  ),
  define(
    'generate',
    'function',
    [
      param('initial', any),
      param('predicate', lambda),
      param('producer', lambda),
      optional('selector', lambda, undefined),
      optional('decycle', strictFlag, false),
    ],
    (_, initial, goesOn, produce, select, decycle) =>
      lazy(function* () {
        const isNew = newcomers();
        for (let value = initial; truthy(goesOn(value)); value = produce(value)) {
          if (decycle && !isNew(value)) return;
          yield select ? select(value) : value;
        }
      }),
  ),
  define(
    'generateMany',
    'function',
    [
      param('initial', any),
      param('producer', lambda),
      optional('selector', lambda, undefined),
      optional('decycle', strictFlag, false),
      optional('depthFirst', strictFlag, false),
    ],
    (_, initial, produce, select, decycle, depthFirst) =>
      lazy(function* () {
        const isNew = newcomers();
        // Of a queue the front is taken, of a stack the end: new items go there in reverse.
        let waiting: Value[] = [initial];
        for (let at = 0; at < waiting.length; ) {
          const value = (depthFirst ? waiting.pop() : waiting[at++]) as Value;
          if (decycle && !isNew(value)) continue;
          yield select ? select(value) : value;
          const produced = collect(eachOf(produce(value)));
          waiting.push(...(depthFirst ? produced.reverse() : produced));
          allowItems(waiting.length - at);
          if (at > 1024) [waiting, at] = [waiting.slice(at), 0];
        }
      }),
  ),
];
