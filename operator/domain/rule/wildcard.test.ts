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

test.each([
  ['[a-c]', 'abc'],
  ['[!a-c]', 'dez-][!?\\ö'],
  ['[]a]', 'a]'],
  ['[!]a]', 'bcdez-[!?\\ö'],
  ['[a-]', 'a-'],
  ['[-a]', 'a-'],
  ['[c-a]', ''],
  ['[!c-a]', 'abcdez-][!?\\ö'],
  ['[a-ce-g]', 'abce'],
  ['[a-c-e]', 'abce-'],
  ['[!]', ''],
  ['[*]', ''],
  ['[?]', '?'],
  ['[[]', '['],
  ['[]]', ']'],
  ['[!-]', 'abcdez][!?\\ö'],
  ['[a!]', 'a!'],
  ['[--a]', 'a-][?\\'],
  ['[a-c-]', 'abc-'],
  ['[!a-c-]', 'dez][!?\\ö'],
  ['[z-ab]', 'b'],
  ['[bz-a]', 'b'],
  ['[bz-ac]', 'bc'],
  ['[a-a]', 'a'],
  ['[\\]', '\\'],
  ['[!!]', 'abcdez-][?\\ö'],
  ['[!a-]', 'bcdez][!?\\ö'],
  ['[é-ü]', 'ö'],
])('of these characters %s fits %j', (pattern, members) => {
  const fits = within(() => compileWildcard(pattern));
  expect(within(() => [...'abcdez-][!?\\ö'].filter(fits).join(''))).toBe(members);
});

test.each([
  ['', ['']],
  ['*', ['', 'a', '😀', 'ab', 'aab', 'abc', 'bc', 'aXbYc', 'a\nb']],
  ['**', ['', 'a', '😀', 'ab', 'aab', 'abc', 'bc', 'aXbYc', 'a\nb']],
  ['?', ['a', '😀']],
  ['a*', ['a', 'ab', 'aab', 'abc', 'aXbYc', 'a\nb']],
  ['*b', ['ab', 'aab', 'a\nb']],
  ['a**b', ['ab', 'aab', 'a\nb']],
  ['*a*b*', ['ab', 'aab', 'abc', 'aXbYc', 'a\nb']],
  ['*a?', ['ab', 'aab']],
  ['*[ab]c', ['abc', 'bc']],
  ['a*b*c', ['abc', 'aXbYc']],
  ['a*?c', ['abc', 'aXbYc']],
])('%s fits %j', (pattern, texts) => {
  const fits = within(() => compileWildcard(pattern));
  const all = ['', 'a', '😀', 'ab', 'aab', 'abc', 'bc', 'aXbYc', 'a\nb'];
  expect(within(() => all.filter(fits))).toEqual(texts);
});

test('every character of a text is counted, each time that a star takes one more', () => {
  const fits = within(() => compileWildcard('*ab'));
  expect(() => within(() => fits('a'.repeat(100)), 100)).toThrow('more than 100 steps');
  expect(() => within(() => fits('a'.repeat(100)), 302)).not.toThrow();
});
