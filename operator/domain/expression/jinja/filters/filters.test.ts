// operator/domain/expression/jinja/filters/filters.test.ts — jinja2's filters: what the recorded cases leave out, errors, laziness and limits.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../../evaluation.ts';
import type { Plain } from '../../python/values.ts';
import { compileTemplate } from '../template.ts';

const CONTEXT: Plain = {
  objs: [
    { n: 'x', g: 'b', v: 1 },
    { n: 'Y', g: 'B', v: 3 },
    { n: 'a', g: 'a', v: 2 },
  ],
  text: 'The quick brown-fox -- jumped',
  html: '<a href="x">O\'Neil &amp; co</a>',
};

const rendered = (expression: string): string =>
  evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(`{{ ${expression} }}`).render({ context: CONTEXT }));

describe('values', () => {
  test.each([
    ["objs | sort(attribute='g,n') | map(attribute='n') | join", 'axY'],
    ["objs | sort(attribute='v', reverse=true) | map(attribute='v') | list", '[3, 2, 1]'],
    [
      "objs | groupby('g')",
      "[('a', [{'n': 'a', 'g': 'a', 'v': 2}]), ('b', [{'n': 'x', 'g': 'b', 'v': 1}, {'n': 'Y', 'g': 'B', 'v': 3}])]",
    ],
    ["(objs | groupby('g'))[0].grouper", 'a'],
    ["(objs | groupby('g') | first).list | length", '1'],
    ["objs | map(attribute='zz', default='-') | join", '---'],
    ["objs | sum(attribute='v', start=10)", '16'],
    ["objs | selectattr('v', 'gt', 1) | map(attribute='n') | list", "['Y', 'a']"],
    ["['b', 'A', 'a'] | unique | list", "['b', 'A']"],
    ["['b', 'A', 'a'] | unique(case_sensitive=true) | list", "['b', 'A', 'a']"],
    ['[1, 2, 3, 4, 5] | slice(2) | list', '[[1, 2, 3], [4, 5]]'],
    ['[1, 2, 3] | batch(2, 0) | list', '[[1, 2], [3, 0]]'],
    ['2.5 | round', '2.0'],
    ['2.5 | round(0, "ceil")', '3.0'],
    ['1234 | round(-2)', '1200'],
    ['1e24 | filesizeformat', '1000.0 ZB'],
    ['1024 | filesizeformat(true)', '1.0 KiB'],
    ['"12.7" | int', '12'],
    ['"0x1f" | int(0, 16)', '31'],
    ['text | wordwrap(10)', 'The quick\nbrown-fox\n-- jumped'],
    ['"a--b well-known x" | wordwrap(6)', 'a--b\nwell-\nknown\nx'],
    ['"supercali" | wordwrap(4)', 'supe\nrcal\ni'],
    ['"supercali x" | wordwrap(4, false)', 'supercali\nx'],
    ['text | truncate(12)', 'The...'],
    ['text | truncate(12, true)', 'The quick...'],
    ['html | striptags', "O'Neil & co"],
    ['"&eacute;&#233;&#x80;&notit;&unknown;" | striptags', 'éé€¬it;&unknown;'],
    ['"<" | e | e', '&lt;'],
    ['("<" | safe) + "<"', '<&lt;'],
    ['("%s" | safe) | format("<")', '&lt;'],
    ['("{}<" | safe).format("<")', '&lt;<'],
    ['("<b>" | safe).upper() ~ ""', '<B>'],
    ["{'a': none, 'b c': 1} | tojson", '{"a": null, "b c": 1}'],
    ['"<\'&>" | tojson', '"\\u003c\\u0027\\u0026\\u003e"'],
    ["{'b': '<', 'c': none} | xmlattr", ' b="&lt;"'],
    ["{'a b': 'x/y', 'c': 1} | urlencode", 'a+b=x%2Fy&c=1'],
    ['"a/b é" | urlencode', 'a/b%20%C3%A9'],
    [
      '"see (www.x.org) or a@b.co." | urlize',
      'see (<a href="https://www.x.org" rel="noopener">www.x.org</a>) or <a href="mailto:a@b.co">a@b.co</a>.',
    ],
    ["{'k': ['x' * 40, 'y' * 40]} | pprint", `{'k': ['${'x'.repeat(40)}',\n       '${'y'.repeat(40)}']}`],
    ["('word ' * 20) | pprint", `('${'word '.repeat(15)}'\n '${'word '.repeat(5)}')`],
    ["{'a': 1} | attr('items') is callable", 'True'],
    ["[1, 2] | map('nosuch') is iterable", 'True'],
    ["[] | map('nosuch') | list", '[]'],
  ])('%s → %s', (expression, text) => {
    expect(rendered(expression)).toBe(text);
  });

  test('a lazy filter gives its items once', () => {
    const source = "{% set g = [1, 2] | map('string') %}{{ g | join }}|{{ g | join }}";
    expect(evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(source).render({ context: {} }))).toBe('12|');
  });

  test('inside of autoescape what is joined is escaped', () => {
    const source = '{% autoescape true %}{{ ["<", "<" | safe] | join(",") }}{% endautoescape %}';
    expect(evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(source).render({ context: {} }))).toBe('&lt;,<');
  });

  test('random is that of the evaluation', () => {
    expect(rendered('range(1000) | random')).toBe(rendered('range(1000) | random'));
  });
});

describe('errors', () => {
  test.each([
    ['[] | first', 'UndefinedError', 'No first item, sequence was empty.'],
    ['[] | max', 'UndefinedError', 'No aggregated item, sequence was empty.'],
    ["{'a': 1} | dictsort(by='x')", 'FilterArgumentError', 'You can only sort by either "key" or "value"'],
    ["[1, 'a'] | sort", 'TypeError', "'<' not supported between instances of 'str' and 'int'"],
    ['5 | length', 'TypeError', "object of type 'int' has no len()"],
    ['5 | length(1)', 'TypeError', 'len() takes exactly one argument (2 given)'],
    ['[1] | batch | list', 'TypeError', "do_batch() missing 1 required positional argument: 'linecount'"],
    ['[1] | sort(1, 2, 3, 4)', 'TypeError', 'do_sort() takes from 2 to 5 positional arguments but 6 were given'],
    ['[1] | sort(x=1)', 'TypeError', "do_sort() got an unexpected keyword argument 'x'"],
    ["[1] | map('nosuch') | list", 'TemplateRuntimeError', "No filter named 'nosuch'."],
    ["[1] | select('nosuch') | list", 'TemplateRuntimeError', "No test named 'nosuch'."],
    ['[1] | map | list', 'FilterArgumentError', 'map requires a filter argument'],
    ['"x" | truncate(1)', 'AssertionError', 'expected length >= 3, got 1'],
    ['"%s" | format(1, a=2)', 'FilterArgumentError', "can't handle positional and keyword arguments at the same time"],
    ['1 | round(0, "up")', 'FilterArgumentError', 'method must be common, ceil or floor'],
    ["{'a b': 1} | xmlattr", 'ValueError', "Invalid character in attribute name: 'a b'"],
    ['missing | upper', 'UndefinedError', "'missing' is undefined"],
    ['missing | int(5)', 'UndefinedError', "'missing' is undefined"],
  ])('%s: %s', (expression, type, message) => {
    expect(() => rendered(expression)).toThrow(expect.objectContaining({ type, message }));
  });
});

test.each([
  '"x" | center(10 ** 9)',
  '"a\nb" | indent(10 ** 9)',
  '[1] | batch(10 ** 9, "x") | list',
  '"x" | slice(10 ** 9) | list',
  '[1] | tojson(10 ** 9)',
  '"%999999999d" | format(1)',
  '("x" * 1000000) | replace("", "xxxxxxxx")',
  '("x" * 1000000) | wordwrap(1)',
  '(["x" * 1000000] * 5) | join',
])('%s is over budget', (expression) => {
  expect(() => rendered(expression)).toThrow(expect.objectContaining({ kind: 'budget' }));
});
