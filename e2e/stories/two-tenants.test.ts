// e2e/stories/two-tenants.test.ts — one namespace is one StackStorm: nothing of one reaches the other.
import { expect, test } from 'vitest';
import { apply, createExecution, ended, executionsOf, openWebhook, ours, post, ready } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: red } = scratchNamespace('red');
const { name: blue } = scratchNamespace('blue');

const paint = (namespace: string, colour: string) =>
  ours('Action', namespace, 'paint.wall', { runner: 'local-shell-script', script: `#!/bin/sh\necho ${colour}\n` });

test('the same names in two namespaces are two things', async () => {
  for (const [namespace, colour] of [
    [red, 'red'],
    [blue, 'blue'],
  ] as const) {
    await apply(paint(namespace, colour), ...openWebhook(namespace, 'paint', { ref: 'paint.wall' }));
    await ready(namespace, 'rule/hooks.paint');
  }
  const answers = await Promise.all([red, blue].map((namespace) => post(`/ns/${namespace}/api/v1/webhooks/paint`, {})));
  expect(answers.map(({ code }) => code)).toEqual([202, 202]);
  const ends = await Promise.all([
    ended(red, executionsOf(answers[0]!)[0]!),
    ended(blue, executionsOf(answers[1]!)[0]!),
  ]);
  expect(ends.map(({ status }) => (status.result as { stdout: string }).stdout)).toEqual(['red', 'blue']);
});

test('an action of another namespace does not exist here; the pack core does', async () => {
  await apply(ours('Action', red, 'only.red', { runner: 'local-shell-script', script: '#!/bin/sh\ntrue\n' }));
  await ready(red, 'action/only.red');
  const [foreign, core] = await Promise.all([
    createExecution(blue, 'only.red').then((name) => ended(blue, name)),
    createExecution(blue, 'core.echo', { message: 'here' }).then((name) => ended(blue, name)),
  ]);
  expect(foreign.status).toMatchObject({ phase: 'Failed', reason: 'ActionNotFound' });
  expect(core.status.result).toMatchObject({ stdout: 'here' });
});

test('an Action that calls itself core.local in a tenant namespace does not take the place of the real one', async () => {
  await apply(
    ours('Action', blue, 'core.local', { runner: 'local-shell-script', script: '#!/bin/sh\necho hijacked\n' }),
  );
  const execution = await ended(blue, await createExecution(blue, 'core.local', { cmd: 'echo real' }));
  expect(execution.status.result).toMatchObject({ stdout: 'real' });
});
