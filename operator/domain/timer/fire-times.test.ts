// operator/domain/timer/fire-times.test.ts — when timers fire: fields and their defaults, clock changes in several zones, stretches, ends.
import { describe, expect, test } from 'vitest';
import type { Value } from '../expression/python/values.ts';
import { fireTimesBetween, isScheduled, nextFireTimes } from './fire-times.ts';
import { readTimer, type TimerType } from './parameters.ts';

const MONDAY = '2024-01-15T10:20:30Z';

const timerOf = (type: TimerType, parameters: Value, now = MONDAY) =>
  readTimer(type, parameters, { nowMs: Date.parse(now) });
const cronOf = (parameters: Value) => timerOf('core.st2.CronTimer', parameters);
/** Without `.000`. */
const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
const cronTimes = (parameters: Value, from: string, n: number) =>
  nextFireTimes(cronOf(parameters), Date.parse(from), n).map(iso);

describe('cron', () => {
  test.each<[string, Value, string[]]>([
    [
      'fields after the last given one are at their least',
      { hour: 5 },
      ['2024-01-16T05:00:00Z', '2024-01-17T05:00:00Z'],
    ],
    ['fields before it are any', { minute: '*/20' }, ['2024-01-15T10:40:00Z', '2024-01-15T11:00:00Z']],
    ['none given is every second', {}, ['2024-01-15T10:20:30Z', '2024-01-15T10:20:31Z']],
    ['null is not given', { hour: null, minute: 0 }, ['2024-01-15T11:00:00Z', '2024-01-15T12:00:00Z']],
    ['0 is Monday', { day_of_week: 0 }, ['2024-01-22T00:00:00Z', '2024-01-29T00:00:00Z']],
    ['days by name', { day_of_week: 'sat-sun', hour: 6 }, ['2024-01-20T06:00:00Z', '2024-01-21T06:00:00Z']],
    ['what follows a name is not read', { day_of_week: 'mon/2' }, ['2024-01-22T00:00:00Z', '2024-01-29T00:00:00Z']],
    ['months by name', { month: 'Mar' }, ['2024-03-01T00:00:00Z', '2025-03-01T00:00:00Z']],
    ['the last day', { day: 'last' }, ['2024-01-31T00:00:00Z', '2024-02-29T00:00:00Z']],
    ['a weekday of the month', { day: '5th fri' }, ['2024-03-29T00:00:00Z', '2024-05-31T00:00:00Z']],
    ['the last such weekday', { day: 'last sun' }, ['2024-01-28T00:00:00Z', '2024-02-25T00:00:00Z']],
    [
      'day and weekday must both fit',
      { day: 13, day_of_week: 'fri' },
      ['2024-09-13T00:00:00Z', '2024-12-13T00:00:00Z'],
    ],
    ['weeks of ISO 8601', { week: 53, day_of_week: 0 }, ['2026-12-28T00:00:00Z', '2032-12-27T00:00:00Z']],
    ['steps count from the least value', { hour: '*/9' }, ['2024-01-15T18:00:00Z', '2024-01-16T00:00:00Z']],
    ['steps of a range count from its start', { hour: '5-20/7' }, ['2024-01-15T12:00:00Z', '2024-01-15T19:00:00Z']],
    ['an open range with steps', { hour: '20/2' }, ['2024-01-15T20:00:00Z', '2024-01-15T22:00:00Z']],
    ['lists', { minute: '0, 45 ,30' }, ['2024-01-15T10:30:00Z', '2024-01-15T10:45:00Z']],
    ['years', { year: '2024,2026' }, ['2026-01-01T00:00:00Z']],
    ['29 February', { month: 2, day: 29 }, ['2024-02-29T00:00:00Z', '2028-02-29T00:00:00Z']],
  ])('%s', (_, parameters, times) => expect(cronTimes(parameters, MONDAY, 2)).toEqual(times));

  test('a part of a second is rounded up', () =>
    expect(cronTimes({}, '2024-01-15T10:20:30.001Z', 1)).toEqual(['2024-01-15T10:20:31Z']));

  test.each<[string, Value]>([
    ['31 February', { month: 2, day: 31 }],
    ['week 53 in March', { month: 3, week: 53, timezone: 'Europe/Berlin' }],
    ['31 February in any of 8000 years', { year: '1970-9999', month: 2, day: '30,31', timezone: 'America/New_York' }],
    ['29 February in odd years', { year: '2025-9999/2', month: 2, day: 29, timezone: 'America/New_York' }],
    ['a year that is past', { year: 2023 }],
  ])('never: %s', (_, parameters) => expect(cronTimes(parameters, MONDAY, 5)).toEqual([]));
});

describe('clock changes', () => {
  test.each<[string, Value, string, string[]]>([
    [
      'a time that is skipped fires as if the clock had not changed',
      { hour: 2, minute: 30, timezone: 'Europe/Berlin' },
      '2024-03-30T12:00:00Z',
      ['2024-03-31T01:30:00Z', '2024-04-01T00:30:00Z'],
    ],
    [
      'every hour skips the one that is not there',
      { minute: 30, timezone: 'America/New_York' },
      '2024-03-10T06:00:00Z',
      ['2024-03-10T06:30:00Z', '2024-03-10T07:30:00Z', '2024-03-10T08:30:00Z'],
    ],
    [
      'a time that is repeated fires twice',
      { hour: 2, minute: 30, timezone: 'Europe/Berlin' },
      '2024-10-26T22:00:00Z',
      ['2024-10-27T00:30:00Z', '2024-10-27T01:30:00Z', '2024-10-28T01:30:00Z'],
    ],
    [
      'half an hour is repeated on Lord Howe Island',
      { hour: 1, minute: '*/15', timezone: 'Australia/Lord_Howe' },
      '2024-04-06T14:20:00Z',
      [
        '2024-04-06T14:30:00Z',
        '2024-04-06T14:45:00Z',
        '2024-04-06T15:00:00Z',
        '2024-04-06T15:15:00Z',
        '2024-04-07T14:30:00Z',
      ],
    ],
    [
      'a midnight that is skipped does not fire',
      { hour: 0, timezone: 'Asia/Beirut' },
      '2024-03-30T12:00:00Z',
      ['2024-03-31T21:00:00Z', '2024-04-01T21:00:00Z'],
    ],
    [
      'a whole day is skipped in Samoa',
      { hour: 12, timezone: 'Pacific/Apia' },
      '2011-12-29T00:00:00Z',
      ['2011-12-29T22:00:00Z', '2011-12-30T22:00:00Z', '2011-12-31T22:00:00Z'],
    ],
    [
      'the winter is the other way round in Dublin, the clock is not',
      { hour: 1, minute: 15, timezone: 'Europe/Dublin' },
      '2024-10-26T12:00:00Z',
      ['2024-10-27T00:15:00Z', '2024-10-27T01:15:00Z', '2024-10-28T01:15:00Z'],
    ],
  ])('%s', (_, parameters, from, times) => expect(cronTimes(parameters, from, times.length)).toEqual(times));

  test('times never go back, whatever the zone', () => {
    for (const timezone of [
      'America/Santiago',
      'Africa/Cairo',
      'Pacific/Chatham',
      'Antarctica/Troll',
      'America/Havana',
    ]) {
      const times = nextFireTimes(cronOf({ minute: '*/30', timezone }), Date.parse('2024-01-01T00:00:00Z'), 18_000);
      expect(times).toHaveLength(18_000);
      expect(times.every((at, i) => i === 0 || at > times[i - 1]!)).toBe(true);
    }
  });
});

describe('intervals', () => {
  const times = (parameters: Value, from: string, n = 3) =>
    nextFireTimes(timerOf('core.st2.IntervalTimer', parameters, from), Date.parse(from), n).map(iso);

  test.each<[string, Value, string, string[]]>([
    [
      'fire after one interval',
      { unit: 'minutes', delta: 90 },
      MONDAY,
      ['2024-01-15T11:50:30Z', '2024-01-15T13:20:30Z'],
    ],
    ['of nothing are a second', { unit: 'weeks', delta: 0 }, MONDAY, ['2024-01-15T10:20:31Z', '2024-01-15T10:20:32Z']],
    ['below zero go back', { unit: 'seconds', delta: -5 }, MONDAY, ['2024-01-15T10:20:30Z', '2024-01-15T10:20:25Z']],
    [
      'begin by the clock on the wall and go on by elapsed time',
      { unit: 'days', delta: 1, timezone: 'America/New_York' },
      '2024-03-09T12:00:00Z',
      ['2024-03-10T11:00:00Z', '2024-03-11T11:00:00Z'],
    ],
  ])('%s', (_, parameters, from, expected) => expect(times(parameters, from, 2)).toEqual(expected));

  test('end with the calendar', () => expect(times({ unit: 'weeks', delta: 400_000 }, MONDAY, 5)).toHaveLength(1));
});

describe('dates', () => {
  const date = (parameters: Value) => timerOf('core.st2.DateTimer', parameters);

  test.each<[string, Value, string]>([
    ['of the zone', { date: '2024-01-16 12:00', timezone: 'America/New_York' }, '2024-01-16T17:00:00Z'],
    ['of their own offset', { date: '2024-01-16T12:00+02:00', timezone: 'America/New_York' }, '2024-01-16T10:00:00Z'],
    ['in a skipped hour', { date: '2024-03-10 02:30', timezone: 'America/New_York' }, '2024-03-10T07:30:00Z'],
    [
      'in a repeated hour are the first of both',
      { date: '2024-11-03 01:30', timezone: 'America/New_York' },
      '2024-11-03T05:30:00Z',
    ],
    ['that leave out the day are today', { date: '5 pm' }, '2024-01-15T17:00:00Z'],
  ])('%s', (_, parameters, expected) =>
    expect(nextFireTimes(date(parameters), Date.parse(MONDAY), 3).map(iso)).toEqual([expected]),
  );

  test('microseconds are kept as a fraction', () =>
    expect(nextFireTimes(date({ date: '2024-01-15T12:00:00.123456' }), Date.parse(MONDAY), 1)).toEqual([
      Date.parse('2024-01-15T12:00:00.123Z') + 0.456,
    ]));

  test('now is scheduled, a second ago is not', () => {
    expect(isScheduled(date({ date: '2024-01-15T10:20:30Z' }), Date.parse(MONDAY))).toBe(true);
    expect(isScheduled(date({ date: '2024-01-15T10:20:29Z' }), Date.parse(MONDAY))).toBe(false);
    expect(nextFireTimes(date({ date: '2024-01-15T10:20:29Z' }), Date.parse(MONDAY), 1)).toEqual([]);
  });
});

describe('a stretch of time', () => {
  const stretch = (after: string, until: string) => ({
    registeredMs: Date.parse(MONDAY),
    afterMs: Date.parse(after),
    untilMs: Date.parse(until),
  });

  test.each<[string, TimerType, Value, string, string, string[]]>([
    [
      'leaves out its start and has its end',
      'core.st2.CronTimer',
      { minute: 0 },
      '2024-01-15T12:00:00Z',
      '2024-01-15T14:00:00Z',
      ['2024-01-15T13:00:00Z', '2024-01-15T14:00:00Z'],
    ],
    [
      'keeps the phase of an interval',
      'core.st2.IntervalTimer',
      { unit: 'minutes', delta: 7 },
      '2024-02-01T00:00:00Z',
      '2024-02-01T00:15:00Z',
      ['2024-02-01T00:03:30Z', '2024-02-01T00:10:30Z'],
    ],
    [
      'begins with the first firing when it begins before the timer',
      'core.st2.IntervalTimer',
      { unit: 'hours', delta: 1 },
      '2024-01-01T00:00:00Z',
      '2024-01-15T12:30:00Z',
      ['2024-01-15T11:20:30Z', '2024-01-15T12:20:30Z'],
    ],
    [
      'has a date once',
      'core.st2.DateTimer',
      { date: '2024-01-16' },
      MONDAY,
      '2024-01-17T00:00:00Z',
      ['2024-01-16T00:00:00Z'],
    ],
    [
      'has a date no more',
      'core.st2.DateTimer',
      { date: '2024-01-16' },
      '2024-01-16T00:00:00Z',
      '2024-01-17T00:00:00Z',
      [],
    ],
    [
      'is left at once by what goes back',
      'core.st2.IntervalTimer',
      { unit: 'days', delta: -1 },
      '2024-01-15T10:00:00Z',
      '2024-01-17T00:00:00Z',
      [MONDAY],
    ],
  ])('%s', (_, type, parameters, after, until, times) =>
    expect(fireTimesBetween(timerOf(type, parameters), stretch(after, until), 10).map(iso)).toEqual(times),
  );

  test('gives no more than asked for', () =>
    expect(fireTimesBetween(cronOf({}), stretch(MONDAY, '2034-01-01T00:00:00Z'), 3)).toHaveLength(3));
});
