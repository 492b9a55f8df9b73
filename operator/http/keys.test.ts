// operator/http/keys.test.ts — the datastore through a real socket, with requests in the shapes that StackStorm's Python client sends.
import { expect, test, vi } from 'vitest';
import { KeyWriter } from './key-writes.ts';
import { API_KEY } from './door.setup.ts';
import { KEYS, NS, SECRET, keyValue, scene } from './keys.setup.ts';

test('what is put is there at once, under its name, and gone after its deletion', async () => {
  const { door, call } = await scene();
  const body = { name: 'acme.Sensor:last_id', value: '42', scope: 'system', user: null, id: 'x' };
  const path = `${NS}/keys/acme.Sensor:last_id`;
  const put = await call('PUT', path, body);
  expect(put).toMatchObject({
    status: 200,
    body: { name: body.name, value: '42', scope: 'st2kv.system', secret: false, encrypted: false },
  });
  expect(put.body.uid).toBe('key_value_pair:st2kv.system:acme.Sensor:last_id');
  expect((await call('GET', `${path}/?decrypt=False`)).body).toEqual(put.body);
  expect((await call('GET', `${path}/?decrypt=false&scope=system`)).body).toEqual(put.body);
  expect((await call('PUT', path, { ...body, value: '43' })).body).toMatchObject({ id: put.body.id, value: '43' });
  expect((await call('DELETE', `${path}?scope=system`)).status).toBe(204);
  expect(await call('GET', `${path}/`)).toMatchObject({
    status: 404,
    body: { faultstring: 'The key "acme.Sensor:last_id" does not exist in the StackStorm datastore.' },
  });
  expect((await call('DELETE', path)).status).toBe(404);
  expect(door.sources.keyValues.size).toBe(0);
});

test('lists: prefix, scope, pages, in the order of keys', async () => {
  const { call } = await scene();
  for (const name of ['b.2', 'b.1', 'a', 'c/d e'])
    await call('PUT', `/api/v1/keys/${encodeURIComponent(name)}`, { value: name });
  await call('PUT', `${NS}/keys/mine`, { value: '1', scope: 'user' });
  await call('PUT', `${NS}/keys/bobs`, { value: '1', scope: 'st2kv.user', user: 'bob' });
  const names = async (query: string) => (await call('GET', `/api/v1/keys/?${query}`)).body.map(({ name }) => name);
  expect(await names('')).toEqual(['a', 'b.1', 'b.2', 'c/d e']);
  expect(await names('prefix=b.')).toEqual(['b.1', 'b.2']);
  expect(await names('limit=1&offset=1')).toEqual(['b.1']);
  expect(await names('decrypt=false&scope=all&limit=50')).toEqual(['a', 'b.1', 'b.2', 'c/d e', 'mine']);
  expect(await names('scope=user')).toEqual(['mine']);
  expect(await names('user=bob')).toEqual(['bobs']);
  expect(await names('limit=-1')).toHaveLength(4);
  const first = await call('GET', '/api/v1/keys?limit=2');
  expect([first.headers.get('x-total-count'), first.headers.get('x-limit')]).toEqual(['4', '2']);
});

test('who names a user lists the entries of that user alone, whatever scope he says, as st2 key list --user does', async () => {
  const { call } = await scene();
  await call('PUT', '/api/v1/keys/shared', { value: '1' });
  await call('PUT', '/api/v1/keys/color', { value: 'red', scope: 'user', user: 'bob' });
  await call('PUT', '/api/v1/keys/color', { value: 'blue', scope: 'user' });
  for (const scope of ['', '&scope=all', '&scope=system', '&scope=user'])
    expect(
      (await call('GET', `/api/v1/keys/?user=bob${scope}`)).body.map(({ value }) => value),
      scope,
    ).toEqual(['red']);
  expect((await call('GET', '/api/v1/keys/?scope=all')).body.map(({ value }) => value)).toEqual(['1', 'blue']);
});

test('a secret is in the one Secret only, and shown to those who may decrypt', async () => {
  const { door, call, podOf } = await scene();
  const pod = await podOf('default', 'bob');
  const path = `${NS}/keys/db.password`;
  expect((await call('PUT', path, { value: 'pass-wörd', secret: true })).body).toMatchObject({
    value: '********',
    secret: true,
    encrypted: true,
  });
  expect(door.api.object(SECRET)).toMatchObject({
    type: 'squall.dev/datastore',
    data: { 'db.password': Buffer.from('pass-wörd').toString('base64') },
  });
  expect(door.api.object(`${KEYS}/db.password`)?.spec).toEqual({
    key: 'db.password',
    scope: 'system',
    valueFrom: { secretKeyRef: { name: 'squall-datastore', key: 'db.password' } },
  });
  expect((await call('GET', `${path}/?decrypt=False`)).body.value).toBe('********');
  expect((await call('GET', `${path}/?decrypt=True`)).body).toMatchObject({
    value: 'pass-wörd',
    encrypted: false,
    secret: true,
  });
  expect((await call('GET', `${path}/?decrypt=true`, undefined, pod)).body.value).toBe('pass-wörd');
  expect((await call('GET', `${NS}/keys?decrypt=true`)).body[0]?.value).toBe('pass-wörd');
  expect(await call('GET', `${path}?decrypt=true`, undefined, { 'st2-api-key': API_KEY })).toMatchObject({
    status: 403,
    body: { faultstring: expect.stringContaining('Decrypt option requires administrator access') },
  });
  await call('PUT', path, { value: 'clear' });
  expect((await call('GET', path)).body).toMatchObject({ value: 'clear', encrypted: false });
  expect(door.api.object(SECRET)).not.toHaveProperty(['data', 'db.password']);
});

test("a secret of the user's own is shown to nobody, and says where it is used", async () => {
  const own = keyValue('vault', { key: 'vault', valueFrom: { secretKeyRef: { name: 'vault', key: 'token' } } });
  const { call } = await scene(own);
  expect((await call('GET', `${NS}/keys/vault`)).body).toMatchObject({ value: '********', encrypted: true });
  expect(await call('GET', `${NS}/keys/vault?decrypt=true`)).toMatchObject({
    status: 403,
    body: { faultstring: expect.stringContaining('{{ st2kv.system.vault | decrypt_kv }}') },
  });
  expect((await call('GET', `${NS}/keys?decrypt=true`)).body[0]).toMatchObject({ value: '********', encrypted: true });
});

test('an object under another name is the entry too, and the oldest of two counts', async () => {
  const { door, call } = await scene(keyValue('from-git', { key: 'Some Key', value: 'git' }));
  expect((await call('GET', `${NS}/keys/Some%20Key`)).body.value).toBe('git');
  await call('PUT', `${NS}/keys/Some%20Key`, { value: 'changed' });
  expect(door.sources.keyValues.size).toBe(1);
  expect(door.api.object(`${KEYS}/from-git`)?.spec).toMatchObject({ value: 'changed' });
});

test('a foreign object that has the name of a key is left alone', async () => {
  const { door, call } = await scene(keyValue('color', { key: 'other', value: 'x' }));
  expect((await call('PUT', `${NS}/keys/color`, { value: 'blue' })).status).toBe(200);
  expect((await call('GET', `${NS}/keys/color`)).body.value).toBe('blue');
  expect((await call('GET', `${NS}/keys/other`)).body.value).toBe('x');
  expect(door.sources.keyValues.size).toBe(2);
});

test('a secret value never replaces that of an object that has its name', async () => {
  const { call } = await scene(keyValue('pw', { key: 'other', value: 'x' }));
  const opened = async (key: string) => (await call('GET', `${NS}/keys/${key}?decrypt=true`)).body.value;
  await call('PUT', `${NS}/keys/other`, { value: 'of other', secret: true });
  await call('PUT', `${NS}/keys/pw`, { value: 'of pw', secret: true });
  expect([await opened('other'), await opened('pw')]).toEqual(['of other', 'of pw']);
});

test('a value that two entries refer to stays as long as one of them', async () => {
  const valueFrom = { secretKeyRef: { name: 'squall-datastore', key: 'a' } };
  const { door, call } = await scene();
  await call('PUT', `${NS}/keys/a`, { value: 'both', secret: true });
  door.sources.keyValues.put(door.api.put(keyValue('alias', { key: 'alias', valueFrom })));
  await call('DELETE', `${NS}/keys/a`);
  expect((await call('GET', `${NS}/keys/alias?decrypt=true`)).body.value).toBe('both');
  await call('PUT', `${NS}/keys/a`, { value: 'its own', secret: true });
  expect((await call('GET', `${NS}/keys/alias?decrypt=true`)).body.value).toBe('both');
  await call('DELETE', `${NS}/keys/alias`);
  expect(Object.keys((door.api.object(SECRET) as unknown as { data: object }).data)).toHaveLength(1);
});

test('a list is decrypted with one look at the Secret, however long it is', async () => {
  const { door, call } = await scene();
  for (const key of ['a', 'b', 'c']) await call('PUT', `${NS}/keys/${key}`, { value: `of ${key}`, secret: true });
  const reads = () => door.api.calls.filter(({ verb, path }) => verb === 'get' && path === SECRET).length;
  const before = reads();
  const { body } = await call('GET', `${NS}/keys?decrypt=true`);
  expect(body.map(({ value }) => value)).toEqual(['of a', 'of b', 'of c']);
  expect(reads() - before).toBe(1);
});

test('an entry is not seen after its time, and can be stored again', async () => {
  const expired = keyValue('old', { key: 'old', value: '1', expiresAt: '2020-01-01T00:00:00Z' });
  const { call } = await scene(expired);
  expect((await call('GET', `${NS}/keys/old`)).status).toBe(404);
  expect((await call('GET', `${NS}/keys`)).body).toEqual([]);
  const { body } = await call('PUT', `${NS}/keys/old`, { value: '2', ttl: 3600 });
  expect(body.expire_timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect((await call('GET', `${NS}/keys/old`)).body.value).toBe('2');
  expect((await call('PUT', `${NS}/keys/old`, { value: '3' })).body).not.toHaveProperty('expire_timestamp');
});

test('a pod acts for the user of its Execution, in its namespace', async () => {
  const { call, podOf } = await scene();
  const pod = await podOf('default', 'bob');
  await call('PUT', '/api/v1/keys/color', { value: 'blue', scope: 'user' }, pod);
  expect((await call('GET', `${NS}/keys/color?scope=user`, undefined, pod)).body).toMatchObject({
    value: 'blue',
    user: 'bob',
  });
  expect((await call('GET', `${NS}/keys/color?user=bob`)).body.value).toBe('blue');
  expect(await call('GET', `${NS}/keys/color?user=jane`, undefined, pod)).toMatchObject({
    status: 403,
    body: { faultstring: expect.stringContaining('"user" attribute can only be provided by admins') },
  });
  expect((await call('GET', '/ns/other/api/v1/keys', undefined, pod)).status).toBe(403);
  expect((await call('GET', `${NS}/user`, undefined, pod)).body).toMatchObject({
    username: 'bob',
    authentication: { method: 'authentication token', location: 'header', token_expire: expect.stringMatching(/Z$/) },
    rbac: { enabled: false, roles: [] },
  });
});

test('without a credential, or without the right, nothing', async () => {
  const { call } = await scene();
  expect((await call('GET', `${NS}/keys`, undefined, {})).status).toBe(401);
  expect((await call('GET', `${NS}/keys`, undefined, { 'x-auth-token': 'nobody' })).status).toBe(401);
  expect((await call('GET', `${NS}/keys`, undefined, { 'st2-api-key': 'b'.repeat(64) })).status).toBe(401);
  const eve = { 'x-auth-token': 'eve-token' };
  expect(await call('GET', `${NS}/keys`, undefined, eve)).toMatchObject({
    status: 403,
    body: {
      faultstring: 'User "eve" may not list keyvalues.squall.dev in namespace default; ask for a Role that allows it',
    },
  });
  expect((await call('PUT', `${NS}/keys/x`, { value: '1' }, eve)).body.faultstring).toContain(
    'may not create keyvalues.squall.dev "x"',
  );
});

test.each([
  ['PUT', 'keys/k', {}, "'value' is a required property"],
  ['PUT', 'keys/k', { value: { a: 1 } }, "is not of type 'string'"],
  ['PUT', 'keys/k', { value: 'x', secret: 'true' }, `secret: "true" is not of type 'boolean'`],
  ['PUT', 'keys/k', { value: 'x', encrypted: 1 }, "encrypted: 1 is not of type 'boolean'"],
  ['PUT', 'keys/k', [], 'Input body needs to be an object, got: array'],
  ['PUT', 'keys/k', { value: 'x', ttl: -5 }, 'ttl: -5'],
  ['PUT', 'keys/k', { value: 'x', scope: 'galaxy' }, 'Scope galaxy is not in allowed scopes list'],
  ['PUT', 'keys/k', { value: 'ABC', encrypted: true }, 'Failed to verify the integrity'],
  ['PUT', 'keys/k', { value: 'x'.repeat(512 * 1024 + 1) }, 'at most 524288 are stored'],
  ['PUT', `keys/${'k'.repeat(513)}`, { value: 'x' }, 'at most 512 are allowed'],
  ['GET', 'keys?limit=0', undefined, 'Limit, "0" specified, must be a positive number or -1 for full result set.'],
  ['GET', 'keys?limit=many', undefined, 'limit: "many" is not a whole number'],
])('%s %.20s is refused: %#', async (method, path, body, message) => {
  const { call } = await scene();
  const answer = await call(method, `${NS}/${path}`, body);
  expect(answer).toMatchObject({ status: 400, body: { faultstring: expect.stringContaining(message) } });
});

test('the largest value and the longest key are taken', async () => {
  const { call } = await scene();
  const path = `${NS}/keys/${encodeURIComponent('é'.repeat(512))}`;
  const value = '\n'.repeat(512 * 1024);
  expect((await call('PUT', path, { value })).status).toBe(200);
  expect((await call('GET', path)).body.value).toBe(value);
});

test('values whose entry was deleted past the door are removed at the second look', async () => {
  const { door, call } = await scene();
  await call('PUT', `${NS}/keys/a`, { value: '1', secret: true });
  await call('PUT', `${NS}/keys/b`, { value: '2', secret: true });
  const { api, client, sources } = door;
  const writer = new KeyWriter({ transport: api, client, keyValues: sources.keyValues });
  expect(await writer.sweep()).toBe(0);
  await api.delete(`${KEYS}/a`);
  await vi.waitFor(() => expect(sources.keyValues.get('default/a')).toBeUndefined());
  expect(await writer.sweep()).toBe(0);
  expect(await writer.sweep()).toBe(1);
  expect(Object.keys((api.object(SECRET) as unknown as { data: object }).data)).toEqual(['b']);
});
