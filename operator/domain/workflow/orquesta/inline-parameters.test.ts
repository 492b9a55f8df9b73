// operator/domain/workflow/orquesta/inline-parameters.test.ts — which `name=value` are read, and as what.
import { expect, test } from 'vitest';
import { Float } from '../../expression/python/values.ts';
import { parseInlineParameters } from './inline-parameters.ts';

test.each([
  ['', []],
  [
    'core.local cmd="ls -l" t=5',
    [
      ['cmd', 'ls -l'],
      ['t', 5],
    ],
  ],
  ['a=text', []],
  ['a=12abc', [['a', 12]]],
  ['a=-1.5', [['a', -1.5]]],
  ['a=1.0', [['a', new Float(1)]]],
  [
    'a=007 b=.5',
    [
      ['a', '007'],
      ['b', '.5'],
    ],
  ],
  [
    'a="5" b=\'true\'',
    [
      ['a', '5'],
      ['b', 'true'],
    ],
  ],
  [
    'a=TRUE b=False c=null d=NULL',
    [
      ['a', true],
      ['b', false],
      ['c', null],
    ],
  ],
  ['a=nullify', [['a', null]]],
  [
    'a=[1, 2] b=3',
    [
      ['a', [1, 2]],
      ['b', 3],
    ],
  ],
  ['a=[1] b=[2]', [['a', '[1] b=[2]']]], // up to the last bracket of the line
  ['a=["x"]', [['a', '["x"]']]],
  ['a=\'{"k": 1}\'', [['a', { k: 1 }]]],
  [
    'a=<% ctx("x") %> b={{ y }}',
    [
      ['a', '<% ctx("x") %>'],
      ['b', '{{ y }}'],
    ],
  ],
  ['a=<% x\n%>', []],
  ['a="multi\nline"', [['a', 'multi\nline']]],
  ['a="open', []],
  [
    'ü=1 _a=2 1=3',
    [
      ['ü', 1],
      ['_a', 2],
      ['1', 3],
    ],
  ],
  ['a = 1, =2', []],
  [
    'a=1 a=2',
    [
      ['a', 1],
      ['a', 2],
    ],
  ],
  ['__proto__=1', [['__proto__', 1]]],
])('%j', (text, expected) => {
  expect(parseInlineParameters(text).map(({ name, value }) => [name, value])).toEqual(expected);
});

test.each(['a=[', 'a=<%', 'a="', '=', 'a', 'a=[\n'])('a long text of %j is read in one pass', (part) => {
  expect(() => parseInlineParameters(part.repeat(100_000))).not.toThrow();
});
