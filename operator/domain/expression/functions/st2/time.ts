// operator/domain/expression/functions/st2/time.ts — to_human_time_from_seconds: 3725 → 1h2m5s.
import { ExpressionFault } from '../../fault.ts';
import { numeric } from '../../python/compare.ts';
import { asNumber, isFloat } from '../../python/numbers.ts';
import { round } from '../../python/parse-number.ts';
import { str } from '../../python/repr.ts';
import { PyObject, type Value } from '../../python/values.ts';
import { bind, type PyFunction } from '../call.ts';

/** The first moment of the year 1, in milliseconds since 1970. */
const YEAR_ONE_MS = -62_135_596_800_000;
/** Seconds from there to the end of the year 9999. */
const SECONDS_MAX = 315_537_897_599;

/** Seconds as a person says them; months get lost, as they do in StackStorm. */
export const humanTime: PyFunction = (call) => {
  const [seconds = null] = bind('to_human_time_from_seconds', call, ['seconds']);
  const number = numeric(seconds);
  if (number === undefined || (seconds instanceof PyObject && seconds.typeName !== 'float')) {
    throw new ExpressionFault('assertion', 'AssertionError', '');
  }
  const size = asNumber(number);
  if (size === 0) return '0s';
  if (size < 1) return `${str(seconds)}μs`;
  return partsOf(isFloat(number) ? round(number) : number);
};

function partsOf(value: Value): string {
  const seconds = Number(value);
  if (seconds > SECONDS_MAX) throw new ExpressionFault('value', 'OverflowError', 'date value out of range');
  const date = new Date(YEAR_ONE_MS + seconds * 1000);
  const parts: readonly (readonly [number, string])[] = [
    [date.getUTCFullYear() - 1, 'y'],
    [date.getUTCDate() - 1, 'd'],
    [date.getUTCHours(), 'h'],
    [date.getUTCMinutes(), 'm'],
    [date.getUTCSeconds(), 's'],
  ];
  const first = parts.findIndex(([count]) => count !== 0);
  if (first < 0) return '0s';
  return parts
    .slice(first)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}
