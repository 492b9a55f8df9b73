// operator/domain/expression/python/literal.test.ts — ast.literal_eval(), against what Python answers.
import { expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { literal } from './literal.ts';
import { shown } from './shown.setup.ts';

test.each<[string, string]>([
  ["[1, -2.5, 'a', None, True]", "[1, -2.5, 'a', None, True]"],
  ["{'a': (1,), 'b': {2}}", "{'a': (1,), 'b': {2}}"],
  ['1,2', '(1, 2)'],
  ["'a' 'b'", "'ab'"],
  ["b'\\xff' rb'\\n'", "b'\\xff\\\\n'"],
  ["'\\x41\\101\\u00e9\\U0001F600\\n\\z'", "'AAé😀\\n\\\\z'"],
  ['0xFF', '255'],
  ['1_000', '1000'],
  ['1e400', 'inf'],
  ['{}', '{}'],
  ['set()', 'set()'],
  ["'''a\nb'''", "'a\\nb'"],
  ['(1)', '1'],
  [' 1 # c', '1'],
  ["{1: 'a', 1.0: 'b'}", "{1: 'b'}"],
  ["[[1], {'a': []}]", "[[1], {'a': []}]"],
  ['foo', 'ValueError: malformed node or string on line 1: <ast.Name object>'],
  ['foo-bar', 'ValueError: malformed node or string on line 1: <ast.Name object>'],
  ['hello world', 'SyntaxError: invalid syntax (<unknown>, line 1)'],
  ['{a: 1}', 'ValueError: malformed node or string on line 1: <ast.Name object>'],
  ['1+1', 'ValueError: malformed node or string on line 1: <ast.BinOp object>'],
  ["f'x'", 'ValueError: malformed node or string on line 1: <ast.JoinedStr object>'],
  [
    '2020-01-01',
    'SyntaxError: leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers (<unknown>, line 1)',
  ],
  ['[1, 2', "SyntaxError: '[' was never closed (<unknown>, line 1)"],
  ['[1 2]', 'SyntaxError: invalid syntax. Perhaps you forgot a comma? (<unknown>, line 1)'],
  ['{1:2,3}', "SyntaxError: ':' expected after dictionary key (<unknown>, line 1)"],
  ["'a", 'SyntaxError: unterminated string literal (detected at line 1) (<unknown>, line 1)'],
  ['', 'SyntaxError: invalid syntax (<unknown>, line 0)'],
  ['\n 1', 'IndentationError: unexpected indent (<unknown>, line 2)'],
  ['1__0', 'SyntaxError: invalid decimal literal (<unknown>, line 1)'],
  [
    '012',
    'SyntaxError: leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers (<unknown>, line 1)',
  ],
  ["'a' b'b'", 'SyntaxError: cannot mix bytes and nonbytes literals (<unknown>, line 1)'],
  ['{[]: 1}', "TypeError: unhashable type: 'list'"],
  ['--1', 'ValueError: malformed node or string on line 1: <ast.UnaryOp object>'],
  ['x[1:2](a, *b, c=1).d', 'ValueError: malformed node or string on line 1: <ast.Attribute object>'],
  ['a not in b and c or not d', 'ValueError: malformed node or string on line 1: <ast.BoolOp object>'],
  ['lambda x: 1 if x else 2', 'ValueError: malformed node or string on line 1: <ast.Lambda object>'],
  ['[x for x in y if z]', 'ValueError: malformed node or string on line 1: <ast.ListComp object>'],
  ['not', 'SyntaxError: invalid syntax (<unknown>, line 1)'],
  [
    "'\\x4'",
    "SyntaxError: (unicode error) 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape (<unknown>, line 1)",
  ],
  ['[]]', "SyntaxError: unmatched ']' (<unknown>, line 1)"],
  ['a = 1', 'SyntaxError: invalid syntax (<unknown>, line 1)'],
  ['import os', 'SyntaxError: invalid syntax (<unknown>, line 1)'],
  ['(yield)', 'ValueError: malformed node or string on line 1: <ast.Yield object>'],
])('%j is what it is in Python', (text, expected) => {
  expect(shown(() => literal(text))).toBe(expected);
});

test('numbers keep their type', () => {
  expect(shown(() => literal('[2, 2.0, 1e3, 9007199254740993]'))).toBe('[2, 2.0, 1000.0, 9007199254740993]');
});

test.each(['['.repeat(5000), '-'.repeat(5000), `${'['.repeat(150)}${']'.repeat(150)}`, `${'not '.repeat(5000)}1`])(
  '%#: deep nesting is refused',
  (text) => {
    expect(shown(() => literal(text))).toMatch(/^(BudgetExceeded|SyntaxError)/);
  },
);

test('mistakes are told with their line', () => {
  const fault = (() => {
    try {
      return evaluating({ nowMs: 0, seed: 1 }, () => literal('[1,\n 2 3]'));
    } catch (error) {
      return error;
    }
  })();
  expect(fault).toMatchObject({ kind: 'syntax', place: { line: 2 } });
});
