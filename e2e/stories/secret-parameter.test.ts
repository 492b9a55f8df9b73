// e2e/stories/secret-parameter.test.ts — a secret reaches the process and nothing else.
import { expect, test } from 'vitest';
import {
  apply,
  createExecution,
  ended,
  executionsOf,
  kubectl,
  openWebhook,
  ours,
  post,
  ready,
  stage,
} from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('secrets');
const VALUE = 'correct-horse-battery';

const leak = ours('Action', namespace, 'secret.leak', {
  runner: 'local-shell-script',
  script: '#!/bin/bash\necho "got ${#1} bytes: $1"; echo -n "$1" | base64; echo "err $1" >&2\n',
  parameters: { token: { type: 'string', secret: true, required: true, position: 0 } },
});

test('the value is masked in result and log, and stands in no object', async () => {
  await apply(leak, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: 'vault' },
    stringData: { token: VALUE },
  });
  await ready(namespace, 'action/secret.leak');
  const name = await createExecution(namespace, 'secret.leak', {
    token: { valueFrom: { secretKeyRef: { name: 'vault', key: 'token' } } },
  });
  const execution = await ended(namespace, name);
  expect(execution.status.phase).toBe('Succeeded');
  const text = JSON.stringify(execution);
  expect(text).toContain(`got ${VALUE.length} bytes: ********`);
  const everything = await kubectl(['-n', namespace, 'get', 'executions,jobs,pods,events', '-o', 'yaml']);
  const log = await kubectl(['-n', stage.namespace, 'logs', 'deploy/squall', '--tail=2000']);
  for (const place of [text, everything, log]) {
    expect(place).not.toContain(VALUE);
    expect(place).not.toContain(Buffer.from(VALUE).toString('base64').slice(0, -2));
  }
});

test('a secret in clear text ends the execution at once, with the advice to rotate it', async () => {
  const execution = await ended(namespace, await createExecution(namespace, 'secret.leak', { token: VALUE }));
  expect(execution.status).toMatchObject({ phase: 'Failed', reason: 'SecretInline' });
  expect(execution.status.message).toMatch(/token.*rotate/s);
});

test('a secret that does not exist is named', async () => {
  const reference = { valueFrom: { secretKeyRef: { name: 'no-vault', key: 'token' } } };
  await kubectl([
    '-n',
    namespace,
    'patch',
    'action',
    'secret.leak',
    '--type=merge',
    '-p',
    '{"spec":{"pendingTimeoutSeconds":5}}',
  ]);
  const execution = await ended(namespace, await createExecution(namespace, 'secret.leak', { token: reference }));
  expect(execution.status).toMatchObject({ phase: 'Failed', reason: 'SecretNotFound' });
  expect(execution.status.message).toContain('no-vault');
});

test('a secret that comes with an event is kept in a Secret that goes with its Execution', async () => {
  await apply(
    ...openWebhook(namespace, 'token', { ref: 'secret.leak', parameters: { token: '{{ trigger.body.token }}' } }),
  );
  await ready(namespace, 'rule/hooks.token');
  const answer = await post(`/ns/${namespace}/api/v1/webhooks/token`, { token: VALUE });
  expect(answer.code).toBe(202);
  const name = executionsOf(answer)[0]!;
  const execution = await ended(namespace, name);
  expect((execution.status.result as { stdout: string }).stdout).toContain(`got ${VALUE.length} bytes: ********`);
  expect(JSON.stringify(execution)).not.toContain(VALUE);
  const secret = `${name}-secrets`;
  const owner = await kubectl([
    '-n',
    namespace,
    'get',
    'secret',
    secret,
    '-o',
    'jsonpath={.metadata.ownerReferences[0].uid}',
  ]);
  expect(owner).toBe(execution.metadata.uid);
});
