// operator/domain/expression/python/datetime.test.ts — datetimes, dates and spans of time as Python has them.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { callOf } from '../functions/call.ts';
import { isoCalendar } from './calendar.ts';
import { compare, equals } from './compare.ts';
import { DateTime, PyDate } from './datetime.ts';
import { binary, unary } from './operators.ts';
import { repr, str } from './repr.ts';
import { parseTime } from './strptime.ts';
import { Timedelta } from './timedelta.ts';
import { PyObject, type Value } from './values.ts';

const within = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 1 }, run);
const at = (text: string): DateTime => {
  const time = DateTime.fromIso(text);
  if (!time) throw new Error(text);
  return time;
};
const span = (days: number, seconds = 0, microseconds = 0) => new Timedelta({ days, seconds, microseconds });

test.each<[Value, string, string]>([
  [at('2024-01-02'), 'datetime.datetime(2024, 1, 2, 0, 0)', '2024-01-02 00:00:00'],
  [
    at('2024-01-02T03:04:05.000600Z'),
    'datetime.datetime(2024, 1, 2, 3, 4, 5, 600, tzinfo=tzutc())',
    '2024-01-02 03:04:05.000600+00:00',
  ],
  [
    at('0001-12-31 23:59+05:30'),
    'datetime.datetime(1, 12, 31, 23, 59, tzinfo=tzoffset(None, 19800))',
    '0001-12-31 23:59:00+05:30',
  ],
  [new PyDate({ year: 2024, month: 2, day: 29 }), 'datetime.date(2024, 2, 29)', '2024-02-29'],
  [span(0), 'datetime.timedelta(0)', '0:00:00'],
  [span(-1, 1, 5), 'datetime.timedelta(days=-1, seconds=1, microseconds=5)', '-1 day, 0:00:01.000005'],
  [span(2, 90061), 'datetime.timedelta(days=3, seconds=3661)', '3 days, 1:01:01'],
])('%o is written as Python writes it', (value, written, shown) => {
  expect(within(() => [repr(value), str(value)])).toEqual([written, shown]);
});

test.each<['+' | '-' | '*' | '/' | '//' | '%', Value, Value, string]>([
  ['+', at('2024-02-28T23:59:59.999999'), span(0, 0, 1), '2024-02-29 00:00:00'],
  ['+', span(365), at('2023-03-01T00:00+01:00'), '2024-02-29 00:00:00+01:00'],
  ['-', at('2024-03-01T00:00Z'), at('2024-03-01T00:00+02:00'), '2:00:00'],
  ['-', new PyDate({ year: 2024, month: 3, day: 1 }), new PyDate({ year: 2024, month: 2, day: 1 }), '29 days, 0:00:00'],
  ['*', span(0, 0, 5), 0.5, '0:00:00.000002'],
  ['*', 3, span(1), '3 days, 0:00:00'],
  ['/', span(1), 7, '3:25:42.857143'],
  ['/', span(1), span(0, 3600), '24.0'],
  ['//', span(-1), span(0, 50000), '-2'],
  ['%', span(-1), span(0, 50000), '3:46:40'],
])('%s of times', (sign, a, b, result) => {
  expect(within(() => str(binary(sign, a, b)))).toBe(result);
});

test('spans have signs', () => {
  expect(within(() => [unary('-', span(1, 1)), unary('+', span(1))].map(str))).toEqual([
    '-2 days, 23:59:59',
    '1 day, 0:00:00',
  ]);
});

test('moments compare across offsets, but not with and without a zone', () => {
  within(() => {
    expect(equals(at('2024-01-01T02:00+02:00'), at('2024-01-01T00:00Z'))).toBe(true);
    expect(compare('<', at('2024-01-01T02:00+03:00'), at('2024-01-01T00:00Z'))).toBe(true);
    expect(equals(at('2024-01-01'), at('2024-01-01T00:00Z'))).toBe(false);
    expect(() => compare('<', at('2024-01-01'), at('2024-01-01T00:00Z'))).toThrow('offset-naive and offset-aware');
    expect(() => compare('<', at('2024-01-01'), new PyDate({ year: 2024, month: 1, day: 1 }))).toThrow("can't compare");
  });
});

test.each([
  ['9999-12-31T00:00', 1, 'date value out of range'],
  ['0001-01-01T00:00', -1, 'date value out of range'],
])('%s and %i day leave the calendar', (text, days, message) => {
  expect(() => within(() => binary('+', at(text), span(days)))).toThrow(message);
});

test.each([
  [{ year: 2023, month: 2, day: 29 }, 'day is out of range for month'],
  [{ year: 2024, month: 13, day: 1 }, 'month must be in 1..12'],
  [{ year: 0, month: 1, day: 1 }, 'year 0 is out of range'],
  [{ year: 2024, month: 1, day: 1, hour: 24 }, 'hour must be in 0..23'],
])('%o is no datetime', (fields, message) => {
  expect(() => new DateTime(fields)).toThrow(message);
});

test.each([
  [{ year: 2021, month: 1, day: 3 }, [2020, 53, 7]],
  [{ year: 2020, month: 12, day: 31 }, [2020, 53, 4]],
  [{ year: 2018, month: 12, day: 31 }, [2019, 1, 1]],
])('%o belongs to the ISO week %o', (date, [year, week, weekday]) => {
  expect(isoCalendar(date)).toEqual({ year, week, weekday });
});

test('a format shows what strftime shows, and keeps what it does not know', () => {
  const time = at('2021-12-31T15:04:05.678+05:30');
  expect(within(() => time.format('%a %A %b %j %U %W %G-W%V-%u %I%p %f %z %% %Q'))).toBe(
    'Fri Friday Dec 365 52 52 2021-W52-5 03PM 678000 +0530 % %Q',
  );
});

describe('strptime', () => {
  test.each([
    ['2020-05-06 07:08:09.5', '%Y-%m-%d %H:%M:%S.%f', '2020-05-06T07:08:09.500000'],
    ['Wed 6 may 70  11 pm +0530', '%a %d %b %y %I %p %z', '1970-05-06T23:00:00+05:30'],
    ['2021 060', '%Y %j', '2021-03-01T00:00:00'],
    ['2020 W53 7', '%G W%V %u', '2021-01-03T00:00:00'],
    ['2024 10 Mon', '%Y %W %a', '2024-03-04T00:00:00'],
    ['100% sure', '100%% sure', '1900-01-01T00:00:00'],
  ])('%s by %s', (text, format, iso) => {
    expect(within(() => parseTime(text, format).isoFormat())).toBe(iso);
  });
  test.each([
    ['x', '%Y', "time data 'x' does not match format '%Y'"],
    ['2020 x', '%Y', 'unconverted data remains:  x'],
    ['x', '%Q', "'Q' is a bad directive in format '%Q'"],
    ['30 02', '%d %m', 'day is out of range for month'],
  ])('%s by %s is refused', (text, format, message) => {
    expect(() => within(() => parseTime(text, format))).toThrow(message);
  });
});

test('templates see fields and methods, and nothing else', () => {
  const time = at('2024-01-02T03:04:05Z');
  const call = (name: string, ...args: readonly Value[]) => {
    const method = time.attribute(name);
    return method instanceof PyObject ? method.call(callOf(...args)) : undefined;
  };
  within(() => {
    expect([time.attribute('year'), time.attribute('hour'), time.attribute('constructor')]).toEqual([
      2024,
      3,
      undefined,
    ]);
    expect([call('isoformat'), call('isoformat', ' '), call('weekday'), call('strftime', '%d')]).toEqual([
      '2024-01-02T03:04:05+00:00',
      '2024-01-02 03:04:05+00:00',
      1,
      '02',
    ]);
    expect(str(call('replace', 2023) ?? null)).toBe('2023-01-02 03:04:05+00:00');
    expect(() => call('weekday', 1)).toThrow('takes');
  });
});
