// operator/domain/expression/embedded/embedded.test.ts — values with expressions in their texts: evaluated, checked, searched for variables.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import type { Plain, Value } from '../python/values.ts';
import { yaqlIn } from './delimiters.ts';
import { evaluate } from './evaluate.ts';
import { validate } from './validate.ts';
import { variablesIn } from './variables.ts';

const context: Plain = {
  a: 1,
  b: 'text',
  l: [1, 2],
  d: { k: "it's" },
  nested: '<% ctx().a %>',
  loop: '<% ctx(loop) %>',
  jinja: '{{ ctx().a }}',
  __state: {},
};
const run = (value: Value): Value => evaluating({ nowMs: 0, seed: 1 }, () => evaluate(value, { context }));
const fault = (value: Value): unknown => {
  try {
    return run(value);
  } catch (error) {
    return error;
  }
};

test.each<[string, Value, unknown]>([
  ['an expression alone keeps its type', '<% ctx(l) %>', [1, 2]],
  ['a blank around it makes text', ' <% ctx(l) %>', ' [1, 2]'],
  ['text is written as Python writes it', '<% ctx(d) %>, <% null %>, <% true %>', "{'k': \"it's\"}, None, True"],
  ['a result that is text is evaluated again', '<% ctx(nested) %>', 1],
  ['by the same language only', '<% ctx(jinja) %>', '{{ ctx().a }}'],
  ['a line break inside leaves it text', '<% ctx(\na) %>', '<% ctx(\na) %>'],
  ['of both languages only Jinja runs', '<% ctx(a) %>{{ ctx().b }}', '<% ctx(a) %>text'],
  ['keys are evaluated too', { '<% ctx(b) %>': ['<% ctx(a) %>', '{{ ctx().a }}', 5] }, { text: [1, 1, 5] }],
  [
    '__proto__ is a key like others',
    JSON.parse('{"__proto__": "<% ctx(a) %>"}') as Plain,
    JSON.parse('{"__proto__": 1}'),
  ],
])('%s', (_, value, result) => {
  expect(run(value)).toEqual(result);
});

describe('faults', () => {
  test.each<[Value, string, string]>([
    [
      'x <% ctx(zz) %>',
      'undefined',
      `Unable to evaluate expression '<% ctx(zz) %>'. VariableUndefinedError: The variable "zz" is undefined.`,
    ],
    ['<% ctx().zz %>', 'undefined', "Unable to resolve key 'zz' in expression '<% ctx().zz %>' from context."],
    [
      '<% ctx(d).kk %>',
      'undefined',
      `Unable to resolve key 'kk' in expression '<% ctx(d).kk %>' from context. Did you mean "k"?`,
    ],
    [
      '<% 1 + %>',
      'syntax',
      "Unable to evaluate expression '<% 1 + %>'. YaqlGrammarException: Parse error: unexpected end of statement",
    ],
    [
      '<% int(x) %>',
      'value',
      "Unable to evaluate expression '<% int(x) %>'. ValueError: invalid literal for int() with base 10: 'x",
    ],
  ])('%s', (value, kind, message) => {
    expect(fault(value)).toMatchObject({ kind, type: 'YaqlEvaluationException', message });
  });
  test('tell the place in the whole text, and their cause', () => {
    const error = fault('first\nsecond: <%  1 / 0 %>');
    expect(error).toMatchObject({ kind: 'arithmetic', place: { line: 2, column: 15 } });
    expect((error as ExpressionFault).cause).toMatchObject({ type: 'ZeroDivisionError' });
  });
  test('an expression that gives itself ends', () => {
    expect(fault('<% ctx(loop) %>')).toMatchObject({ kind: 'budget' });
  });
  test('a list is no key', () => {
    expect(fault({ '<% ctx(l) %>': 1 })).toMatchObject({ kind: 'type', type: 'TypeError' });
  });
});

test('expressions are found in linear time', () => {
  expect(yaqlIn('<% a %>-<%b%> <% c\n %> <% d %>')).toEqual(['<% a %>', '<%b%>', '<% d %>']);
  expect(yaqlIn('<%>')).toEqual([]);
  expect(yaqlIn(`${'<%'.repeat(200_000)}\n%>`)).toEqual([]);
  expect(yaqlIn(`${'<%\n'.repeat(200_000)}%>`)).toEqual([]);
  expect(yaqlIn(`${'<%\n'.repeat(2)}<% a %> \n <%\n%> <% b %>\n`)).toEqual(['<% a %>', '<% b %>']);
  expect(yaqlIn('<% 1 %>'.repeat(100_000))).toHaveLength(100_000);
});

test('validate lists what is wrong, wherever it is', () => {
  expect(validate(['<% 1 + %> <% ) %>', { '<% ( %>': '{{ x }} <% y %>' }, 5, '<% ctx().ok %>'])).toEqual([
    { type: 'yaql', expression: '<% 1 + %>', message: 'Parse error: unexpected end of statement' },
    { type: 'yaql', expression: '<% ) %>', message: "Parse error: unexpected ')' at position 0 of expression ')'" },
    { type: 'yaql', expression: '<% ( %>', message: 'Parse error: unexpected end of statement' },
    { type: undefined, expression: '{{ x }} <% y %>', message: 'Expression with multiple types is not supported.' },
  ]);
});

test.each([`${'{'.repeat(24_000)}%>}}%}`, `{{ ${'('.repeat(5000)} }}`, `<% ${'('.repeat(5000)} %>`])(
  'validate lists what is too much to parse',
  (text) => {
    expect(validate(text).length).toBeGreaterThan(0);
  },
);

test('variablesIn lists references by name, each once', () => {
  const value = {
    '<% ctx().z %>': ['{{ ctx().b.c }}', "<% ctx('a') + ctx(a) %>", '<% ctx().keys() %>', '<% ctx()[x] %>'],
  };
  expect(variablesIn(value)).toEqual([
    { language: 'yaql', expression: "<% ctx('a') + ctx(a) %>", variable: 'a' },
    { language: 'jinja', expression: '{{ ctx().b.c }}', variable: 'b' },
    { language: 'yaql', expression: '<% ctx().z %>', variable: 'z' },
  ]);
});
