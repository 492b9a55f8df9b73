// operator/domain/expression/budget.test.ts — whatever is done to long texts and large dicts, over and over, ends with the budget.
import { describe, expect, test } from 'vitest';
import { evaluating } from './evaluation.ts';
import { ExpressionFault } from './fault.ts';
import { compileTemplate } from './jinja/template.ts';
import type { Plain, Value } from './python/values.ts';
import { evaluateYaql } from './yaql/engine.ts';

const SIZE = 1_000_000;
const TURNS = 60_000;
const keys = Array.from({ length: 90_000 }, (_, i) => `k${i}`);
const CONTEXT: Plain = {
  s: 'a'.repeat(SIZE),
  t: `${'a'.repeat(SIZE - 1)}b`,
  t2: `${'a'.repeat(SIZE - 1)}c`,
  big: (1n << 60_000n) + 12_345n,
  ls: Array<string>(60).fill('A'.repeat(SIZE)),
  d: Object.fromEntries(keys.map((key, i) => [key, i])),
};

const WORLD = { nowMs: 0, seed: 1 };
const render = (source: string, context: Plain = CONTEXT) =>
  evaluating(WORLD, () => compileTemplate(source).render({ context }));
const yaql = (source: string) =>
  evaluating(WORLD, () => evaluateYaql(source, { data: CONTEXT, scope: { context: CONTEXT }, variables: CONTEXT }));

/** What came of it: the kind of a fault, or that there was none. */
function outcome(run: () => unknown): string {
  try {
    run();
    return 'a result';
  } catch (error) {
    if (error instanceof ExpressionFault) return error.kind;
    throw error;
  }
}

const ENDINGS = ['a result', 'budget'];

describe('Jinja, turn after turn', () => {
  test.each([
    't == t2',
    't < t2',
    't == t ~ ""',
    '[t] == [t2]',
    '(t, 1) == (t2, 1)',
    'd[t]',
    'd.get(t)',
    't in d',
    '{t: 1}',
    'd[big]',
    '{big: 1}',
    'big == big + 1',
    's.startswith(t)',
    's.endswith(t)',
    's.removeprefix(t)',
    's.removesuffix(t)',
    '1 if d else 2',
    'not d',
    'd|length',
    'd|first',
    'd|list',
    'd|items|first',
    'd.keys()|length',
    'd.values()|first',
    'd.copy()',
    'd|urlencode',
    'd == d',
    'd|dictsort',
    'ls|sort',
    'ls|max',
    'ls|min',
    'ls|unique|list',
    'ls|groupby(0)',
    '[t, t2]|sort',
    's.encode() == t.encode()',
    '{s.encode(): 1}',
  ])('%s', (expression) => {
    const source = `{% for i in range(${TURNS}) %}{% set x = ${expression} %}{% endfor %}`;
    expect(ENDINGS).toContain(outcome(() => render(source)));
  });

  test.each(['([s] * 600)|sort|length', '([s] * 600)|max|length', '([s] * 600)|unique|list|length'])(
    'what %s would copy is refused',
    (expression) => {
      expect(outcome(() => render(`{{ ${expression} }}`))).toBe('budget');
    },
  );
});

describe('YAQL, turn after turn', () => {
  test.each([
    '$t = $t2',
    '$t < $t2',
    '$d.get($t)',
    'dict($t => 1)',
    '$ls.orderBy($)',
    '$ls.distinct()',
    '$ls.max()',
    '$ls.toSet()',
    '$ls.groupBy($)',
    '$d.len()',
    '$d.keys()',
    '$d.values()',
    '$d.items()',
    '$d.containsValue(1)',
    'not $d',
    'bool($d)',
    '$d = $d',
    '$d.keys() = $d.keys()',
  ])('%s', (expression) => {
    expect(ENDINGS).toContain(outcome(() => yaql(`range(${TURNS}).select(${expression}).len()`)));
  });
});

test('long texts that begin alike have the order of what differs', () => {
  const a = 'x'.repeat(10_000);
  const context: Plain = {
    a,
    b: `${a}y`,
    c: `${a}z`,
    d: `${'x'.repeat(5000)}\u{1f600}`,
    e: `${'x'.repeat(5000)}\uffff`,
  };
  const source = '{{ a < b }} {{ b < c }} {{ c < b }} {{ b <= b }} {{ e < d }} {{ [c, a, b]|sort == [a, b, c] }}';
  expect(render(source, context)).toBe('True True False True True True');
});

test('equal numbers are one key, whatever their type and size', () => {
  const source =
    '{{ {1: 1, 1.0: 2, true: 3}|length }} {{ {2**70: 1, 2.0**70: 2}|length }} {{ {2**70: 1, 2**70 + 1: 2}|length }}';
  const more = ' {{ {-(2**70): "a"}[-(2.0**70)] }} {{ {2**52: "b", 0: "c"}[2.0**52] }} {{ {0: "c"}[-0.0] }}';
  expect(render(source + more, {})).toBe('1 1 2 a b c');
});

test.each<[string, string]>([
  ["{{ d|length }} {% set _ = d.pop('k0') %}{{ d|length }}", '200 199'],
  ["{{ d|length }} {% set _ = d.pop('none', 0) %}{{ d|length }}", '200 200'],
  ['{{ d|length }} {% set _ = d.update(k0=1, k200=2) %}{{ d|length }}', '200 201'],
  ["{{ d|length }} {% set _ = d.setdefault('k0', 1) or d.setdefault('x', 1) %}{{ d|length }}", '200 201'],
  ['{{ d|length }} {% set _ = d.popitem() %}{{ d|length }}', '200 199'],
  ['{{ 1 if d }} {% set _ = d.clear() %}{{ d|length }} {{ not d }}', '1 0 True'],
])('a large dict that is changed keeps count: %s', (source, text) => {
  const d: Record<string, Value> = Object.fromEntries(keys.slice(0, 200).map((key) => [key, 0]));
  const context: Plain = { d };
  expect(render(source, context)).toBe(text);
  expect(Object.keys(d)).toHaveLength(200);
});
