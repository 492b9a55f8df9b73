// operator/domain/expression/yaql/library/sets.ts — sets.
import { ExpressionFault } from '../../fault.ts';
import { PySet } from '../../python/collections.ts';
import type { Value } from '../../python/values.ts';
import { define, param, rest } from '../function.ts';
import { each } from '../iterators.ts';
import { any, collection, set } from '../types.ts';
import { isSet, keyOf, setItems, setOf, type View } from '../values.ts';
import { spread } from './lists.ts';

type AnySet = PySet | View;

/** Keys of dicts are sets that know operators, but no methods. */
function withMethods(one: AnySet, method: string): readonly Value[] {
  if (one instanceof PySet) return setItems(one);
  throw new ExpressionFault('type', 'AttributeError', `'${one.typeName}' object has no attribute '${method}'`);
}

const keysOf = (one: AnySet): ReadonlySet<string> => new Set(setItems(one).map(keyOf));

function difference(left: AnySet, right: AnySet): PySet {
  const others = keysOf(right);
  return setOf(withMethods(left, 'difference').filter((item) => !others.has(keyOf(item))));
}

const combining = (
  names: readonly [string, ...string[]],
  form: 'method' | 'function',
  combine: (a: AnySet, b: AnySet) => PySet,
) => define(names, form, [param('left', set), param('right', set)], (_, a, b) => combine(a, b));

const one = param('set', set);

export const sets = [
  define('set', 'function', [rest('args', any)], (_, values) => setOf(spread(values))),
  define('toSet', 'method', [param('collection', collection)], (_, values) => setOf(each(values))),
  define('isSet', 'function', [param('arg', any)], (_, value) => isSet(value)),
  define('len', 'both', [one], (_, values) => setItems(values).length),
  combining(['union'], 'method', (a, b) => setOf([...withMethods(a, 'union'), ...setItems(b)])),
  combining(['intersect'], 'method', (a, b) => {
    const others = keysOf(b);
    return setOf(withMethods(a, 'intersection').filter((item) => others.has(keyOf(item))));
  }),
  combining(['difference'], 'method', difference),
  combining(['#operator_-'], 'function', difference),
  combining(['symmetricDifference'], 'method', (a, b) => {
    const [mine, theirs] = [keysOf(a), keysOf(b)];
    const onlyMine = withMethods(a, 'symmetric_difference').filter((item) => !theirs.has(keyOf(item)));
    return setOf([...onlyMine, ...setItems(b).filter((item) => !mine.has(keyOf(item)))]);
  }),
  define('add', 'method', [one, rest('values', any)], (_, values, others) =>
    setOf([...withMethods(values, 'union'), ...setItems(setOf(others))]),
  ),
  define('remove', 'method', [one, rest('values', any)], (_, values, others) => {
    withMethods(values, 'difference');
    return difference(values, setOf(others));
  }),
];
