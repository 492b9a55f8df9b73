// operator/http/webhook-rules.test.ts — what the rules of an event come to: faults of their own, names that are taken, secrets, and rules that name a webhook.
import { expect, test } from 'vitest';
import { action, BASE, FIX, KEY, openDoor, rule, triggerType } from './door.setup.ts';

test("a rule's own error is a condition, the other rules run, and the event is accepted", async () => {
  const broken = rule('broken', { action: { ref: 'acme.fix', parameters: { cmd: '{{ trigger.body.nope }}' } } });
  const lost = rule('lost', { action: { ref: 'acme.gone' } });
  await using door = await openDoor([...BASE, FIX, broken, lost]);
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
  await using door = await openDoor([...BASE, FIX]);
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
