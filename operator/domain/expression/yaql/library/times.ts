// operator/domain/expression/yaql/library/times.ts — dates and spans of time.
import { nowMs } from '../../evaluation.ts';
import { ExpressionFault, typeFault } from '../../fault.ts';
import { weekdayOf } from '../../python/calendar.ts';
import { DateTime, MIDNIGHT } from '../../python/datetime.ts';
import { parseDate } from '../../python/date-parser.ts';
import { asNumber, divide, float, int, isInt, multiply, type Numeric, roundHalfEven } from '../../python/numbers.ts';
import { parseTime } from '../../python/strptime.ts';
import { binary } from '../../python/operators.ts';
import { Timedelta } from '../../python/timedelta.ts';
import type { Value } from '../../python/values.ts';
import { define, type FunctionSpec, optional, param } from '../function.ts';
import {
  any,
  anyDatetime,
  datetime,
  index,
  indexOrNull,
  number,
  strictIndex,
  type ParameterType,
  text,
  textOrNull,
  timespan,
  timespanOrNull,
} from '../types.ts';

const ZERO = new Timedelta({});
const offset = optional('offset', timespan, ZERO);
const offsetMinutes = (span: Timedelta) => span.totalSeconds / 60;

const property = <T>(name: string, type: ParameterType<T>, read: (value: T) => Value): FunctionSpec =>
  define(`#property#${name}`, 'function', [param('obj', type)], (_, value) => read(value));

/** A span in a unit, as a float. */
const inUnits = (name: string, microseconds: number) =>
  property(name, timespan, (span) => float(Number(span.totalMicroseconds) / microseconds));

const field = (name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'microsecond') =>
  property(name, anyDatetime, (time) => time[name]);

const operator = <A, B>(
  sign: string,
  a: readonly [string, ParameterType<A>],
  b: readonly [string, ParameterType<B>],
  run: (a: A, b: B) => Value,
) => define(`#operator_${sign}`, 'function', [param(...a), param(...b)], (_, left, right) => run(left, right));

const [dt, ts, n] = [
  ['dt', datetime],
  ['ts', timespan],
  ['n', number],
] as const;
const [dt1, dt2, ts1, ts2] = [
  ['dt1', datetime],
  ['dt2', datetime],
  ['ts1', timespan],
  ['ts2', timespan],
] as const;
const plus = (a: Value, b: Value) => binary('+', a, b);
const minus = (a: Value, b: Value) => binary('-', a, b);

export const times = [
  define(
    'datetime',
    'function',
    [
      param('year', index),
      param('month', index),
      param('day', index),
      optional('hour', index, 0),
      optional('minute', index, 0),
      optional('second', index, 0),
      optional('microsecond', index, 0),
      offset,
    ],
    (_, year, month, day, hour, minute, second, microsecond, zone) =>
      new DateTime({ year, month, day, hour, minute, second, microsecond, offsetMinutes: offsetMinutes(zone) }),
  ),
  define('datetime', 'function', [param('timestamp', number), offset], (_, timestamp, zone) =>
    fromTimestamp(asNumber(timestamp), offsetMinutes(zone)),
  ),
  define('datetime', 'function', [param('string', text), optional('format', textOrNull, null)], (_, string, format) => {
    const time = format ? parseTime(string, format) : parsed(string);
    return time.offsetMinutes === undefined ? time.with({ offsetMinutes: 0 }) : time;
  }),
  define(
    'timespan',
    'function',
    [
      optional('days', index, 0),
      optional('hours', index, 0),
      optional('minutes', index, 0),
      optional('seconds', strictIndex, 0),
      optional('milliseconds', strictIndex, 0),
      optional('microseconds', strictIndex, 0),
    ],
    (_, days, hours, minutes, seconds, milliseconds, microseconds) =>
      new Timedelta({
        days,
        seconds: hours * 3600 + minutes * 60 + seconds + Math.trunc(milliseconds / 1000),
        microseconds: (milliseconds % 1000) * 1000 + microseconds,
      }),
  ),
  define('now', 'function', [optional('offset', timespanOrNull, ZERO)], (_, zone) => {
    const time = DateTime.fromEpochMs(nowMs(), zone === null ? 0 : offsetMinutes(zone));
    return zone === null ? time.with({ offsetMinutes: undefined }) : time;
  }),
  // The clock of the operator is UTC's.
  define('localtz', 'function', [], () => ZERO),
  define('utctz', 'function', [], () => ZERO),
  property('microseconds', timespan, (span) => int(span.totalMicroseconds)),
  inUnits('milliseconds', 1e3),
  inUnits('seconds', 1e6),
  inUnits('minutes', 6e7),
  inUnits('hours', 3.6e9),
  inUnits('days', 8.64e10),
  operator('+', dt, ts, plus),
  operator('+', ts, dt, plus),
  operator('+', ts1, ts2, plus),
  operator('-', dt, ts, minus),
  operator('-', dt1, dt2, minus),
  operator('-', ts1, ts2, minus),
  operator('*', ts, n, (span, factor) => ofMicroseconds(multiply(int(span.totalMicroseconds), factor))),
  operator('*', n, ts, (factor, span) => ofMicroseconds(multiply(int(span.totalMicroseconds), factor))),
  operator('/', ts1, ts2, (a, b) => divide(float(Number(a.totalMicroseconds)), int(b.totalMicroseconds))),
  operator('/', ts, n, (span, divisor) => ofMicroseconds(divide(int(span.totalMicroseconds), divisor))),
  define('#unary_operator_-', 'function', [param('ts', timespan)], (_, span) => span.unary('-')),
  define('#unary_operator_+', 'function', [param('ts', timespan)], (_, span) => span),
  field('year'),
  field('month'),
  field('day'),
  field('hour'),
  field('minute'),
  field('second'),
  field('microsecond'),
  property('weekday', anyDatetime, weekdayOf),
  property('date', datetime, (time) => time.with(MIDNIGHT)),
  property('time', datetime, (time) => time.since(time.with(MIDNIGHT))),
  property('utc', datetime, shifted),
  property('offset', anyDatetime, (time) => new Timedelta({ seconds: (time.offsetMinutes ?? 0) * 60 })),
  property('timestamp', anyDatetime, (time) => {
    if (time.offsetMinutes === undefined) {
      throw typeFault("unsupported operand type(s) for -: 'datetime.datetime' and 'NoneType'");
    }
    return float(shifted(time).epochMs / 1000);
  }),
  define(
    'replace',
    'method',
    [
      param('dt', datetime),
      optional('year', indexOrNull, null),
      optional('month', indexOrNull, null),
      optional('day', indexOrNull, null),
      optional('hour', indexOrNull, null),
      optional('minute', indexOrNull, null),
      optional('second', indexOrNull, null),
      optional('microsecond', indexOrNull, null),
      optional('offset', timespanOrNull, null),
    ],
    (_, time, year, month, day, hour, minute, second, microsecond, zone) => {
      const given = Object.entries({ year, month, day, hour, minute, second, microsecond }).filter(
        ([, value]) => value !== null,
      );
      const fields = Object.fromEntries(given) as Partial<DateTime>;
      return time.with(zone === null ? fields : { ...fields, offsetMinutes: offsetMinutes(zone) });
    },
  ),
  define('format', 'method', [param('dt', datetime), param('format', text)], (_, time, format) => time.format(format)),
  define('isDatetime', 'function', [param('value', any)], (_, value) => value instanceof DateTime),
  define('isTimespan', 'function', [param('value', any)], (_, value) => value instanceof Timedelta),
];

/** The clock of UTC, which the reference labels with the zone that it was in. */
function shifted(time: DateTime): DateTime {
  return time.plus(new Timedelta({ seconds: (time.offsetMinutes ?? 0) * 60 }), -1);
}

function parsed(string: string): DateTime {
  const { offsetSeconds, ...fields } = parseDate(string, nowMs());
  return new DateTime({ ...fields, offsetMinutes: offsetSeconds === undefined ? undefined : offsetSeconds / 60 });
}

function fromTimestamp(timestamp: number, zone: number): DateTime {
  if (!Number.isFinite(timestamp)) throw unconvertible(timestamp);
  const whole = Math.floor(timestamp);
  const microseconds = roundHalfEven((timestamp - whole) * 1e6);
  const carry = microseconds >= 1e6 ? 1 : 0;
  return DateTime.ofClock(whole + carry + zone * 60, microseconds - carry * 1e6, zone);
}

/** A span of so many microseconds, rounded half to even. */
function ofMicroseconds(count: Numeric): Timedelta {
  if (isInt(count)) return Timedelta.ofMicroseconds(BigInt(count));
  const value = asNumber(count);
  if (!Number.isFinite(value)) throw unconvertible(value);
  return Timedelta.ofMicroseconds(BigInt(roundHalfEven(value)));
}

const unconvertible = (value: number) =>
  Number.isNaN(value)
    ? new ExpressionFault('value', 'ValueError', 'cannot convert float NaN to integer')
    : new ExpressionFault('value', 'OverflowError', 'cannot convert float infinity to integer');
