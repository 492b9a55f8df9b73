// operator/domain/expression/python/yaml/plain-blocks.test.ts — what is read the short way has the value that the whole parser gives it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluating, NOWHEN } from '../../evaluation.ts';
import { ExpressionFault } from '../../fault.ts';
import type { Value } from '../values.ts';
import { loadYaml } from '../yaml-load.ts';
import { plainBlocks } from './plain-blocks.ts';

const short = (text: string): Value | undefined => evaluating(NOWHEN, () => plainBlocks(text));

/** By the whole parser, which a mark of the end calls for; a sentence where it refuses the text. */
function whole(text: string): unknown {
  try {
    return evaluating(NOWHEN, () => loadYaml(`${text}\n...\n`, { uniqueKeys: true }));
  } catch (fault) {
    if (fault instanceof ExpressionFault) return `refused: ${fault.message}`;
    throw fault;
  }
}

test.each([
  'a: 1\nb: x y\n',
  '---\na:\n  - b: 2\n    c: "d"\n  -\n  - - e\n# comment\nf: it is\n',
  'a:\n- x\n- y: 1\n  z:\nb: ~\n',
  "a: 'it''s'\nb: [x, {c: \"d\"}, [], {}]\n",
  'a: <% ctx(x) %>\nb: c=<% $ %>\n',
  '- 1\n- -2\n- 017\n- 1.5\n- yes\n- null\n- 12:30\n',
  'tasks:\n  t1:\n    action: core.echo message="a b" n=1\n    next:\n      - when: <% failed() %>\n        do: [t2, t3]\n',
])('%j is read', (text) => {
  expect(short(text)).toBeDefined();
  expect(short(text)).toEqual(whole(text));
});

describe('is left to the whole parser', () => {
  test.each([
    '',
    'word',
    ' a: 1',
    'a: 1\na: 2',
    'a: b: c',
    'a: b # c',
    'a: # c',
    'a:\tb',
    'a: |\n  b\n',
    'a: x\n  y\n',
    'a:\n  x\n',
    'a: "x\n  y"',
    'a: "\\n"',
    'a: &x 1\nb: *x',
    'a: !!str 1',
    'a: 2001-01-01',
    'a: =',
    '<<: {a: 1}',
    'on: 1',
    '1: 2',
    'a: [x, y',
    'a: [x: y]',
    'a: [x, ]',
    'a: {x: 1, x: 2}',
    'a: {x}',
    'a: ]',
    'a: @x',
    'a: -',
    '- a\nb: 1',
    'a: 1\n- b',
    'a:\n    b: 1\n  c: 2',
    'a: 1\n---\nb: 2',
    '%YAML 1.1\n---\na: 1',
    'a: x\r\nb: y',
    '"a": 1',
    'a b: 1',
    '? a',
  ])('%j', (text) => {
    expect(short(text)).toBeUndefined();
  });
});

const pieces = fc.constantFrom(
  ...`x|x y|1|-1|.5|0x1f|1:30|yes|~|null|a: |b: |on: |- |-|- - |"q"|'it''s'|"|'|[x, y]|[|]|{a: 1}|{|}|, |: |:`.split(
    '|',
  ),
  ...' # #!# c!|!>!&a!*a!!t!<% f(x) %>!<<: !=!%!@!`!?!? !---!...!\\!\u00a0!\t! '.split('!'),
);
const line = fc
  .tuple(fc.nat(2), fc.constantFrom('a: ', 'b: ', 'c:', '- ', '- d: ', ''), fc.array(pieces, { maxLength: 3 }))
  .map(([indent, key, parts]) => '  '.repeat(indent) + key + parts.join(''));

/** Lines of the right shape, of which most are read. */
const word = fc.constantFrom(
  'x',
  'x y',
  '1',
  '-1.5',
  'no',
  '"q: r"',
  "'s'",
  '[a, {b: c}]',
  '{}',
  '<% f(x, y) %>',
  'a:b',
);
const tree: fc.Arbitrary<readonly string[]> = fc.letrec<{ node: readonly string[] }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    word.map((one) => [one]),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c.d', 'e_f'), tie('node')), { minLength: 1, maxLength: 3 })
      .map((all) =>
        all.flatMap(([key, below]) =>
          below.length === 1 ? [`${key}: ${below[0]}`] : [`${key}:`, ...below.map((one) => `  ${one}`)],
        ),
      ),
    fc
      .array(tie('node'), { minLength: 1, maxLength: 3 })
      .map((all) => all.flatMap(([first = '', ...below]) => [`- ${first}`, ...below.map((one) => `  ${one}`)])),
  ),
})).node;

test.each([
  ['lines of any kind', fc.array(line, { minLength: 1, maxLength: 4 })],
  ['lines of the right shape', tree],
])('%s: the same value, or none', (_, lines) => {
  let read = 0;
  fc.assert(
    fc.property(lines, (some) => {
      const text = some.join('\n');
      const value = short(text);
      if (value === undefined) return;
      read++;
      expect(value).toEqual(whole(text));
    }),
    { seed: 7, numRuns: 4000 },
  );
  expect(read).toBeGreaterThan(100);
});
