// operator/domain/timer/parameters.test.ts — parameters that make no timer, and what is said of them.
import { expect, test } from 'vitest';
import type { Value } from '../expression/python/values.ts';
import { readTimer, type TimerType } from './parameters.ts';

const INTERVAL = 'core.st2.IntervalTimer';
const DATE = 'core.st2.DateTimer';
const CRON = 'core.st2.CronTimer';

test.each<[TimerType, Value, string, string]>([
  [INTERVAL, 5, 'ValidationError', "5 is not of type 'object'"],
  [INTERVAL, { delta: 1 }, 'ValidationError', "'unit' is a required property"],
  [INTERVAL, { unit: 'days' }, 'ValidationError', "'delta' is a required property"],
  [INTERVAL, { unit: 'years', delta: 1 }, 'ValidationError', "unit: 'years' is not one of ['weeks', 'days',"],
  [INTERVAL, { unit: 'days', delta: '5' }, 'ValidationError', "delta: '5' is not of type 'integer'"],
  [INTERVAL, { unit: 'days', delta: true }, 'ValidationError', "delta: True is not of type 'integer'"],
  [INTERVAL, { unit: 'days', delta: 1.5 }, 'ValidationError', "delta: 1.5 is not of type 'integer'"],
  [INTERVAL, { unit: 'days', delta: 10n ** 30n }, 'OverflowError', 'delta: the interval is longer'],
  [INTERVAL, { unit: 'days', delta: 4_000_000 }, 'OverflowError', 'date value out of range'],
  [INTERVAL, { unit: 'days', delta: 1, timezone: 5 }, 'ValidationError', "timezone: 5 is not of type 'string', 'null'"],
  [INTERVAL, { unit: 'days', delta: 1, toString: 1 }, 'ValidationError', "('toString' was unexpected)"],
  [INTERVAL, { unit: 'days', delta: 1, a: 1, b: 1 }, 'ValidationError', "('a', 'b' were unexpected)"],
  [DATE, {}, 'ValidationError', "'date' is a required property"],
  [DATE, { date: null }, 'ValidationError', "date: None is not of type 'string'"],
  [DATE, { date: 'soon' }, 'ParserError', 'Unknown string format: soon'],
  [DATE, { date: '10:00 +9900' }, 'ValueError', 'not within 24 hours'],
  [DATE, { date: '2024-01-16', timezone: 'Mars/Olympus' }, 'ZoneInfoNotFoundError', 'Mars/Olympus'],
  [CRON, { timezone: 'europe/berlin' }, 'ZoneInfoNotFoundError', 'europe/berlin'],
  [CRON, { timezone: '+05:30' }, 'ZoneInfoNotFoundError', '+05:30'],
  [CRON, { timezone: 'PST' }, 'ZoneInfoNotFoundError', 'PST'],
  [CRON, { timezone: '' }, 'ValueError', 'as Europe/Berlin'],
  [CRON, { timezone: '../UTC' }, 'ValueError', 'normalized relative paths'],
  [CRON, { start_date: '2024-01-01' }, 'ValidationError', 'the parameters are timezone, year, month'],
  [CRON, { hour: 24 }, 'ValidationError', 'hour: 24 is greater than the maximum of 23'],
  [CRON, { day: 0 }, 'ValidationError', 'day: 0 is less than the minimum of 1'],
  [CRON, { hour: [1] }, 'ValidationError', 'hour: [1] is not valid under any of the given schemas'],
  [CRON, { year: 1969 }, 'ValueError', "Error validating expression '1969': the first value (1969) is lower"],
  [CRON, { hour: '24' }, 'ValueError', "Error validating expression '24': the last value (24) is higher"],
  [CRON, { hour: '22-2' }, 'ValueError', 'The minimum value in a range must not be higher than the maximum'],
  [CRON, { hour: '1-3/4' }, 'ValueError', 'the step value (4) is higher than the total range of the expression (2)'],
  [CRON, { hour: '*/0' }, 'ValueError', 'Increment must be higher than 0'],
  [CRON, { hour: '' }, 'ValueError', 'Unrecognized expression "" for field "hour"'],
  [CRON, { hour: '1,,2' }, 'ValueError', 'Unrecognized expression "" for field "hour"'],
  [CRON, { hour: 'mon' }, 'ValueError', 'Unrecognized expression "mon" for field "hour"'],
  [CRON, { day: '6th mon' }, 'ValueError', 'Unrecognized expression "6th mon" for field "day"'],
  [CRON, { day: '1st 5' }, 'ValueError', 'Invalid weekday name "5"'],
  [CRON, { month: 'foo' }, 'ValueError', 'Invalid month name "foo"'],
  [CRON, { minute: '1,'.repeat(5000) }, 'ValueError', 'More than 1000 expressions for field "minute"'],
])('%s, parameters of row %#: %s', (type, parameters, fault, message) => {
  let caught: unknown;
  try {
    readTimer(type, parameters, { nowMs: Date.parse('2024-01-15T10:20:30Z') });
  } catch (error) {
    caught = error;
  }
  expect(caught).toMatchObject({ type: fault, message: expect.stringContaining(message) as string });
});

test('a timer without a zone is of the local one', () => {
  const timer = readTimer(CRON, { hour: 5 }, { nowMs: 0, localZone: 'Asia/Kolkata' });
  expect(timer).toMatchObject({ kind: 'cron', zone: { name: 'Asia/Kolkata' } });
});
