// operator/domain/rule/timediff.test.ts — how long ago a moment was, however it is written.
import { expect, test } from 'vitest';
import { evaluating } from '../expression/evaluation.ts';
import type { Value } from '../expression/python/values.ts';
import { secondsSince } from './timediff.ts';

const NOW = Date.parse('2024-03-10T12:00:00.250Z');
const since = (value: Value) => evaluating({ nowMs: NOW, seed: 0 }, () => secondsSince(value));

test.each<[Value, number]>([
  ['2024-03-10T12:00:00Z', 0.25],
  ['2024-03-10T12:00:00.751Z', -0.501],
  ['2024-03-10 11:00', 3600.25],
  ['2024-03-10T13:00:00+02:00', 3600.25],
  ['2024-03-10T11:30:00-01:00', -1799.75],
  ['10 Mar 2024 11:59', 60.25],
  ['0001-01-01', 63845668800.25],
  ['9999-12-31T23:59:59', -251692228798.75],
])('%s: %d', (value, seconds) => {
  expect(since(value)).toBeCloseTo(seconds, 4); // as far as floats go
});

test.each<[Value, string]>([
  ['soon', 'ParserError'],
  ['0001-01-01T00:00:00+00:01', 'OverflowError'],
  ['9999-12-31T23:59:59-00:01', 'OverflowError'],
  ['10 Mar 2024 11:59 +2400', 'ValueError'],
])('%s is no moment', (value, type) => {
  expect(() => since(value)).toThrow(expect.objectContaining({ type }));
});
