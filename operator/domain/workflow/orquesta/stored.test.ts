// operator/domain/workflow/orquesta/stored.test.ts — what a workflow keeps of the value of an expression.
import { expect, test } from 'vitest';
import { PySet, Tuple } from '../../expression/python/collections.ts';
import { Dict } from '../../expression/python/dict.ts';
import type { Value } from '../../expression/python/values.ts';
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { stored } from './stored.ts';

test.each<[string, Value, Value]>([
  ['a tuple', new Tuple([1, new Tuple([2])]), [1, [2]]],
  ['a dict', new Dict([['a', new Tuple([])]]), { a: [] }],
  [
    'keys that are no text',
    new Dict([
      [2, 'a'],
      [null, 'b'],
      [true, 'c'],
    ]),
    { 2: 'a', null: 'b', true: 'c' },
  ],
  ['what is inside of lists and objects', { l: [{ t: new Tuple([1]) }] }, { l: [{ t: [1] }] }],
])('%s', (_what, value, kept) => {
  expect(stored(value)).toEqual(kept);
});

test('what need not change is shared', () => {
  const value: Value = { a: [1, { b: 'c' }] };
  expect(stored(value)).toBe(value);
});

test('a set stays a set', () => {
  const set = evaluating(NOWHEN, () => new PySet([1]));
  expect(stored(set)).toBe(set);
});
