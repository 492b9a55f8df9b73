// operator/domain/workflow/judge-cycles.test.ts — ways that lead back to where they begin.
import { expect, test } from 'vitest';
import { cycleThrough } from './judge-cycles.ts';

const through = (start: string, ways: Readonly<Record<string, readonly string[]>>) =>
  cycleThrough(start, (name) => ways[name] ?? [])?.join('');

test.each<[string, Readonly<Record<string, readonly string[]>>, string | undefined]>([
  ['itself', { a: ['a'] }, 'aa'],
  ['two', { a: ['b'], b: ['a'] }, 'aba'],
  ['the shortest', { a: ['b', 'd'], b: ['c'], c: ['a'], d: ['a'] }, 'ada'],
  ['three, from where it is asked', { a: ['b'], b: ['c'], c: ['x', 'a'] }, 'abca'],
  ['none in a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'] }, undefined],
  ['none that it only leads to', { a: ['b'], b: ['c'], c: ['b'] }, undefined],
])('%s', (_, ways, expected) => {
  expect(through('a', ways)).toBe(expected);
});

test('a long way is walked once', () => {
  let asked = 0;
  const last = 20_000;
  const way = cycleThrough(0, (at) => {
    asked++;
    return at === last ? [0] : [at + 1, at + 1];
  });
  expect([way?.length, asked]).toEqual([last + 2, last + 1]);
});
