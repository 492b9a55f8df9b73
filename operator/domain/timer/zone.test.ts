// operator/domain/timer/zone.test.ts — clocks on walls and UTC, around changes of the clock.
import { describe, expect, test } from 'vitest';
import { openZone } from './zone.ts';

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

test.each([
  ['America/New_York', '2024-03-10T02:30', 0, '2024-03-10T07:30'],
  ['America/New_York', '2024-03-10T02:30', 1, '2024-03-10T06:30'],
  ['America/New_York', '2024-11-03T01:30', 0, '2024-11-03T05:30'],
  ['America/New_York', '2024-11-03T01:30', 1, '2024-11-03T06:30'],
  ['America/New_York', '2024-11-03T02:00', 1, '2024-11-03T07:00'],
  ['Europe/Dublin', '2024-10-27T01:30', 1, '2024-10-27T01:30'],
  ['Pacific/Apia', '2011-12-30T12:00', 0, '2011-12-30T22:00'],
  ['Asia/Kathmandu', '2024-06-01T00:00', 0, '2024-05-31T18:15'],
  ['UTC', '2024-06-01T00:00', 1, '2024-06-01T00:00'],
] as const)('%s %s, fold %i', (name, wall, fold, utc) => {
  const zone = openZone(name);
  expect(iso(zone.utcOf({ ms: Date.parse(`${wall}Z`), fold }))).toBe(utc);
});

describe('every moment of a year has a wall that leads back to it', () => {
  test.each(['America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Europe/Dublin', 'America/St_Johns'])(
    '%s',
    (name) => {
      const zone = openZone(name);
      const start = Date.parse('2023-01-01T00:00:00Z');
      const moments = Array.from({ length: 366 * 48 }, (_, i) => start + i * 1_800_000);
      expect(moments.filter((ms) => zone.utcOf(zone.wallAt(ms)) !== ms)).toEqual([]);
    },
  );
});

test('the second pass of a repeated hour is marked', () => {
  const zone = openZone('Europe/Berlin');
  expect(zone.wallAt(Date.parse('2024-10-27T00:30:00Z'))).toEqual({ ms: Date.parse('2024-10-27T02:30:00Z'), fold: 0 });
  expect(zone.wallAt(Date.parse('2024-10-27T01:30:00Z'))).toEqual({ ms: Date.parse('2024-10-27T02:30:00Z'), fold: 1 });
});

test.each(['US/Pacific', 'EST5EDT', 'CET', 'Etc/GMT+3', 'America/Argentina/Buenos_Aires'])('%s is a zone', (name) =>
  expect(openZone(name).name).toBe(name),
);
