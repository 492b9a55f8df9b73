// e2e/stories/webhook-runs-a-job.test.ts — an event comes in, a rule matches, a Job runs, the result is there.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { apply, ended, executionsOf, kubectl, list, openWebhook, ours, post, ready, stage } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';
import { Execution } from '../../operator/api/kinds.ts';

const { name: namespace } = scratchNamespace('webhook');
const hooks = `/ns/${namespace}/api/v1/webhooks`;

test('a matching event leads to one Execution whose result is what the command printed', async () => {
  await apply(
    ours('TriggerType', namespace, 'shop.order', {
      webhook: { url: 'shop/order', authentication: 'open', id: { header: 'X-Order' } },
    }),
    ours('Rule', namespace, 'shop.big-orders', {
      trigger: { type: 'shop.order' },
      criteria: {
        'trigger.body.state': { type: 'equals', pattern: 'paid' },
        'trigger.body.sku': { type: 'regex', pattern: '^book-' },
      },
      action: {
        ref: 'core.local',
        parameters: { cmd: 'echo shipped {{ trigger.body.sku }} for {{ trigger.headers_lower["x-order"] }}' },
      },
    }),
  );
  await ready(namespace, 'rule/shop.big-orders', 'triggertype/shop.order');

  const body = { state: 'paid', sku: 'book-17' };
  const answer = await post(`${hooks}/shop/order`, body, { 'X-Order': 'o-1', 'St2-Trace-Tag': 'order o-1' });
  expect(answer.code).toBe(202);
  expect(answer.body).toEqual(body);
  const [name, ...others] = executionsOf(answer);
  expect(others).toEqual([]);

  const execution = await ended(namespace, name!);
  expect(execution.status).toMatchObject({ phase: 'Succeeded', reason: 'ActionSucceeded', attempt: 1 });
  expect(execution.status.result).toMatchObject({
    stdout: 'shipped book-17 for o-1',
    stderr: '',
    return_code: 0,
    succeeded: true,
    failed: false,
  });
  expect(execution.spec.request.context).toMatchObject({
    trigger: { type: 'shop.order', event: 'o-1', rule: { name: 'shop.big-orders' } },
    trace: { tag: 'order o-1' },
  });

  const again = await post(`${hooks}/shop/order`, body, { 'X-Order': 'o-1' });
  expect(again.code).toBe(202);
  expect(executionsOf(again)).toEqual([name]);
  const other = await post(`${hooks}/shop/order`, { ...body, sku: 'book-18' }, { 'X-Order': 'o-1' });
  expect(other.code).toBe(422);
  expect(JSON.stringify(other.body)).toContain('o-1');
});

test('an event that no rule wants is accepted and leads to nothing', async () => {
  const answer = await post(`${hooks}/shop/order`, { state: 'open', sku: 'book-1' }, { 'X-Order': randomUUID() });
  expect(answer.code).toBe(202);
  expect(executionsOf(answer)).toEqual([]);
});

test('who does not say who he is learns nothing about webhooks', async () => {
  expect((await post(`${hooks}/nobody/here`, {})).code).toBe(401);
});

test('the generic webhook brings in an event of any trigger type', async () => {
  await apply(
    ours('TriggerType', namespace, 'disk.full', {
      payloadSchema: { type: 'object', properties: { host: { type: 'string', required: true } } },
      webhook: { url: 'unused', authentication: 'open' },
    }),
    ours('Rule', namespace, 'disk.free', {
      trigger: { type: 'disk.full' },
      action: { ref: 'core.local', parameters: { cmd: 'echo {{ trigger.host }}' } },
    }),
  );
  await ready(namespace, 'rule/disk.free');
  const token = (await kubectl(['-n', stage.namespace, 'create', 'token', 'default'])).trim();
  const refused = await post(
    `${hooks}/st2`,
    { trigger: 'disk.full', payload: { host: 'a' } },
    { 'X-Auth-Token': token },
  );
  expect(refused.code).toBe(403);
  await apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { namespace, name: 'sender' },
    rules: [{ apiGroups: ['squall.dev'], resources: ['webhooks'], verbs: ['create'] }],
  });
  await kubectl(['-n', namespace, 'create', 'serviceaccount', 'sender']);
  await kubectl([
    '-n',
    namespace,
    'create',
    'rolebinding',
    'sender',
    '--role=sender',
    `--serviceaccount=${namespace}:sender`,
  ]);
  const sender = (await kubectl(['-n', namespace, 'create', 'token', 'sender'])).trim();
  const lost = await post(`${hooks}/nobody/here`, {}, { 'X-Auth-Token': sender });
  expect(lost.code).toBe(404);
  expect(JSON.stringify(lost.body)).toContain('Webhook nobody/here not registered with st2');
  const bad = await post(`${hooks}/st2`, { trigger: 'disk.full', payload: { host: 7 } }, { 'X-Auth-Token': sender });
  expect(bad.code).toBe(400);
  expect(JSON.stringify(bad.body)).toContain('Trigger payload validation failed');
  const good = await post(
    `${hooks}/st2`,
    { trigger: 'disk.full', payload: { host: 'db-1' } },
    { 'X-Auth-Token': sender },
  );
  expect(good.code).toBe(202);
  const execution = await ended(namespace, executionsOf(good)[0]!);
  expect(execution.status.result).toMatchObject({ stdout: 'db-1' });
});

test('kubectl shows what ran, whether it worked, for which rule, and how long it took', async () => {
  const table = await kubectl(['-n', namespace, 'get', 'executions', '-l', '!squall.dev/parent']);
  expect(table.split('\n')[0]).toMatch(/NAME\s+ACTION\s+STATUS\s+REASON\s+RULE\s+TOOK\s+AGE/);
  expect(table).toMatch(/core\.local\s+Succeeded\s+ActionSucceeded\s+shop\.big-orders\s+[\d.]+s/);
  expect((await list(Execution, namespace)).length).toBe(2);
});

test('two rules on one event lead to two Executions, and one broken rule does not stop the other', async () => {
  await apply(
    ...openWebhook(namespace, 'pair', { ref: 'core.local', parameters: { cmd: 'echo one' } }),
    ours('Rule', namespace, 'pair.two', {
      trigger: { type: 'hooks.pair' },
      action: { ref: 'core.local', parameters: { cmd: 'echo two' } },
    }),
    ours('Rule', namespace, 'pair.broken', {
      trigger: { type: 'hooks.pair' },
      action: { ref: 'core.local', parameters: { cmd: '{{ trigger.body.missing }}' } },
    }),
    ours('Rule', namespace, 'pair.lost', { trigger: { type: 'hooks.pair' }, action: { ref: 'nobody.there' } }),
  );
  await ready(namespace, 'rule/pair.two', 'rule/hooks.pair');
  const answer = await post(`${hooks}/pair`, { a: 1 });
  expect(answer.code).toBe(202);
  const outputs = await Promise.all(
    executionsOf(answer).map(async (name) => (await ended(namespace, name)).status.result),
  );
  expect(outputs.map((result) => (result as { stdout: string }).stdout).sort()).toEqual(['one', 'two']);
  await kubectl([
    '-n',
    namespace,
    'wait',
    '--for=condition=Enforced=false',
    '--timeout=30s',
    'rule/pair.broken',
    'rule/pair.lost',
  ]);
  const broken = await kubectl([
    '-n',
    namespace,
    'get',
    'rule',
    'pair.broken',
    '-o',
    'jsonpath={.status.conditions[?(@.type=="Enforced")].message}',
  ]);
  expect(broken).toContain('missing');
});
