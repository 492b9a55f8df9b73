// e2e/stories/hostile.test.ts — squatters, poisoned payloads and names at their limits: one thing fails, with a reason.
import { expect, test } from 'vitest';
import { Execution, Rule } from '../../operator/api/kinds.ts';
import { collectionPath } from '../../operator/kube/paths.ts';
import {
  apply,
  createExecution,
  ended,
  executionsOf,
  kubernetes,
  list,
  openWebhook,
  ours,
  post,
  ready,
} from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('hostile');
const hooks = `/ns/${namespace}/api/v1/webhooks`;
const MIB = 1024 * 1024;

test('a Job that sits on our name is not adopted: the execution ends and names it', async () => {
  await apply({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace, name: 'squat-1', labels: { 'squall.dev/execution': 'squat', 'squall.dev/attempt': '1' } },
    spec: {
      suspend: true,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'none' }] } },
    },
  });
  const api = await kubernetes();
  await api.create(
    collectionPath(Execution, namespace),
    ours('Execution', namespace, 'squat', { request: { action: 'core.local', parameters: { cmd: 'true' } } }),
  );
  const execution = await ended(namespace, 'squat', 40);
  expect(execution.status).toMatchObject({ phase: 'Failed', reason: 'NameTaken' });
  expect(execution.status.message).toContain('squat-1');
});

test('names at their limits run, and two that differ only at the end stay apart', async () => {
  const long = `long-${'n'.repeat(240)}`;
  const api = await kubernetes();
  for (const name of [`${long}-a`, `${long}-b`]) {
    await api.create(
      collectionPath(Execution, namespace),
      ours('Execution', namespace, name, { request: { action: 'core.echo', parameters: { message: name.slice(-1) } } }),
    );
  }
  const [a, b] = await Promise.all([ended(namespace, `${long}-a`), ended(namespace, `${long}-b`)]);
  expect([a.status.result, b.status.result]).toMatchObject([{ stdout: 'a' }, { stdout: 'b' }]);
  expect(a.status.job!.name).not.toBe(b.status.job!.name);
});

test('payloads that are too large, too deep or broken are refused whole; large ones that are allowed arrive whole', async () => {
  await apply(
    ...openWebhook(namespace, 'any', { ref: 'core.local', parameters: { cmd: 'echo {{ trigger.body.end }}' } }),
  );
  await ready(namespace, 'rule/hooks.any');
  const filled = (bytes: number): string => {
    const text = JSON.stringify({ filler: '', end: 'whole' });
    return text.replace('""', `"${'x'.repeat(bytes - text.length)}"`);
  };
  const fits = await post(`${hooks}/any`, filled(MIB - 1));
  expect(fits.code).toBe(202);
  expect((await ended(namespace, executionsOf(fits)[0]!)).status.result).toMatchObject({ stdout: 'whole' });
  const before = (await list(Execution, namespace)).length;
  const refused: [string, string | Uint8Array, readonly number[]][] = [
    ['1 MiB and a byte', filled(MIB + 1), [413]],
    ['10 MiB', filled(10 * MIB), [413]],
    ['depth 10 000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, [400, 422]],
    ['broken JSON', '{"a":', [400]],
    ['invalid UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), [400]],
    ['a bare number', '7', [400]],
  ];
  for (const [what, body, codes] of refused) {
    const answer = await post(`${hooks}/any`, body).catch((error: unknown) => ({ code: 413, error }));
    expect(codes, what).toContain(answer.code);
  }
  expect((await list(Execution, namespace)).length).toBe(before);
});

test('keys that mean something to JavaScript are only data', async () => {
  await apply(
    ...openWebhook(namespace, 'proto', { ref: 'core.local', parameters: { cmd: 'echo {{ trigger.body.safe }}' } }),
    ours('Rule', namespace, 'proto.climb', {
      trigger: { type: 'hooks.proto' },
      action: { ref: 'core.local', parameters: { cmd: 'echo {{ trigger.body.constructor.name }}' } },
    }),
  );
  await ready(namespace, 'rule/hooks.proto', 'rule/proto.climb');
  const answer = await post(
    `${hooks}/proto`,
    '{"safe":"yes","__proto__":{"polluted":true},"safe2":{"constructor":{"prototype":{"x":1}}}}',
  );
  expect(answer.code).toBe(202);
  const names = executionsOf(answer);
  expect(names).toHaveLength(1);
  expect((await ended(namespace, names[0]!)).status.result).toMatchObject({ stdout: 'yes' });
  const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]));
  expect((await post(`${hooks}/proto`, { ...many, safe: 'still' })).code).toBe(202);
});

test('an evil expression in a rule costs nobody time', async () => {
  await apply(
    ...openWebhook(namespace, 'evil', { ref: 'core.local', parameters: { cmd: 'true' } }),
    ours('Rule', namespace, 'evil.regex', {
      trigger: { type: 'hooks.evil' },
      criteria: { 'trigger.body.text': { type: 'regex', pattern: '^(a+)+$' } },
      action: { ref: 'core.local', parameters: { cmd: 'echo matched' } },
    }),
  );
  await ready(namespace, 'rule/evil.regex');
  const answer = await post(`${hooks}/evil`, { text: `${'a'.repeat(500_000)}!` });
  expect(answer.code).toBe(202);
  expect(executionsOf(answer)).toHaveLength(1);
});

test('rules that call themselves stop at the sixteenth event', async () => {
  await apply(
    ...openWebhook(namespace, 'loop', {
      ref: 'core.local',
      parameters: {
        cmd: 'curl -sk -X POST -H "X-Auth-Token: $ST2_ACTION_AUTH_TOKEN" -H "Content-Type: application/json" -d "{}" $ST2_ACTION_API_URL/webhooks/loop',
        timeout: 30,
      },
    }),
  );
  await ready(namespace, 'rule/hooks.loop');
  const answer = await post(`${hooks}/loop`, {}, { 'St2-Trace-Tag': 'the loop' });
  let names = executionsOf(answer);
  const depths: number[] = [];
  const traces = new Set<string>();
  while (names.length > 0 && depths.length < 20) {
    const execution = await ended(namespace, names[0]!);
    depths.push(execution.spec.request.cause?.depth ?? 0);
    traces.add(execution.spec.request.context?.trace?.id ?? 'none');
    const next = (await list(Execution, namespace)).find(
      (candidate) =>
        (candidate as unknown as typeof execution).spec.request.cause?.execution === execution.metadata.name,
    );
    names = next ? [next.metadata.name] : [];
  }
  expect(depths).toEqual(Array.from({ length: 17 }, (_, i) => i));
  expect(traces.size).toBe(1);
}, 240_000);

test('an Execution named like a deep loop is refused for everybody but the operator', async () => {
  const api = await kubernetes();
  const deep = ours('Execution', namespace, 'deep', { request: { action: 'core.local', cause: { depth: 99 } } });
  await expect(api.create(collectionPath(Execution, namespace), deep)).rejects.toThrow(/depth/);
  const rule = ours('Rule', namespace, 'no-dot', { trigger: { type: 'nodot' }, action: { ref: 'core.local' } });
  await expect(api.create(collectionPath(Rule, namespace), rule)).rejects.toThrow(/spec\.trigger\.type/);
  await expect(createExecution(namespace, 'not a reference')).rejects.toThrow(/spec\.request\.action/);
});
