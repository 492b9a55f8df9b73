// e2e/packs/matching.test.ts — what a case expects against what came out: tokens, matchers, places of differences.
import { expect, test } from 'vitest';
import { difference, withTokens } from './matching.ts';

test('a token is replaced in texts, and is a number where it is the whole text', () => {
  const tokens = { '${h}': 'host', '${p}': 80 };
  expect(withTokens({ at: ['${h}:${p}', '${p}'], n: 1 }, tokens)).toEqual({ at: ['host:80', 80], n: 1 });
});

test.each([
  ['<<number>>', 1, undefined],
  ['<<number>>', '1', 'expected "<<number>>", got "1"'],
  ['<<regex:^a.b>>', 'a\nbc', undefined],
  ['<<regex:^b>>', 'ab', 'expected "<<regex:^b>>", got "ab"'],
  [{ a: [1, 2] }, { a: [1, 3] }, '.a[1]: expected 2, got 3'],
  [{ a: 1 }, { a: 1, b: 2 }, '.b: expected nothing, got 2'],
  [[1], [1, 2], 'expected [1], got [1,2]'],
  [null, undefined, 'expected null, got nothing'],
])('%j against %j', (expected, got, differs) => {
  expect(difference(expected, got)).toBe(differs);
});

test('more keys than asked for are no difference where only some are asked for', () => {
  expect(difference([{ a: 1 }], [{ a: 1, b: 2 }], true)).toBeUndefined();
});
