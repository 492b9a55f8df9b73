// operator/domain/rule/wildcard.test.ts — patterns of the shell: sets that close and that don't, and what they may cost.
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, evaluating } from '../expression/evaluation.ts';
import { compileWildcard } from './wildcard.ts';

const within = <T>(run: () => T, steps = DEFAULT_LIMITS.steps): T =>
  evaluating({ nowMs: 0, seed: 1 }, run, { ...DEFAULT_LIMITS, steps });

test.each([
  ['a*c', 'abbc', true],
  ['[a-c]?', 'bx', true],
  ['[!a]', 'a', false],
  ['[]]', ']', true],
  ['[[]', '[', true],
  ['[', '[', true],
  ['[ab', '[ab', true],
  [']', ']', true],
  ['[]', '[]', true],
  ['[a][b', 'a[b', true],
  ['][', '][', true],
])('%s fits %s: %s', (pattern, text, fits) => {
  expect(within(() => compileWildcard(pattern)(text))).toBe(fits);
});

test('every character of a pattern is counted', () => {
  expect(() => within(() => compileWildcard('['.repeat(200)), 100)).toThrow('more than 100 steps');
  expect(() => within(() => compileWildcard('['.repeat(100)), 100)).not.toThrow();
});

test('a pattern is no longer than a regular expression may be', () => {
  expect(within(() => compileWildcard('['.repeat(4096))('x'))).toBe(false);
  expect(() => within(() => compileWildcard('['.repeat(4097)))).toThrow('longer than 4096 characters');
});
