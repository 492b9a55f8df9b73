// operator/domain/expression/render.test.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import { isTemplate, parse, pythonRepr, pythonText, render, RenderError, templatesIn } from './render.ts';

const context = {
  name: 'web',
  count: 3,
  none: null,
  list: ['a', { x: true }],
  trigger: { body: { 'odd key': [1, 2], text: "it's", n: 0 } },
  secret: secretMark('token'),
};

describe('render', () => {
  test.each<[string, unknown, unknown]>([
    ['plain text', 'echo $(date) {x} }}', 'echo $(date) {x} }}'],
    ['a string in a string', 'a {{ name }} b', 'a web b'],
    ['a number alone is text', '{{ count }}', '3'],
    ['null', '{{ none }}', 'None'],
    ['a path', "{{ trigger.body['odd key'][1] }}", '2'],
    ['a path with double quotes and dots to numbers', '{{trigger.body["odd key"].0}}', '1'],
    ['from the end', '{{ list[-1].x }}', 'True'],
    ['zero is a value', '{{ trigger.body.n }}', '0'],
    ['a list is Python text', '{{ list }}', "['a', {'x': True}]"],
    ['a literal', "{{ '{{' }}x}}", '{{x}}'],
    ['two', '{{name}}{{count}}', 'web3'],
    ['one newline at the end goes', '{{ name }}\n\n', 'web\n'],
    ['but not without a template', 'x\n', 'x\n'],
    ['numbers are kept', 5, 5],
    ['null is kept', null, null],
    ['exact names in lists keep their type', ['{{count}}', '{{ count }}', 'n={{count}}'], [3, '3', 'n=3']],
    ['and in objects', { a: '{{list}}', b: { c: '{{trigger}}' } }, { a: context.list, b: { c: context.trigger } }],
    ['quotes and newlines in values do no harm', { a: '{{ trigger.body.text }}' }, { a: "it's" }],
    ['keys', { '{{ name }}': 1 }, { web: 1 }],
    ['the mark of a secret survives', '-H {{ secret }}', `-H ${secretMark('token')}`],
    ['even in a list', '{{ x }}'.replace('x', 'secret'), secretMark('token')],
  ])('%s', (_, value, expected) => {
    expect(render(value, context)).toEqual(expected);
  });
  test('__proto__ and constructor are plain keys', () => {
    const value = JSON.parse('{"__proto__": "{{name}}", "constructor": 1}') as unknown;
    const made = render(value, context);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(JSON.stringify(made)).toBe('{"__proto__":"web","constructor":1}');
    expect(() => render('{{ constructor }}', context)).toThrow('"constructor" is undefined');
    expect(() => render('{{ trigger.__proto__ }}', context)).toThrow(RenderError);
    expect(() => render('{{ name.length }}', context)).toThrow(RenderError);
    expect(() => render('{{ list.length }}', context)).toThrow(RenderError);
  });
  test.each([
    ['{{ nope }}', '"nope" is undefined'],
    ['{{ trigger.body.x }}', '"x" is undefined in "trigger.body", which has odd key, text, n'],
    ['{{ list[7] }}', '"7" is undefined in "list", which is a list of 2'],
    ['{{ none.x }}', 'which is None'],
    ['{{ name | upper }}', 'filters and statements are not understood'],
    ['{{ name', 'no }} follows'],
    ['{{ }}', 'write {{ name.field'],
    ['{{ a b }}', 'write {{ name.field'],
    ['{% if x %}y{% endif %}', '{% if x %}'],
  ])('%s: %s', (template, message) => {
    expect(() => render(template, context, 'parameters.cmd')).toThrow(message);
    expect(() => render(template, context, 'parameters.cmd')).toThrow(/^parameters\.cmd: \{/);
  });
  test('the place inside a value is named', () => {
    expect(() => render({ a: ['x', '{{ nope }}'] }, context, 'p')).toThrow(/^p\.a\[1\]: /);
  });
  test('no amplification and no depth without an end', () => {
    const big = { x: 'y'.repeat(500_000) };
    expect(() => render('{{x}}{{x}}{{x}}', big)).toThrow('longer than 1 MiB');
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown;
    expect(() => render(deep, {})).toThrow(RenderError);
    expect(() => templatesIn(deep)).toThrow(RenderError);
  });
  test('throws nothing but RenderError, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{{', '}}', 'a', '.', '[', ']', "'", '"', ' ', '0', '{%', '%}', '\\', 'é'), {
          maxLength: 30,
        }),
        (words) => {
          try {
            render(words.join(''), { a: { a: [0] } });
          } catch (error) {
            expect(error).toBeInstanceOf(RenderError);
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});

test('templatesIn names the paths at any depth', () => {
  expect(templatesIn({ a: ['{{b}}', 'x {{ c.d[0] }}'], '{{ k }}': 1 })).toEqual([['b'], ['c', 'd', 0], ['k']]);
  expect(templatesIn("{{ '{{' }} {{ x['y'] }}")).toEqual([['x', 'y']]);
  expect(templatesIn(7)).toEqual([]);
});

test('parse keeps texts and sources', () => {
  expect(parse('a {{ b.c }}')).toEqual([{ text: 'a ' }, { source: '{{ b.c }}', path: ['b', 'c'] }]);
  expect([isTemplate('{%H}'), isTemplate('{% x %}'), isTemplate('${#a[@]}')]).toEqual([false, true, false]);
});

test.each<[unknown, string]>([
  ['a', "'a'"],
  ["it's", `"it's"`],
  [`it's "x"`, `'it\\'s "x"'`],
  ['a\nb\t\\', "'a\\nb\\t\\\\'"],
  ['é\u00a0\u2028\u0000', "'é\\xa0\\u2028\\x00'"],
  [1.5, '1.5'],
  [0.00001, '1e-05'],
  [1e21, '1e+21'],
  [[], '[]'],
  [{ k: [null, true] }, "{'k': [None, True]}"],
])('%j is %s in Python', (value, text) => {
  expect(pythonRepr(value)).toBe(text);
  expect(pythonText('a')).toBe('a');
});
