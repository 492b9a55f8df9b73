// operator/http/webhooks.test.ts — events through a real socket: accepted once, refused with a reason, never half.
import { expect, test } from 'vitest';
import type { Rule } from '../api/kinds.ts';
import { RULE_INDEXES } from '../domain/rule/indexes.ts';
import { Store } from '../kube/store.ts';
import { API_KEY, action, BASE, openDoor, rule, triggerType } from './door.setup.ts';
import { assertFresh } from './sources.ts';

const KEY = { 'st2-api-key': API_KEY };
const fix = rule('fix', { action: { ref: 'acme.fix', parameters: { cmd: 'echo {{ trigger.body.host }}' } } });

test('an event becomes one Execution, is echoed, and names it', async () => {
  await using door = await openDoor([...BASE, fix]);
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
  await using door = await openDoor([...BASE, fix]);
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
    await using door = await openDoor([...BASE, fix]);
    door.api.fail({ verb: 'create', path: '/executions' }, fault, fault, fault, fault);
    expect((await door.post('/api/v1/webhooks/acme/alert', { host: 'a' })).status).toBe(202);
    expect(door.executions()).toHaveLength(1);
  },
);

test('an API server that refuses for long means 503 with Retry-After, and the retry completes the event', async () => {
  await using door = await openDoor(
    [...BASE, fix, rule('fix-2', { action: { ref: 'acme.fix', parameters: { cmd: 'x' } } })],
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

test("a rule's own error is a condition, the other rules run, and the event is accepted", async () => {
  const broken = rule('broken', { action: { ref: 'acme.fix', parameters: { cmd: '{{ trigger.body.nope }}' } } });
  const lost = rule('lost', { action: { ref: 'acme.gone' } });
  await using door = await openDoor([...BASE, fix, broken, lost]);
  const answer = await door.post('/api/v1/webhooks/acme/alert', { host: 'a' });
  expect(answer.status).toBe(202);
  expect(door.executions()).toHaveLength(1);
  await expect.poll(() => messageOf(door, 'broken')).toMatch(/Failed to render parameter "cmd".*nope/);
  await expect
    .poll(() => messageOf(door, 'lost'))
    .toBe('Action "acme.gone" doesn\'t exist; create it, or change spec.action.ref');
  expect(messageOf(door, 'fix')).toBeUndefined();
});

const messageOf = (door: Awaited<ReturnType<typeof openDoor>>, name: string) =>
  door.sources.rules.get(`default/${name}`)?.status?.conditions?.find(({ type }) => type === 'Enforced')?.message;

test('a squatter under our name is told in a condition, and the event does not wait for it', async () => {
  await using door = await openDoor([...BASE, fix]);
  const headers = { ...KEY, 'idempotency-key': 'e1' };
  await door.post('/api/v1/webhooks/acme/alert', { host: 'a' }, headers);
  const [mine] = door.executions();
  const path = `/apis/squall.dev/v1alpha1/namespaces/default/executions/${mine?.metadata.name}`;
  door.api.drop(path);
  door.api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { name: mine?.metadata.name ?? '', namespace: 'default' },
    spec: { request: { action: 'core.noop' } },
  });
  const answer = await door.post('/api/v1/webhooks/acme/alert', { host: 'a' }, headers);
  expect([answer.status, answer.headers.get('squall-executions')]).toEqual([202, '']);
  await expect
    .poll(() => messageOf(door, 'fix'))
    .toContain('was not made by Squall; delete or rename it: kubectl delete execution');
});

test('a secret parameter goes into a Secret that its Execution owns, and nowhere else', async () => {
  const safe = action('acme.safe', {
    parameters: { cmd: { type: 'string' }, password: { type: 'string', secret: true } },
  });
  const login = rule('login', {
    action: { ref: 'acme.safe', parameters: { cmd: 'x', password: '{{ trigger.body.pw }}' } },
  });
  await using door = await openDoor([...BASE, safe, login]);
  await door.post('/api/v1/webhooks/acme/alert', { pw: 'hunter2' });
  const [execution] = door.executions();
  const name = `${execution?.metadata.name}-secrets`;
  expect(execution?.spec).toMatchObject({
    request: { parameters: { password: { valueFrom: { secretKeyRef: { name, key: 'password' } } } } },
  });
  expect(JSON.stringify(execution)).not.toContain('hunter2');
  expect(door.api.object(`/api/v1/namespaces/default/secrets/${name}`)).toMatchObject({
    type: 'squall.dev/parameters',
    stringData: { password: 'hunter2' },
    metadata: { ownerReferences: [{ kind: 'Execution', uid: execution?.metadata.uid, controller: true }] },
  });
  expect(door.api.writes().map(({ verb, path }) => `${verb} ${path.split('/').at(-1)}`)).toEqual([
    'create secrets',
    'create executions',
    `replace ${name}`,
  ]);
});

test('before the caches are complete and when one is stale the answer is 503, not 404', async () => {
  await using door = await openDoor();
  Object.defineProperty(door.sources.rules, 'lastSignOfLifeMs', { value: () => 90_001 });
  const answer = await door.post('/api/v1/webhooks/nobody', {});
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await answer.json()).toEqual({
    faultstring: 'The cache of rules has had no sign of life from the API server for 90 s; send the event again',
  });
  const { rules, ...others } = door.sources;
  const empty = new Store<Rule>({ kind: rules.kind, project: (raw) => raw as Rule, indexes: RULE_INDEXES });
  expect(() => assertFresh({ ...others, rules: empty })).toThrow('The cache of rules is not complete yet');
});

test('when the limit of live executions is reached the answer is 429', async () => {
  await using door = await openDoor([...BASE, fix], { liveExecutionsMax: 2 });
  const codes: number[] = [];
  for (let i = 0; i < 3; i++) codes.push((await door.post('/api/v1/webhooks/acme/alert', { host: `${i}` })).status);
  expect(codes).toEqual([202, 202, 429]);
});

test('a namespace that has filled the limit is refused and another one is not', async () => {
  const elsewhere = [
    triggerType('acme.alert', { webhook: { url: 'acme/alert', authentication: 'open' } }, { namespace: 'elsewhere' }),
    action('acme.fix', { parameters: { cmd: { type: 'string' } } }, { namespace: 'elsewhere' }),
    rule('fix', { action: { ref: 'acme.fix', parameters: { cmd: 'x' } } }, { namespace: 'elsewhere' }),
  ];
  await using door = await openDoor([...BASE, fix, ...elsewhere], { liveExecutionsMax: 3 });
  let sent = 0;
  const send = async (base: string) => await door.post(`${base}/webhooks/acme/alert`, { host: `${sent++}` });
  for (let i = 0; i < 3; i++) expect((await send('/api/v1')).status).toBe(202);
  const full = await send('/api/v1');
  expect([full.status, full.headers.get('retry-after')]).toEqual([429, '10']);
  expect(((await full.json()) as { faultstring: string }).faultstring).toContain(
    'Namespace default has 3 executions under way',
  );
  expect((await send('/ns/elsewhere/api/v1')).status).toBe(202);
  expect((await send('/ns/elsewhere/api/v1')).status).toBe(429);
});

test('a webhook that only a rule names works, and one that nobody names is 404 after authentication', async () => {
  const hook = rule('hook', {
    trigger: { type: 'core.st2.webhook', parameters: { url: '/ci/build/' } },
    action: { ref: 'acme.fix' },
  });
  await using door = await openDoor([...BASE, hook]);
  expect((await door.post('/api/v1/webhooks/ci/build', {})).status).toBe(202);
  expect(door.executions()).toHaveLength(1);
  const lost = await door.post('/api/v1/webhooks/ci/other', {});
  expect([lost.status, await lost.json()]).toEqual([404, { faultstring: 'Webhook ci/other not registered with st2' }]);
  expect((await door.post('/api/v1/webhooks/ci/other', {}, {})).status).toBe(401);
  expect((await door.post('/ns/elsewhere/api/v1/webhooks/ci/build', {})).status).toBe(401);
});

test('the generic webhook dispatches a trigger that it names', async () => {
  const typed = triggerType('acme.typed', {
    payloadSchema: { type: 'object', properties: { n: { type: 'integer', required: true } } },
  });
  const on = rule('on', {
    trigger: { type: 'acme.typed' },
    criteria: { 'trigger.n': { type: 'equals', pattern: 5 } },
    action: { ref: 'acme.fix' },
  });
  await using door = await openDoor([...BASE, typed, on]);
  const post = async (body: unknown) => {
    const answer = await door.post('/api/v1/webhooks/st2', JSON.stringify(body));
    return [answer.status, ((await answer.json()) as { faultstring?: string }).faultstring];
  };
  expect(await post({ trigger: 'acme.typed', payload: { n: 5 }, trace_tag: 'tag' })).toEqual([202, undefined]);
  expect(door.executions()[0]?.spec).toMatchObject({
    request: { context: { trace: { tag: 'tag' }, trigger: { source: 'trigger/acme.typed' } } },
  });
  expect(await post([1])).toEqual([400, 'Webhook body needs to be an object, got: array']);
  expect(await post({ payload: {} })).toEqual([400, 'Trigger not specified.']);
  expect((await post({ trigger: 'no.such' }))[1]).toContain('Trigger type with reference "no.such" doesn\'t exist');
  expect((await post({ trigger: 'acme.typed', payload: { n: 'x' } }))[1]).toMatch(
    /not dispatching a trigger "acme.typed": payload.*'x' is not of type/,
  );
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

const MIB = 1024 * 1024;
const filled = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
test.each<[string, string | Uint8Array, Record<string, string>, number, RegExp | undefined]>([
  ['1 MiB - 1', filled(MIB - 1), {}, 202, undefined],
  ['1 MiB', filled(MIB), {}, 202, undefined],
  ['1 MiB + 1', filled(MIB + 1), {}, 413, /larger than 1048576 bytes/],
  [
    '100 000 keys',
    `{${Array.from({ length: 100_000 }, (_, i) => `"${i.toString(36)}":1`).join(',')}}`,
    {},
    202,
    undefined,
  ],
  ['depth 10 000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, {}, 422, /nested deeper than 200 levels/],
  ['depth 200', `${'['.repeat(200)}${']'.repeat(200)}`, {}, 202, undefined],
  ['the same key twice', '{"host":"a","host":"b"}', {}, 202, undefined],
  ['__proto__', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}', {}, 202, undefined],
  ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, 400, /it is not UTF-8/],
  ['cut off', '{"host": "a', {}, 400, /^Failed to parse request body: /],
  ['a number', '5', {}, 400, /needs to be an object, got: number/],
  ['null', 'null', {}, 400, /got: null/],
  ['a form', 'a=1&a=2&b=%20', { 'content-type': 'application/x-www-form-urlencoded' }, 202, undefined],
  ['a picture', 'x', { 'content-type': 'image/png' }, 400, /Unsupported Content-Type: "image\/png"/],
  ['nothing', '', {}, 202, undefined],
])('a body of %s', async (_, body, headers, code, message) => {
  const echo = rule('echo', { action: { ref: 'acme.fix', parameters: { cmd: '{{ trigger.body }}' } } });
  await using door = await openDoor([
    ...BASE,
    rule('quiet', { action: { ref: 'acme.fix' } }),
    ...(body.length < 1000 ? [echo] : []),
  ]);
  const answer = await door.post('/api/v1/webhooks/acme/alert', body, { ...KEY, ...headers });
  expect(answer.status).toBe(code);
  if (message) expect(((await answer.json()) as { faultstring: string }).faultstring).toMatch(message);
  expect(door.executions().length > 0).toBe(code === 202);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('unknown paths, methods and escapes are answered as StackStorm does', async () => {
  await using door = await openDoor();
  const get = await fetch(`${door.url}/api/v1/webhooks/acme/alert`);
  expect([get.status, await get.json()]).toEqual([404, { faultstring: 'The resource could not be found.' }]);
  const malformed = await door.post('/api/v1/webhooks/%zz', {});
  expect(malformed.status).toBe(400);
  expect(await malformed.json()).toHaveProperty('faultstring');
});
