// operator/http/authenticate.test.ts — who may send an event: keys, tokens, signatures, and our own pods.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { API_KEY, ApiServer, BASE, newKey, openDoor, rule, triggerType } from './door.setup.ts';

const on = (type: string) => rule('on', { trigger: { type }, action: { ref: 'acme.fix' } });
const URL = '/api/v1/webhooks/acme/alert';

test.each<[string, Record<string, string>, string, number]>([
  ['no credential', {}, '', 401],
  ['the key', { 'St2-Api-Key': API_KEY }, '', 202],
  ['the key in the query', {}, `?st2-api-key=${API_KEY}`, 202],
  ['a wrong key', { 'st2-api-key': 'b'.repeat(64) }, '', 401],
  ['a truncated key', { 'st2-api-key': API_KEY.slice(0, 63) }, '', 401],
  ['the hash itself', { 'st2-api-key': 'sha256:' }, '', 401],
  ['a user who may', { authorization: 'Bearer good' }, '', 202],
  ['a user who may, as StackStorm sends it', { 'x-auth-token': 'good' }, '', 202],
  ['a user who may not', { authorization: 'Bearer weak' }, '', 403],
  ['a stranger', { authorization: 'Bearer made-up' }, '', 401],
  ['Basic alone', { authorization: 'Basic eDp5' }, '', 401],
  ['a bad token before a good key', { 'x-auth-token': 'made-up', 'st2-api-key': API_KEY }, '', 401],
])('%s', async (_, headers, query, code) => {
  await using door = await openDoor([...BASE, on('acme.alert')]);
  door.api.users.set('good', 'jane').set('weak', 'joe');
  door.api.allowed.add('jane');
  const answer = await door.post(URL + query, {}, headers);
  expect(answer.status).toBe(code);
  if (code !== 202) expect(await answer.json()).toHaveProperty('faultstring');
  expect(door.executions()).toHaveLength(code === 202 ? 1 : 0);
});

test('answers about a token are remembered, and an API server that does not answer is 503', async () => {
  await using door = await openDoor([...BASE, on('acme.alert')]);
  door.api.users.set('good', 'jane');
  door.api.allowed.add('jane');
  for (let i = 0; i < 3; i++) await door.post(URL, {}, { authorization: 'Bearer good' });
  expect(door.api.calls.filter(({ path }) => path.endsWith('reviews'))).toHaveLength(2);
  door.api.fail({ path: '/tokenreviews' }, { code: 500 });
  expect((await door.post(URL, {}, { authorization: 'Bearer other' })).status).toBe(503);
});

const SIGNED = triggerType('acme.signed', {
  webhook: {
    url: 'signed',
    authentication: 'hmac',
    id: { header: 'X-Id' },
    hmac: { secretKey: 'shared', timestampHeader: 'X-Time', signedText: '{timestamp}.{body}' },
  },
});
const NOW = 1_767_225_600;
const BODY = '{"host": "a"}';
const sign = (text: string, secret = 'it is a secret') =>
  `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
const good = { 'x-time': `${NOW}`, 'x-id': 'e1', 'x-hub-signature-256': sign(`${NOW}.${BODY}`) };
test.each<[string, Record<string, string>, string, number]>([
  ['a good signature', good, BODY, 202],
  [
    'a signature in capitals',
    { ...good, 'x-hub-signature-256': `sha256=${good['x-hub-signature-256'].slice(7).toUpperCase()}` },
    BODY,
    202,
  ],
  ['no signature', { 'x-time': `${NOW}` }, BODY, 401],
  ['an empty one', { ...good, 'x-hub-signature-256': '' }, BODY, 401],
  ['one with another secret', { ...good, 'x-hub-signature-256': sign(`${NOW}.${BODY}`, 'guess') }, BODY, 401],
  ['a truncated one', { ...good, 'x-hub-signature-256': good['x-hub-signature-256'].slice(0, -2) }, BODY, 401],
  ['one with something after it', { ...good, 'x-hub-signature-256': `${good['x-hub-signature-256']}00` }, BODY, 401],
  ['one without its prefix', { ...good, 'x-hub-signature-256': good['x-hub-signature-256'].slice(7) }, BODY, 401],
  ['one of no hex at all', { ...good, 'x-hub-signature-256': `sha256=${'z'.repeat(64)}` }, BODY, 401],
  ['a body that was encoded anew', good, '{"host":"a"}', 401],
  ['another time', { ...good, 'x-time': `${NOW + 1}` }, BODY, 401],
  ['no time', { ...good, 'x-time': '' }, BODY, 401],
  [
    'an old time',
    { ...good, 'x-time': `${NOW - 301}`, 'x-hub-signature-256': sign(`${NOW - 301}.${BODY}`) },
    BODY,
    401,
  ],
  [
    'a time to come',
    { ...good, 'x-time': `${NOW + 301}`, 'x-hub-signature-256': sign(`${NOW + 301}.${BODY}`) },
    BODY,
    401,
  ],
  ['an API key instead', { 'st2-api-key': API_KEY }, BODY, 401],
])('hmac: %s', async (_, headers, body, code) => {
  await using door = await openDoor([...BASE, SIGNED, on('acme.signed')], { now: () => new Date(NOW * 1000) });
  expect((await door.post('/api/v1/webhooks/signed', body, headers)).status).toBe(code);
  expect(door.executions()).toHaveLength(code === 202 ? 1 : 0);
});

test('a signature that is used again is a retry for the same event and refused for another', async () => {
  await using door = await openDoor([...BASE, SIGNED, on('acme.signed')], {
    now: () => new Date(NOW * 1000),
    createDeadlineMs: 50,
  });
  const post = async (id: string) => (await door.post('/api/v1/webhooks/signed', BODY, { ...good, 'x-id': id })).status;
  door.api.fail({ verb: 'create', path: '/executions' }, { code: 500 });
  expect(await post('e1')).toBe(503);
  expect([await post('e1'), await post('e1'), await post('e2')]).toEqual([202, 202, 401]);
  expect(door.executions()).toHaveLength(1);
});

test('a webhook whose shared secret is missing says which key of which Secret to add', async () => {
  const lost = triggerType('acme.lost', {
    webhook: { url: 'lost', authentication: 'hmac', hmac: { secretKey: 'nope' } },
  });
  await using door = await openDoor([...BASE, lost]);
  const answer = await door.post('/api/v1/webhooks/lost', {}, good);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({
    faultstring:
      'Secret default/squall-webhooks has no key "nope", which TriggerType "acme.lost" names in spec.webhook.hmac.secretKey; add it',
  });
});

const owner = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});
async function withPod(depth: number) {
  const door = await openDoor([...BASE, on('acme.alert')]);
  const trace = { id: 'f'.repeat(32), tag: 'story' };
  const context = { user: 'jane', trace };
  const execution = door.api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { name: 'first', namespace: 'default' },
    spec: { request: { action: 'acme.fix', context, cause: { depth } }, control: 'run' },
  });
  const labels = { 'squall.dev/attempt': '1', 'squall.dev/execution': 'first' };
  const job = door.api.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'first-1', namespace: 'default', labels, ...owner('Execution', 'first', execution.metadata.uid) },
  });
  const pod = door.api.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'first-1-abc', namespace: 'default', labels, ...owner('Job', 'first-1', job.metadata.uid) },
  });
  return { door, pod, token: await door.api.podToken(pod) };
}

test('an event of a pod inherits the trace of its Execution and is one deeper', async () => {
  const { door, token } = await withPod(3);
  await using _ = door;
  expect((await door.post(URL, {}, { 'st2-api-key': '', 'x-auth-token': token })).status).toBe(202);
  const born = door.executions().find(({ metadata }) => metadata.name !== 'first');
  expect(born?.spec).toMatchObject({
    request: {
      cause: { depth: 4, execution: 'first' },
      context: { user: 'system:squall', trace: { id: 'f'.repeat(32), tag: 'story' } },
    },
  });
});

test('an event of any trigger that a pod sends is of its story too, under the tag that it gives', async () => {
  const { door, token } = await withPod(3);
  await using _ = door;
  const body = { trigger: 'acme.alert', payload: { body: {} } };
  const headers = { 'st2-api-key': '', 'x-auth-token': token, 'st2-trace-tag': 'mine' };
  const answer = await door.post('/ns/default/api/v1/webhooks/st2', body, headers);
  expect([answer.status, await answer.json()]).toEqual([202, body]);
  const born = door.executions().find(({ metadata }) => metadata.name !== 'first');
  expect(born?.spec).toMatchObject({
    request: {
      cause: { depth: 4, execution: 'first' },
      context: { trace: { id: 'f'.repeat(32), tag: 'mine' }, trigger: { source: 'trigger/acme.alert' } },
    },
  });
});

test('after 16 events in a row the loop is named and refused', async () => {
  const { door, token } = await withPod(16);
  await using _ = door;
  const answer = await door.post(URL, {}, { authorization: `Bearer ${token}` });
  expect(answer.status).toBe(422);
  expect(((await answer.json()) as { faultstring: string }).faultstring).toContain(
    'Execution default/first (rule none) emits an event after 16 events in a row',
  );
});

test('a pod token of another namespace, issuer, key or time, or of a pod that is gone, is refused', async () => {
  const { door, pod } = await withPod(0);
  await using _ = door;
  const post = async (token: string, path = URL) =>
    (await door.post(path, {}, { authorization: `Bearer ${token}` })).status;
  expect(await post(await door.api.podToken(pod), '/ns/other/api/v1/webhooks/acme/alert')).toBe(403);
  expect(await post(await door.api.podToken(pod, { issuer: 'https://evil' }))).toBe(401);
  expect(await post(await door.api.podToken(pod, { expiresIn: '-1m' }))).toBe(401);
  expect(await post(await door.api.podToken(pod, { key: newKey('k1').privateKey }))).toBe(401);
  expect(await post(await door.api.podToken({ ...pod, metadata: { ...pod.metadata, uid: 'another' } }))).toBe(403);
  expect(await post(await door.api.podToken({ ...pod, metadata: { ...pod.metadata, name: 'gone' } }))).toBe(403);
  expect(door.executions()).toHaveLength(1);
});

test('a new key of the API server is fetched once, and unknown keys do not make us fetch again and again', async () => {
  const { door, pod } = await withPod(0);
  await using _ = door;
  let ms = 0;
  const { PodTokens } = await import('./pod-token.ts');
  const tokens = new PodTokens(door.api, () => ms);
  await tokens.verify(await door.api.podToken(pod));
  door.api.keys = [...door.api.keys, newKey('k2')];
  const next = await door.api.podToken(pod, { kid: 'k2' });
  await expect(tokens.verify(next)).rejects.toThrow('its key is unknown');
  ms = 10_001;
  expect(await Promise.all([tokens.verify(next), tokens.verify(next)])).toHaveLength(2);
  const reads = door.api.keyReads;
  const forged = await door.api.podToken(pod, { kid: 'k3' });
  for (let i = 0; i < 5; i++) await expect(tokens.verify(forged)).rejects.toThrow('Unauthorized');
  expect(door.api.keyReads).toBe(reads);
  expect(door.api).toBeInstanceOf(ApiServer);
});
