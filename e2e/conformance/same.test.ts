// e2e/conformance/same.test.ts — what counts as the recorded value, and what does not.
import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { same } from './same.ts';
import type { Answer, Suite } from './suite.ts';
import { decode, encode, type Json } from './tagged.ts';

const two = { $float: '2.0' };

test.each<[Json, Json, boolean]>([
  [2, 2, true],
  [2, two, false],
  [2, true, false],
  [two, { $float: '2.0' }, true],
  [0.1, 0.30000000000000004 - 0.2, true],
  [0.1, 0.100001, false],
  [{ $float: 'NaN' }, { $float: 'NaN' }, true],
  [{ $float: '-0.0' }, { $float: '0.0' }, false],
  [{ $float: '1.0' }, 0.9999999999999999, true],
  [[1, 2], [2, 1], false],
  [[1, 2], { $tuple: [1, 2] }, false],
  [{ $set: [1, 2] }, { $set: [2, 1] }, true],
  [{ $set: [1, 1] }, { $set: [1, 2] }, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: null }, false],
  [
    {
      $dict: [
        [1, 'a'],
        [2, 'b'],
      ],
    },
    {
      $dict: [
        [2, 'b'],
        [1, 'a'],
      ],
    },
    true,
  ],
  [{ $datetime: '2024-01-01T00:00:00Z' }, { $datetime: '2024-01-01T00:00:00.000+00:00' }, true],
  [{ $datetime: '2024-01-01T00:00:00Z' }, { $datetime: '2024-01-01T01:00:00+01:00' }, false],
  [{ $object: ['loop', 'x'] }, { $object: ['loop', 'x'] }, false],
  ['', null, false],
])('%j and %j: %j', (a, b, expected) => {
  expect(same(a, b)).toBe(expected);
  expect(same(b, a)).toBe(expected);
});

test.each<Json>([
  two,
  { $float: 'Infinity' },
  { $int: '123456789012345678901234567890' },
  { $set: [1, 'a'] },
  { $tuple: [{ $tuple: [] }, 1] },
  {
    $dict: [
      [1, { $set: [] }],
      ['$x', null],
    ],
  },
  { $datetime: '2015-09-29T05:06:07.000008+02:00' },
  { $date: '2015-09-29' },
  { $timedelta: { days: -1, seconds: 5, microseconds: 7 } },
  { $bytes: 'AP8=' },
  { $utf16: [55_357, 97] },
  { a: [1, { __proto__x: two }] },
])('%j is the same after it was read and written', (json) => {
  expect(encode(decode(json))).toEqual(json);
});

test.each<[string, Answer | Error, object, boolean]>([
  ['the result', { result: 1 }, { result: 1 }, true],
  ['what was intended', { result: 1 }, { result: 2, intended: 1 }, true],
  ['another result', { result: 1 }, { result: 2 }, false],
  ['an error of the same kind', fault('type'), { error: 'TypeError', kind: 'type' }, true],
  ['an error of another kind', fault('value'), { error: 'TypeError', kind: 'type' }, false],
  ['an error instead of a result', fault('type'), { result: 1 }, false],
  ['a result instead of an error', { result: null }, { error: 'TypeError', kind: 'type' }, false],
  ['a crash instead of an error', new TypeError('x is not a function'), { error: 'TypeError', kind: 'type' }, false],
])('%s', (_, answer, recorded, passed) => {
  const suite: Suite = {
    name: 'yaql',
    run: () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  expect(judge(suite, { name: 'yaql/x', group: 'x', ...recorded }).passed).toBe(passed);
});

function fault(kind: string): Answer {
  return { error: { type: 'X', kind, message: 'no' } };
}
