// operator/domain/expression/yaql/library/comparison.ts — = and != of everything; <, <=, >, >= of numbers, texts, sets, times and null.
import { compareText } from '../../python/compare.ts';
import { compareNumbers } from '../../python/numbers.ts';
import { define, type FunctionSpec, param } from '../function.ts';
import { any, datetime, notNull, nothing, number, type ParameterType, set, text, timespan } from '../types.ts';
import { compareSets, same } from '../values.ts';

/** What each operator says of an order: negative, 0, positive, or NaN, of which nothing is true. */
const SIGNS: readonly (readonly [sign: string, isTrue: (order: number) => boolean])[] = [
  ['<', (order) => order < 0],
  ['<=', (order) => order <= 0],
  ['>', (order) => order > 0],
  ['>=', (order) => order >= 0],
];

const ordered = <A, B>(
  left: ParameterType<A>,
  right: ParameterType<B>,
  order: (a: A, b: B) => number,
  names: readonly [string, string] = ['left', 'right'],
): FunctionSpec[] =>
  SIGNS.map(([sign, isTrue]) =>
    define(`#operator_${sign}`, 'function', [param(names[0], left), param(names[1], right)], (_, a, b) =>
      isTrue(order(a, b)),
    ),
  );

const known = (order: number | undefined) => order ?? Number.NaN;

export const comparisons = [
  define('*equal', 'function', [param('left', any), param('right', any)], (_, a, b) => same(a, b)),
  define('*not_equal', 'function', [param('left', any), param('right', any)], (_, a, b) => !same(a, b)),
  ...ordered(number, number, compareNumbers),
  ...ordered(text, text, compareText),
  ...ordered(set, set, compareSets),
  ...ordered(datetime, datetime, (a, b) => known(a.compareTo(b)), ['dt1', 'dt2']),
  ...ordered(timespan, timespan, (a, b) => known(a.compareTo(b)), ['ts1', 'ts2']),
  // null is the least of all.
  ...ordered(nothing, notNull, () => -1),
  ...ordered(notNull, nothing, () => 1),
  ...ordered(nothing, nothing, () => 0),
];
