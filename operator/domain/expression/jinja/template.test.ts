// operator/domain/expression/jinja/template.test.ts
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import type { Plain } from '../python/values.ts';
import { compileTemplate } from './template.ts';

const CONTEXT: Plain = {
  a: 1,
  name: 'Ann',
  list: [1, 2, 3],
  dict: { b: 2, a: 1 },
  trigger: { body: { level: 'warn' } },
  tree: [{ n: 'r', c: [{ n: 'k', c: [] }] }],
};

const render = (source: string, options = {}, context: Plain = CONTEXT) =>
  evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(source, options).render({ context }));

function faultOf(source: string, options = {}): ExpressionFault {
  try {
    render(source, options);
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    throw error;
  }
  throw new Error(`${source} renders`);
}

describe('scopes', () => {
  test.each([
    [
      'what a loop sets is gone after it',
      '{% set x = 0 %}{% for i in list %}{% set x = i %}{{ x }}{% endfor %}{{ x }}',
      '1230',
    ],
    ['an if has no scope of its own', '{% if a %}{% set y = 2 %}{% endif %}{{ y }}', '2'],
    ['an if that is not taken leaves the context', '{% if not a %}{% set name = "x" %}{% endif %}{{ name }}', 'Ann'],
    ['with sees the scope around, not its own names', '{% with a=5, b=a %}{{ a }}{{ b }}{% endwith %}{{ a }}', '511'],
    [
      'a macro sees what is set when it is called',
      '{% macro m() %}{{ v }}{% endmacro %}{% set v = 1 %}{{ m() }}{% set v = 2 %}{{ m() }}',
      '12',
    ],
    ['a macro keeps its own', '{% macro m() %}{% set a = 9 %}{{ a }}{% endmacro %}{{ m() }}{{ a }}', '91'],
    [
      'a namespace is for all scopes',
      '{% set ns = namespace(n=0) %}{% for i in list %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}',
      '6',
    ],
    [
      'a block sees what is set before it',
      '{% set v = 1 %}{% block b %}{{ v }}{% endblock %}{% set v = 2 %}{{ self.b() }}',
      '12',
    ],
    [
      'a scoped block sees the loop',
      '{% for i in list %}{% block b scoped %}{{ i }}{{ loop.last }}{% endblock %}{% endfor %}',
      '1False2False3True',
    ],
    ['a set block captures', '{% set t | upper %}{{ name }}!{% endset %}[{{ t }}]', '[ANN!]'],
    [
      'a loop in a loop has its own loop',
      '{% for i in [1,2] %}{% set o = loop %}{% for j in [1] %}{{ o.index }}{{ loop.index }} {% endfor %}{% endfor %}',
      '11 21 ',
    ],
  ])('%s', (_, source, expected) => {
    expect(render(source)).toBe(expected);
  });
});

describe('statements', () => {
  test.each([
    ['{% for k, v in dict.items() %}{{ k }}{{ v }}{% endfor %}', 'b2a1'],
    ['{% for i in list if i is odd %}{{ loop.index }}/{{ loop.length }}:{{ i }} {% endfor %}', '1/2:1 2/2:3 '],
    ['{% for i in [] %}{% else %}none{% endfor %}', 'none'],
    ['{% for t in tree recursive %}{{ t.n }}{{ loop.depth }}{{ loop(t.c) }}{% endfor %}', 'r1k2'],
    ['{% for i in [1,1,2] %}{{ loop.changed(i) }}{{ loop.cycle("a", "b") }} {% endfor %}', 'Truea Falseb Truea '],
    [
      '{% for i in list %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }} {% endfor %}',
      'FalseTrue TrueTrue TrueFalse ',
    ],
    [
      '{% macro m(x, y=x) %}{{ x }}{{ y }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, z=4) }}',
      "12(3,){'z': 4}",
    ],
    ['{% macro m() %}<{{ caller(1) }}>{% endmacro %}{% call(x) m() %}{{ x }}{{ name }}{% endcall %}', '<1Ann>'],
    ['{% filter upper %}a{{ name }}{% endfilter %}', 'AANN'],
    ['{% autoescape true %}{{ "<" }}{{ "<" | safe }}{% endautoescape %}{{ "<" }}', '&lt;<<'],
    ['{% print name, 1 %}{% raw %}{{ x }}{% endraw %}{# c #}', 'Ann1{{ x }}'],
    ['{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ "a" "b" }} {{ 1 < 2 < 3 }} {{ list[::-1] }}', '64 4 ab True [3, 2, 1]'],
    ['{{ "x" if false }}|{{ [missing] }}|{{ missing | default("d") }}', '|[Undefined]|d'],
  ])('%s', (source, expected) => {
    expect(render(source)).toBe(expected);
  });
});

describe('what is wrong is told with its place', () => {
  test.each([
    ['a\n{{ 1 + }}', 'TemplateSyntaxError', "unexpected 'end of print statement'", 2, 8],
    ['{% if a %}\n\n{% endfor %}', 'TemplateSyntaxError', "Encountered unknown tag 'endfor'", 3, 4],
    ['é {{ a ? 1 }}', 'TemplateSyntaxError', "unexpected char '?' at 7", 1, 8],
    ['{{ name | uper }}', 'TemplateAssertionError', 'No filter named \'uper\'. Did you mean "upper"?', 1, 11],
    ['{{ a is nubmer }}', 'TemplateAssertionError', 'No test named \'nubmer\'. Did you mean "number"?', 1, 9],
    [
      '\n {{ trigger.body.levle }}',
      'UndefinedError',
      "'dict object' has no attribute 'levle'. Did you mean \"level\"?",
      2,
      18,
    ],
    ['{{ trigerr.body }}', 'UndefinedError', '\'trigerr\' is undefined. Did you mean "trigger"?', 1, 12],
    ['{{ 1 +\n  name }}', 'TypeError', "unsupported operand type(s) for +: 'int' and 'str'", 1, 6],
    ['{{ name.__class__ }}', 'SecurityError', "access to attribute '__class__' of 'str' object is unsafe.", 1, 9],
    ['{% include "x" %}', 'TypeError', 'no loader for this environment specified', 1, 4],
    ['{% for x in a %}{% endfor %}', 'TypeError', "'int' object is not iterable", 1, 13],
    ['{% macro m(x) %}{% endmacro %}{{ m(1, 2) }}', 'TypeError', "macro 'm' takes not more than 1 argument(s)", 1, 35],
  ])('%s', (source, type, message, line, column) => {
    const fault = faultOf(source);
    expect(fault).toMatchObject({ type, place: { line, column } });
    expect(fault.message).toContain(message);
  });

  test('filters in a branch that is not taken do not matter', () => {
    expect(render('{% if not a %}{{ a | nosuch }}{% endif %}{{ 1 if a else a | nosuch }}')).toBe('1');
    expect(faultOf('{% if a %}{{ a | nosuch }}{% endif %}')).toMatchObject({
      type: 'TemplateRuntimeError',
      kind: 'resolution',
    });
  });
});

describe('undefined values', () => {
  test.each([
    '{{ q }}',
    '{% if q %}{% endif %}',
    '{{ q == 1 }}',
    '{{ q in list }}',
    '{{ q.x }}',
    '{{ q + 1 }}',
    '{{ q | upper }}',
  ])('strict: %s', (source) => {
    expect(faultOf(source)).toMatchObject({ kind: 'undefined', type: 'UndefinedError' });
  });

  test.each([
    ['[{{ q }}]', '[]'],
    ['{% for x in q %}a{% else %}b{% endfor %}', 'b'],
    ['{{ q or 1 }}{{ q == q }}{{ q | length }}', '1True0'],
  ])('allowed: %s', (source, expected) => {
    expect(render(source, { allowUndefined: true })).toBe(expected);
  });
});

test('what is None is there, in dicts that templates made as well', () => {
  expect(render("{% set d = {1: 2, 'k': none} %}{{ d.k }} {{ d['k'] }}{{ d.k is none }}")).toBe('None NoneTrue');
});

describe('the context', () => {
  test.each([
    ['{{ list.append(4) }}{{ list }}', 'None[1, 2, 3, 4]'],
    ['{% set c = list %}{{ c.pop() }}{{ list }}', '3[1, 2]'],
    ['{{ (list | attr("reverse"))() }}{{ list }}', 'None[3, 2, 1]'],
    ['{{ dict.update({"z": 3}) }}{{ dict }}', "None{'b': 2, 'a': 1, 'z': 3}"],
    ['{{ trigger["body"]["up" ~ "date"](x=1) }}{{ trigger.body.x }}', 'None1'],
  ])('is not changed by %s', (source, expected) => {
    const before = structuredClone(CONTEXT);
    expect(render(source)).toBe(expected);
    expect(CONTEXT).toEqual(before);
  });

  test('keys with names of host properties are just keys', () => {
    const context = JSON.parse('{"__proto__": {"x": 1}, "constructor": "c", "d": {"toString": 5}}') as Plain;
    expect(render('{{ constructor }}{{ d.toString }}', {}, context)).toBe('c5');
    expect(render("{{ {'__proto__': 1} }}")).toBe("{'__proto__': 1}");
    expect(faultOf('{{ dict.hasOwnProperty }}')).toMatchObject({ kind: 'undefined' });
    expect(faultOf('{{ range.constructor }}')).toMatchObject({ kind: 'undefined' });
  });
});

test.each([
  ['{{ a.b }}{% set c = d %}{{ c }}', ['a', 'd']],
  ['{% for x in y if x > z %}{{ x }}{{ loop.index }}{% endfor %}', ['y', 'z']],
  ['{% macro m(p) %}{{ p }}{{ q }}{{ caller() }}{% endmacro %}{{ m() }}', ['q']],
  ['{{ range(3) }}{{ x is defined }}', ['x']],
  ['{% if a %}{% set b = 1 %}{% endif %}{{ b }}', ['a', 'b']],
  ['{% block b %}{{ inside }}{% endblock %}', ['inside']],
])('the variables of %s are %j', (source, expected) => {
  expect(compileTemplate(source).undeclared.toSorted()).toEqual(expected);
});

test('a source is compiled once', () => {
  expect(compileTemplate('{{ once }}')).toBe(compileTemplate('{{ once }}'));
  expect(compileTemplate('{{ once }}', { allowUndefined: true })).not.toBe(compileTemplate('{{ once }}'));
});
