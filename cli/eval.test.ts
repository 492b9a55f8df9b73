// cli/eval.test.ts — the playground: value, type and text; a fault with its place; what matches and what does not.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type EvalOptions, evaluateExpression } from './eval.ts';
import { Failure } from './failure.ts';

const file = join(mkdtempSync(join(tmpdir(), 'squall-eval-')), 'context.yaml');
writeFileSync(file, 'x: 2\nl: [1, 2]\ntrigger: {body: {n: 3}}\n');

function tried(options: EvalOptions): readonly [string, number] {
  let out = '';
  const screen = { out: (text: string) => void (out += text), err: () => undefined, colour: false };
  const code = evaluateExpression(screen, { context: file, ...options }, { nowMs: 0, seed: 0 });
  return [out, code];
}

test.each<[EvalOptions, string]>([
  [{ jinja: 'x / 2' }, 'value  1.0\ntype   float\ntext   1.0\n'],
  [{ jinja: 'n={{ x }}' }, 'value  "n=2"\ntype   str\ntext   n=2\n'],
  [{ yaql: '$.l.select($ * 2)' }, 'value  [2,4]\ntype   list\ntext   [2, 4]\n'],
  [{ workflow: '<% ctx().l %>' }, 'value  [1,2]\ntype   list\ntext   [1, 2]\n'],
  [{ workflow: '{{ ctx().x > 1 }}' }, 'value  true\ntype   bool\ntext   True\n'],
])('%j', (options, out) => {
  expect(tried(options)).toEqual([out, 0]);
});

test('criteria and CEL say whether they match, also by the exit code', () => {
  expect(tried({ criteria: '{trigger.body.n: {type: gt, pattern: 2}}' })).toEqual(['matches\n', 0]);
  expect(tried({ cel: 'trigger.body.n > 3' })).toEqual(['does not match\n', 1]);
});

test.each<[EvalOptions, string]>([
  [{ jinja: '{{ x | uper }}' }, 'Did you mean "upper"?\n  {{ x | uper }}\n         ^'],
  [{ yaql: 'foo($)' }, 'Unknown function "foo"'],
  [{ criteria: '{trigger.a: {type: gtt, pattern: 1}}' }, 'Did you mean "gt"?'],
  [{ criteria: '[1]' }, '--criteria: write a map'],
  [{ cel: 'trigger.body.n >' }, 'match.cel: column 17'],
  [{ cel: '1', context: '/nowhere' }, '--context /nowhere'],
  [{}, 'give one of --jinja'],
  [{ jinja: '1', yaql: '1' }, 'give one of --jinja'],
])('%j is explained', (options, message) => {
  const failed = expect(() => tried(options));
  failed.toThrow(Failure);
  failed.toThrow(message);
});
