// operator/domain/expression/jinja/limits.test.ts
import { expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import type { Plain } from '../python/values.ts';
import { compileTemplate } from './template.ts';

const render = (source: string, context: Plain = {}) =>
  evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(source).render({ context }));

test.each([
  ['a long text', "{{ 'a' * 10**9 }}"],
  ['a long list', '{{ [1] * 10**9 }}'],
  ['loops in loops', '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}'],
  [
    'a text that doubles',
    "{% set n = namespace(s='x') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
  ],
  [
    'a list that doubles inwards',
    '{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}',
  ],
  ['a list in itself', '{% set l = [] %}{{ l.append(l) }}{{ l }}'],
  ['a loop that feeds itself', '{% set l = [1] %}{% for x in l %}{{ l.append(1) or "" }}{% endfor %}'],
  ['much output', `{% for i in range(99999) %}${'x'.repeat(100)}{% endfor %}`],
  ['a macro that calls itself', '{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}'],
  ['a loop that enters itself', '{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}'],
  ['a block that holds itself', '{% block b %}{{ self.b() }}{% endblock %}'],
  ['parentheses', `{{ ${'('.repeat(20_000)} }}`],
  ['brackets', `{{ ${'['.repeat(20_000)} }}`],
  ['signs', `{{ ${'-'.repeat(20_000)}1 }}`],
  ['negations', `{{ ${'not '.repeat(20_000)}1 }}`],
  ['attributes', `{{ a${'.a'.repeat(20_000)} }}`],
  ['sums', `{{ 1${'+1'.repeat(20_000)} }}`],
  ['filters', `{{ 1${'|int'.repeat(20_000)} }}`],
  ['conditions', `{{ 1${' if 1 else 1'.repeat(10_000)} }}`],
  ['statements', '{% if 1 %}'.repeat(10_000)],
])('%s are refused', (_, source) => {
  expect(() => render(source)).toThrow(expect.objectContaining({ kind: 'budget' }));
});

test.each([
  ['delimiters that stay open', '{#'.repeat(100_000), 'Missing end of comment tag'],
  ['raw blocks that stay open', '{% raw %}'.repeat(50_000), 'Missing end of raw directive'],
  ['blanks', `{%${' '.repeat(500_000)}`, 'tag name expected'],
  ['quotes that stay open', `{{ '${'\\a'.repeat(200_000)}`, 'unexpected char'],
  ['digits', `{{ ${'1'.repeat(100_000)} }}`, 'Exceeds the limit (4300 digits)'],
])('%s fail at once', (_, source, message) => {
  expect(() => render(source)).toThrow(message);
});

test('a range has at most 100,000 items', () => {
  expect(render('{{ range(100000) | length }}')).toBe('100000');
  expect(() => render('{{ range(100001) }}')).toThrow('Range too big.');
});

test('what nests as deeply as people write is fine', () => {
  const deep = `${'('.repeat(60)}1${')'.repeat(60)}`;
  expect(render(`{{ ${deep} }}{% if 1 %}{% for x in [1] %}{{ ${'not '.repeat(50)}x }}{% endfor %}{% endif %}`)).toBe(
    '1True',
  );
});
