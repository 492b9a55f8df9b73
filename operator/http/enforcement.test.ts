// operator/http/enforcement.test.ts — the condition Enforced: seldom written, always the latest.
import { expect, test } from 'vitest';
import type { Rule } from '../api/kinds.ts';
import { createLog } from '../telemetry/log.ts';
import { BASE, openDoor, rule } from './door.setup.ts';
import { EnforcementRecorder } from './enforcement.ts';

async function setUp(intervalMs: number) {
  const door = await openDoor([...BASE, rule('fix', {})]);
  const recorder = new EnforcementRecorder({
    client: door.client,
    rules: door.sources.rules,
    log: createLog({ level: 'silent' }),
    metrics: door.metrics,
    intervalMs,
  });
  const current = () => door.sources.rules.get('default/fix') as Rule;
  const record = (failure?: string) =>
    recorder.record([{ rule: current(), ...(failure === undefined ? {} : { failure }) }]);
  const condition = () => current().status?.conditions?.find(({ type }) => type === 'Enforced');
  const writes = () => door.api.writes().length;
  return { door, recorder, record, condition, writes };
}

test('a thousand failures are one write, and success after them another', async () => {
  const { door, record, condition, writes } = await setUp(50);
  await using _ = door;
  for (let i = 0; i < 1000; i++) record('Action "x" doesn\'t exist');
  await expect.poll(() => condition()?.status).toBe('False');
  for (let i = 0; i < 10; i++) record('Action "x" doesn\'t exist');
  record();
  await expect.poll(() => condition()).toMatchObject({ status: 'True', reason: 'EnforcementSucceeded' });
  expect(writes()).toBe(2);
});

test('the success of a rule that never failed is not written', async () => {
  const { door, record, writes } = await setUp(1);
  await using _ = door;
  for (let i = 0; i < 10; i++) record();
  await new Promise((go) => setImmediate(go));
  expect(writes()).toBe(0);
});

test('texts that change are written one per interval, the last one in the end', async () => {
  const { door, record, condition, writes } = await setUp(100);
  await using _ = door;
  record('first');
  await expect.poll(() => condition()?.message).toBe('first');
  for (let i = 0; i < 100; i++) record(`number ${i}`);
  await expect.poll(() => condition()?.message).toBe('number 99');
  expect(writes()).toBe(2);
});

test('a condition of the controller that was written meanwhile stays', async () => {
  const { door, record, condition } = await setUp(1);
  await using _ = door;
  const path = '/apis/squall.dev/v1alpha1/namespaces/default/rules/fix';
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Accepted',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  door.api.silence(true);
  door.api.put({
    ...(door.api.object(path) as Rule),
    metadata: { name: 'fix', namespace: 'default' },
    status: { conditions: [ready] },
  } as never);
  record('it failed');
  await expect.poll(() => condition()?.message).toBe('it failed');
  expect((door.api.object(path) as Rule).status?.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Enforced']);
});
