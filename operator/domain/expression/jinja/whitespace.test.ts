// operator/domain/expression/jinja/whitespace.test.ts
import { expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { compileTemplate } from './template.ts';

const render = (source: string, options = {}) =>
  evaluating({ nowMs: 0, seed: 1 }, () => compileTemplate(source, options).render({ context: { a: 1 } }));

test.each([
  ['the newline after a block goes', '{% if a %}\nx\n{% endif %}\ny', 'x\ny'],
  ['blanks before a block that starts its line go', '  {% if a %}x{% endif %}', 'x'],
  ['but not those before a print', '  {{ a }}\n', '  1'],
  ['nor those after other text', 'x  {% if a %}y{% endif %}', 'x  y'],
  ['a plus keeps them', '  {%+ if a %}x{% endif +%}\ny', '  x\ny'],
  ['a minus takes all blanks', 'a \n {%- if a -%} \n x \n {%- endif -%} \n b', 'axb'],
  ['also of prints', 'a {{- a -}} b', 'a1b'],
  ['and of comments', 'a {#- c -#} b{# d #}\nc', 'abc'],
  ['one newline at the end goes', 'x\n\n', 'x\n'],
  ['line ends become newlines', 'a\r\nb\rc', 'a\nb\nc'],
  ['a raw block keeps what is in it', '{% raw %}\n {{ x }}\n{% endraw %}\nb', '\n {{ x }}\nb'],
  ['unless it is told', '{%- raw -%} \n{{ x }} {%- endraw -%} \nb', '{{ x }}b'],
])('%s', (_, source, expected) => {
  expect(render(source)).toBe(expected);
});

test('both can be switched off', () => {
  const off = { trimBlocks: false, lstripBlocks: false };
  expect(render('  {% if a %}\nx{% endif %}\ny', off)).toBe('  \nx\ny');
});

test.each([
  [String.raw`{{ 'a\n\x41\u00e9\101\\\q' }}`, 'a\nAéA\\\\q'],
  [String.raw`{{ "it's" ~ '\'' }}`, "it's'"],
  [String.raw`{{ '\é' }}`, String.raw`\xe9`],
  ["{{ 'a\\\nb' }}", 'ab'],
  ['{{ 0x1F }} {{ 0b11 }} {{ 0o17 }} {{ 1_000 }} {{ 1e3 }} {{ 1.5e-3 }} {{ 2.0 }}', '31 3 15 1000 1000.0 0.0015 2.0'],
  ['{{ 12345678901234567890 }} {{ 2 ** 70 }}', '12345678901234567890 1180591620717411303424'],
])('%s is read as Python does', (source, expected) => {
  expect(render(source)).toBe(expected);
});
