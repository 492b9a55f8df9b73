// operator/http/webhooks.test.ts — events through a real socket: accepted once, however often they are sent, and never half.
import { expect, test } from 'vitest';
import { BASE, FIX, KEY, openDoor, rule, triggerType } from './door.setup.ts';

test('an event becomes one Execution, is echoed, and names it', async () => {
  await using door = await openDoor([...BASE, FIX]);
  const body = { host: 'db-7' };
  const headers = {
    ...KEY,
    'idempotency-key': 'e1',
    'st2-trace-tag': 'story',
    cookie: 'c=1',
    authorization: 'Basic eA==',
  };
  const answer = await door.post('/api/v1/webhooks/acme/alert/', body, headers);
  expect(answer.status).toBe(202);
  expect(await answer.json()).toEqual(body);
  expect(answer.headers.get('squall-event-id')).toBe('e1');
  const [execution] = door.executions();
  expect(answer.headers.get('squall-executions')).toBe(execution?.metadata.name);
  expect(execution?.metadata.name).toMatch(/^fix-[0-9a-f]{12}$/);
  expect(execution?.spec).toMatchObject({
    request: {
      action: 'acme.fix',
      parameters: { cmd: 'echo db-7' },
      context: {
        user: 'system:squall',
        trigger: { type: 'acme.alert', event: 'e1', source: 'webhook/acme/alert' },
        trace: { tag: 'story' },
      },
      cause: { depth: 0 },
    },
  });
});

test('the same delivery again is the same Execution, with another body it is refused', async () => {
  await using door = await openDoor([...BASE, FIX]);
  const headers = { ...KEY, 'idempotency-key': 'e1' };
  const names: (string | null)[] = [];
  for (let i = 0; i < 3; i++)
    names.push(
      (await door.post('/api/v1/webhooks/acme/alert', { host: 'a' }, headers)).headers.get('squall-executions'),
    );
  expect(new Set(names).size).toBe(1);
  expect(door.executions()).toHaveLength(1);
  const other = await door.post('/api/v1/webhooks/acme/alert', { host: 'b' }, headers);
  expect(other.status).toBe(422);
  expect(await other.json()).toEqual({
    faultstring: 'Event id "e1" was used before with another body; give each event an id of its own',
  });
});

test.each(['resetAfterApply', 'reset'] as const)(
  'a create that ends in %s yields one Execution and 202',
  async (fault) => {
    await using door = await openDoor([...BASE, FIX]);
    door.api.fail({ verb: 'create', path: '/executions' }, fault, fault, fault, fault);
    expect((await door.post('/api/v1/webhooks/acme/alert', { host: 'a' })).status).toBe(202);
    expect(door.executions()).toHaveLength(1);
  },
);

test('an API server that refuses for long means 503 with Retry-After, and the retry completes the event', async () => {
  await using door = await openDoor(
    [...BASE, FIX, rule('fix-2', { action: { ref: 'acme.fix', parameters: { cmd: 'x' } } })],
    { createDeadlineMs: 200 },
  );
  const headers = { ...KEY, 'idempotency-key': 'e1' };
  door.api.fail({ verb: 'create', path: '/executions' }, ...Array.from({ length: 6 }, () => ({ code: 503 })));
  const answer = await door.post('/api/v1/webhooks/acme/alert', { host: 'a' }, headers);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  for (let i = 0; i < 5 && door.executions().length < 2; i++)
    await door.post('/api/v1/webhooks/acme/alert', { host: 'a' }, headers);
  expect(door.executions()).toHaveLength(2);
});

const ALERTS = triggerType('acme.alerts', {
  webhook: { url: 'alerts', authentication: 'open', id: { preset: 'alertmanager' } },
});
const notification = (extra: object = {}) => ({
  version: '4',
  groupKey: '{}:{alertname="DiskFull"}',
  alerts: [
    { status: 'firing', fingerprint: 'f1', startsAt: '2026-01-01T00:00:00Z' },
    { status: 'firing', fingerprint: 'f2', startsAt: '2026-01-01T00:00:05Z' },
  ],
  ...extra,
});

test("Alertmanager's retries are one event, across the border of two windows, and its next notification is another", async () => {
  let now = new Date('2026-01-01T00:04:59Z');
  const on = rule('on', { trigger: { type: 'acme.alerts' }, action: { ref: 'acme.fix' } });
  await using door = await openDoor([...BASE, ALERTS, on], { now: () => now });
  const post = (body: object) => door.post('/api/v1/webhooks/alerts', body, {});
  await post(notification());
  now = new Date('2026-01-01T00:05:01Z');
  await post(notification({ alerts: notification().alerts.toReversed() }));
  await post(notification({ externalURL: 'http://second-replica' }));
  expect(door.executions()).toHaveLength(1);
  await post(notification({ alerts: notification().alerts.map((alert) => ({ ...alert, status: 'resolved' })) }));
  expect(door.executions()).toHaveLength(2);
  now = new Date('2026-01-01T00:11:00Z');
  await post(notification());
  expect(door.executions()).toHaveLength(3);
});
