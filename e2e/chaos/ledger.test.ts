// e2e/chaos/ledger.test.ts — the ledger sees what is lost and what is doubled.
import { expect, test } from 'vitest';
import { compare } from './ledger.ts';

test.each([
  ['equal', ['a', 'b'], ['b', 'a'], { lost: [], doubled: [] }],
  ['one is missing', ['a', 'b'], ['a'], { lost: ['b'], doubled: [] }],
  ['one came twice', ['a'], ['a', 'a'], { lost: [], doubled: ['a'] }],
  ['one was never asked for', ['a'], ['a', 'c'], { lost: [], doubled: ['c'] }],
])('%s', (_, expected, written, difference) => {
  expect(compare(expected, written)).toEqual(difference);
});
