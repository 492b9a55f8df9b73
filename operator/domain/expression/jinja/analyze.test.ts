// operator/domain/expression/jinja/analyze.test.ts — which names a template looks up in the context: jinja2's meta.find_undeclared_variables().
import { expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { compileTemplate } from './template.ts';

test.each([
  ["{{ a }}{{ b.c }}{{ d['e'] }}{{ f(g) }}{{ h | default(i) }}{{ j is in k }}", 'a b d f g h i j k'],
  ['{% set a = b %}{{ a }}', 'b'],
  ['{{ a }}{% set a = 1 %}', 'a'],
  ['{% for a in b %}{{ a }}{{ loop.index }}{% else %}{{ a }}{% endfor %}{{ a }}', 'a b'],
  ['{% for a, (b, c) in d if a > e %}{{ b }}{{ c }}{{ f }}{% endfor %}', 'd e f'],
  ['{% if a %}{% set b = 1 %}{% elif c %}{% set d = 2 %}{% else %}{% set b = 3 %}{% endif %}{{ b }}{{ d }}', 'a b c d'],
  ['{% if true %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}', 'x'],
  ['{% with a = b, c = a %}{{ a }}{{ c }}{% endwith %}{{ a }}', 'a b'],
  ['{% with %}{% set x = y %}{{ x }}{% endwith %}{{ x }}', 'x y'],
  [
    '{% macro m(a, b=c, d=a) %}{{ a }}{{ b }}{{ d }}{{ e }}{{ varargs }}{{ kwargs }}{{ caller }}{% endmacro %}{{ m(f) }}',
    'c e f',
  ],
  ['{% call(a, b=c) d(e) %}{{ a }}{{ b }}{{ f }}{% endcall %}', 'c d e f'],
  ['{% filter replace(a, b) %}{{ c }}{% endfilter %}', 'a b c'],
  ['{% set x %}{% set y = z %}{{ y }}{% endset %}{{ y }}', 'y z'],
  ['{% autoescape a %}{{ b }}{% endautoescape %}', 'a b'],
  [
    "{% include a %}{% include 'x' ~ b %}{% import c as d %}{{ d.e }}{% from f import g, h as i %}{{ g }}{{ h }}{{ i }}",
    'a b c f h',
  ],
  ['{% extends a %}{{ b }}', 'a b'],
  ['{% block x %}{{ a }}{% set b = c %}{{ b }}{{ super() }}{{ self.y() }}{% endblock %}{{ b }}{{ self.x() }}', 'a b c'],
  ['{% for i in l %}{% block x scoped %}{{ i }}{{ loop }}{% endblock %}{% endfor %}', 'i l loop'],
  ['{% for i in l %}{% block x %}{{ i }}{% endblock %}{% endfor %}', 'i l'],
  [
    '{{ [a, b] }}{{ {c: d} }}{{ (e, f) }}{{ g ~ h }}{{ i + j }}{{ -k }}{{ not m }}{{ n if o else p }}{{ q[r:s:t] }}{{ u < v < w }}{{ x in y }}{{ z(a1=b1, *c1, **d1) }}',
    'a b b1 c c1 d d1 e f g h i j k m n o p q r s t u v w x y z',
  ],
  ['{{ range(a) }}{{ dict(b=c) }}{{ namespace(d=e) }}{{ cycler(f) }}{{ lipsum() }}{{ joiner() }}', 'a c e f'],
  ['{% set ns = namespace(x=1) %}{% set ns.x = a %}{{ ns.x }}', 'a'],
  ['{% set ns.x = a %}', 'a ns'],
  ['{% set a, b = c, d %}{{ a }}{{ b }}', 'c d'],
  ['{% for a in a %}{{ a }}{% endfor %}', 'a'],
  ['{% for i in x recursive %}{{ loop(i.y) }}{{ z }}{% endfor %}', 'x z'],
  ['{% macro m() %}{{ m() }}{{ n() }}{% endmacro %}{% macro n() %}{% endmacro %}', ''],
  ['{% if a is defined %}{{ a }}{% endif %}{{ b is none }}{{ c is divisibleby d }}', 'a b c d'],
  ['{% print a, b %}{% raw %}{{ c }}{% endraw %}{# {{ d }} #}', 'a b'],
  ["{{ a.b.c(d.e) | map(attribute=f) | select('eq', g) | list }}", 'a d f g'],
  ['{% for i in a %}{% set b = i %}{% endfor %}{{ b }}', 'a b'],
  ['{% for i in a %}{{ c }}{% set c = i %}{% endfor %}', 'a c'],
  ['{% macro m(x) %}{% set y = x %}{{ y }}{% for y in z %}{{ y }}{% endfor %}{% endmacro %}', 'z'],
  ['{% call m() %}{{ caller }}{{ a }}{% endcall %}', 'a m'],
  ['{% if a %}{% if b %}{% set c = 1 %}{% endif %}{% endif %}{{ c }}', 'a b c'],
  ['{% set a = a %}{{ a }}', 'a'],
  ['{% with a = a %}{{ a }}{% endwith %}', 'a'],
  ['{% filter upper %}{% set q = 1 %}{{ q }}{% endfilter %}{{ q }}', 'q'],
  ['{% block a %}{% block b %}{{ c }}{% endblock %}{{ d }}{% endblock %}', 'c d'],
  ['{% autoescape true %}{% set a = 1 %}{{ a }}{% endautoescape %}{{ a }}', 'a'],
])('%s looks up %s', (source, names) => {
  const { undeclared } = evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(source));
  expect([...undeclared].sort().join(' ')).toBe(names);
});
