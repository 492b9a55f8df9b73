// operator/domain/workflow/mistral/references.test.ts — what a definition calls outside of itself.
import { expect, test } from 'vitest';
import { parseMistral } from './parse.ts';
import { referencesIn } from './references.ts';

test('actions and workflows of packs, with the parameters that they are given', () => {
  const { definition } = parseMistral(`
version: '2.0'
name: p.b
actions:
  mine: {base: core.local cmd="x"}
workflows:
  main:
    tasks:
      a: {action: core.echo, input: {message: hi}}
      b: {action: mine}
      c: {action: std.noop}
      d: {action: <% $.which %>}
      e: {workflow: sub}
      f: {workflow: p.b.sub}
      g: {workflow: other.flow x=1}
      h: {action: core.http, input: <% $.all %>}
  sub: {tasks: {t: {action: p.b.mine}}}
`);
  const found = definition ? referencesIn(definition) : [];
  expect(found.map(({ name, path, given }) => [name, path.join('.'), given])).toEqual([
    ['core.echo', 'workflows.main.tasks.a', ['message']],
    ['other.flow', 'workflows.main.tasks.g', ['x']],
    ['core.http', 'workflows.main.tasks.h', undefined],
    ['core.local', 'actions.mine', ['cmd']],
  ]);
});
