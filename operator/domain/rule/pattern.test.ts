// operator/domain/rule/pattern.test.ts — templates in patterns: which type their values have, and what they look up.
import { expect, test } from 'vitest';
import { evaluating } from '../expression/evaluation.ts';
import type { Value } from '../expression/python/values.ts';
import { compilePattern, contextOf } from './pattern.ts';

const PAYLOAD = { n: 1, s: 'x', t: '1', l: [1], o: { a: 1 }, none: null };
const datastore = { read: (_scope: string, _user: string, name: string) => (name === 'k' ? 'v' : undefined) };

const valueOf = (text: string): Value =>
  evaluating({ nowMs: 0, seed: 1 }, () => {
    const pattern = compilePattern(text);
    const subject = { context: contextOf('trigger', PAYLOAD, datastore), datastore };
    return 'fixed' in pattern ? pattern.fixed : pattern.render(subject);
  });

test.each<[string, Value]>([
  ['text', 'text'],
  ['1', '1'],
  ['a\r\nb', 'a\nb'],
  ['{{ trigger.n }}', 1],
  ['{{trigger.t}}', '1'],
  ['{{ trigger.l }}', [1]],
  ['{{ trigger.o }}', { a: 1 }],
  ['{{ trigger.none }}', null],
  ['{{ 1.5 }}', 1.5],
  ['{{ trigger.s }}', 'x'],
  ['a {{ trigger.n }}', 'a 1'],
  ['{{ trigger.n }} a', '1 a'],
  ['{{ trigger.n }}{{ trigger.n }}', 11],
  ['{{ trigger.s }}{{ trigger.n }}', 'x1'],
  ['{{ trigger.n }}\n{{ trigger.n }}', '1\n1'],
  ['{{ trigger.n\n}}', 1],
  ['{{\n  trigger.n\n  }}', 1],
  ['{{ [trigger.n,\n 2] }}', '[1, 2]'],
  ['{% if true %}{{ trigger.n }}{% endif %}', 1],
  ['{% if true %}7{% endif %}', '7'],
  ['{# nothing #}', ''],
  ['{{ st2kv.system.k }}', 'v'],
  ['{{ system.k }}', 'v'],
  ['{{ st2kv.system.other }}', ''],
])('%j stands for %j', (text, value) => {
  expect(valueOf(text)).toEqual(value);
});

test.each([
  ['{{ trigger.nope }}', 'TypeError'],
  ['{{ nope }}', 'TypeError'],
  ['{{ trigger.s | nope }}', 'TemplateAssertionError'],
  ['{{ trigger.', 'TemplateSyntaxError'],
  ["{{ trigger.s | regex_search('[') }}", 'error'],
  ['{{ (trigger.n // 0) }}', 'ZeroDivisionError'],
  ["{{ 'a' + 1 }}", 'TypeError'],
])('%s fails as %s', (text, type) => {
  expect(() => valueOf(text)).toThrow(expect.objectContaining({ type }));
});

test('names that a pattern looks up are known before it is rendered', () => {
  const pattern = evaluating({ nowMs: 0, seed: 1 }, () =>
    compilePattern('{{ trigger.a }} {{ system.b }} {{ range(1) }}'),
  );
  expect(pattern).toMatchObject({ names: ['trigger', 'system'] });
});

test('long patterns without an end are read in one pass', () => {
  expect(valueOf(`${'{{ 1\n'.repeat(1000)}`.replaceAll('{{', '{'))).toBe('{ 1\n'.repeat(999) + '{ 1');
});
