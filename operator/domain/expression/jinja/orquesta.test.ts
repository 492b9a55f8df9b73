// operator/domain/expression/jinja/orquesta.test.ts
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { repr } from '../python/repr.ts';
import { evaluateJinja, hasJinja, jinjaVariables, validateJinja } from './orquesta.ts';
import { isJinjaExpression, renderValues, toRawBlock } from './render-values.ts';

const context = {
  a: 1,
  l: [1, 'b'],
  n: null,
  inner: '{{ ctx().a }}',
  endless: '{{ ctx().endless }}',
  __state: { tasks: [], routes: [[]], sequence: [] },
};
const evaluate = (text: string) => evaluating({ nowMs: 0, seed: 1 }, () => evaluateJinja(text, { context }));

describe('texts of workflows', () => {
  test.each([
    ['{{ ctx().a }}', 1],
    ['{{ ctx().l }}', [1, 'b']],
    [' {{ ctx().a }}', ' 1'],
    ['{{ ctx().l }} and {{ ctx().n }}', "[1, 'b'] and None"],
    ['{{ ctx().inner }}', 1],
    ['x{{ ctx().inner }}', 'x1'],
    ['{% for x in ctx().l %}{{ x }}{% endfor %}', '1b'],
    ['{% raw %}{{ x }}{% endraw %} {{ ctx().a }}', '{{ x }} 1'],
    ['{{ ctx().l | map("string") }}', ['1', 'b']],
    ['{{ ctx().a\n}}', '{{ ctx().a\n}}'],
    ["{{ ctx('l')[0] + 1 }}", 2],
  ])('%s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  test.each([
    ['{{ ctx().zz }}', 'undefined', 'There are unresolved variables: ctx().zz'],
    ['{{ nosuch }} {{ ctx().a }}', 'undefined', 'There are unresolved variables: nosuch'],
    [
      '{{ ctx().zz.y }}',
      'undefined',
      "Unable to evaluate expression '{{ ctx().zz.y }}'. UndefinedError: 'dict object' has no attribute 'zz'",
    ],
    [
      "{{ {'a': {}} }}",
      'syntax',
      "Unable to evaluate expression '{{ {'a': {}}'. TemplateSyntaxError: unexpected 'end of template'",
    ],
    ['{{ 1 / 0 }}', 'arithmetic', 'ZeroDivisionError: division by zero'],
    ['{{ ctx().endless }}', 'budget', 'nested deeper'],
  ])('%s fails', (text, kind, message) => {
    expect(() => evaluate(text)).toThrow(
      expect.objectContaining({ type: 'JinjaEvaluationException', kind, message: expect.stringContaining(message) }),
    );
  });

  test('a text without an end is not read again and again', () => {
    const text = `}}${'{{'.repeat(200_000)}%}${'{%'.repeat(200_000)}`;
    expect(hasJinja(text)).toBe(false);
    expect(evaluate(text)).toBe(text);
  });
});

test.each([
  ['{{ ctx().a }} {{ ctx().b.c }}', ['a', 'b']],
  ['{{ ctx(\'a\') }}{{ ctx(b) }}{{ ctx("c") }}', ['a', 'c', 'b']],
  ["{{ ctx()['a'] }}{{ ctx().get(a) }}", []],
  ['{% if ctx().a %}{% endif %}', []],
])('%s names %j', (text, names) => {
  expect(jinjaVariables(text).toSorted()).toEqual(names.toSorted());
});

test.each([
  ['{{ ctx().a }}', []],
  ['{{ a | nosuch }}', []],
  ['{{ ctx(.a }}', [['{{ ctx(.a }}', "unexpected '.'"]]],
  ['{% endif %}', [['{% endif %}', "Encountered unknown tag 'endif'."]]],
  [
    '{{ 1 + }} {{ ) }}',
    [
      ['{{ 1 + }} {{ ) }}', "unexpected 'end of print statement'"],
      ['{{ 1 + }}', "unexpected 'end of template'"],
      ['{{ ) }}', "unexpected ')'"],
    ],
  ],
])('the grammar of %s', (text, faults) => {
  expect(validateJinja(text)).toEqual(faults.map(([expression, message]) => ({ type: 'jinja', expression, message })));
});

describe('values of chains and aliases', () => {
  const scope = { context: { t: { n: 5, s: 'x' } } };
  const rendered = (mapping: Parameters<typeof renderValues>[0]) =>
    evaluating({ nowMs: 0, seed: 1 }, () => renderValues(mapping, scope));

  test('what does not change keeps its type, and templates become text', () => {
    const result = rendered({ a: 5, b: '{{ t.n }}', c: { d: ['{{ t.s }}', 2] }, e: null, f: '{{ __context.t.n }}' });
    expect(evaluating({ nowMs: 0, seed: 1 }, () => repr(result))).toBe(
      "{'a': 5, 'b': '5', 'c': {'d': ['x', 2]}, 'e': None, 'f': '5'}",
    );
  });

  test('without a context nothing is rendered', () => {
    const mapping = { a: '{{ x }}' };
    expect(evaluating({ nowMs: 0, seed: 1 }, () => renderValues(mapping, { context: {} }))).toBe(mapping);
  });

  test.each([
    ['{{ x }}', '{% raw %}{{ x }}{% endraw %}', true],
    ['{% if x %}', '{% raw %}{% if x %}{% endraw %}', true],
    ['{{ x', '{{ x', true],
    ['{{ x\n}}', '{{ x\n}}', true],
    ['plain }}', 'plain }}', false],
  ])('%j is protected as %j', (text, raw, isTemplate) => {
    expect(toRawBlock(text)).toBe(raw);
    expect(isJinjaExpression(text)).toBe(isTemplate);
  });
});
