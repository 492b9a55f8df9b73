// operator/domain/purity.test.ts — the traps of the pure layers bite.
import { expect, test } from 'vitest';

test.each([
  ['new Date()', () => new Date()],
  ['Date.now()', () => Date.now()],
  ['Math.random()', () => Math.random()],
  ['fetch()', () => fetch('http://127.0.0.1')],
  ['crypto.randomUUID()', () => crypto.randomUUID()],
])('%s throws in pure code', (what, reach) => {
  expect(reach).toThrow(`${what} in pure code`);
});

test('a date that is passed in works', () => {
  expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
  expect(Date.parse('1970-01-01T00:00:01Z')).toBe(1000);
});
