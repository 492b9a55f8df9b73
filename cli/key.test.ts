// cli/key.test.ts — squall key, as a process against an HTTP server that answers as an API server does.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { type Answer, failure, reply, serve } from './api-server.setup.ts';

const KEYS = '/apis/squall.dev/v1alpha1/namespaces/team/keyvalues';
const SECRETS = '/api/v1/namespaces/team/secrets';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

interface Stored {
  metadata: Record<string, unknown> & { name: string };
  spec: Record<string, unknown>;
  status?: unknown;
}
const keyValue = (name: string, spec: object, createdAt = '2026-01-31T12:00:00Z'): Stored => ({
  metadata: { name, namespace: 'team', uid: name, resourceVersion: '1', creationTimestamp: createdAt },
  spec: { scope: 'system', ...spec },
});
const REF_TAKEN = { conditions: [{ type: 'Ready', status: 'False', reason: 'RefTaken', message: '' }] };
const SECRET = { secretKeyRef: { name: 'squall-datastore', key: 'pw' } };

/** What was sent, as "METHOD path" with its body. */
function recording(routes: Record<string, Answer>, ...objects: readonly Stored[]) {
  const sent: [string, unknown][] = [];
  const noted =
    (answer: Answer): Answer =>
    (request, response, body) => {
      sent.push([`${request.method} ${request.url}`, body === '' ? undefined : JSON.parse(body)]);
      answer(request, response, body);
    };
  const echo = noted((request, response, body) => reply(JSON.parse(body), 201)(request, response, body));
  const all: Record<string, Answer> = {
    [`GET ${KEYS}`]: reply({ items: objects, metadata: {} }),
    [`POST ${KEYS}`]: echo,
    'POST /apis/authentication.k8s.io/v1/selfsubjectreviews': reply({ status: { userInfo: { username: 'jane' } } }),
  };
  for (const object of objects) {
    all[`GET ${KEYS}/${object.metadata.name}`] = reply(object);
    all[`PATCH ${KEYS}/${object.metadata.name}`] = noted(reply(object));
    all[`DELETE ${KEYS}/${object.metadata.name}`] = noted(reply(object));
  }
  for (const [route, answer] of Object.entries(routes)) all[route] = noted(answer);
  return { sent, routes: all };
}

test('list shows entries in the order of their keys, and no secret', async () => {
  const { routes } = recording(
    {},
    keyValue('b', { key: 'b', value: 'line\nbreak' }),
    keyValue('pw', { key: 'a.pw', valueFrom: SECRET }),
    keyValue('u', { key: 'c', scope: 'user', user: 'jane', value: '1' }),
    keyValue('over', { key: 'd', value: '1', expiresAt: '2020-01-01T00:00:00Z' }),
  );
  const squall = await serve(routes);
  expect((await squall('key', 'list', '-o', 'name')).out).toBe('a.pw\nb\nc\n');
  expect((await squall('key', 'list')).out).toMatch(
    /a\.pw +\*{8} +system.*\nb +line break +system.*\nc +1 +user +jane/,
  );
  const { out } = await squall('key', 'list', '-o', 'json', '--scope', 'user', '--prefix', 'c');
  expect(JSON.parse(out)).toEqual([{ name: 'c', value: '1', scope: 'user', user: 'jane', secret: false }]);
});

test('get finds an entry whatever its object is called, and decrypts what this user may read', async () => {
  const { routes } = recording(
    { [`GET ${SECRETS}/squall-datastore`]: reply({ data: { pw: Buffer.from('s3cret').toString('base64') } }) },
    keyValue('from-git', { key: 'Big Key', value: 'x' }),
    keyValue('pw', { key: 'pw', valueFrom: SECRET }),
  );
  const squall = await serve(routes);
  expect((await squall('key', 'get', 'Big Key', '-o', 'value')).out).toBe('x\n');
  expect((await squall('key', 'get', 'pw')).out).toContain('value: "********"');
  expect((await squall('key', 'get', 'pw', '--decrypt', '-o', 'value')).out).toBe('s3cret\n');
  const none = await squall('key', 'get', 'none');
  expect([none.code, none.err]).toEqual([
    1,
    'squall: key none: there is none of scope system in namespace team; see "squall key list"\n',
  ]);
});

test('set creates an entry, and changes one that is there', async () => {
  const { sent, routes } = recording({}, keyValue('from-git', { key: 'Big Key', value: 'x' }));
  const squall = await serve(routes);
  expect((await squall('key', 'set', 'redis.host', 'db', '--ttl', '60')).code).toBe(0);
  expect((await squall('key', 'set', 'Big Key', 'y')).code).toBe(0);
  expect((await squall('key', 'set', '--scope', 'user', 'color', 'blue')).code).toBe(0);
  expect(sent).toMatchObject([
    [
      `POST ${KEYS}`,
      {
        kind: 'KeyValue',
        metadata: { name: 'redis.host', namespace: 'team' },
        spec: { key: 'redis.host', scope: 'system', value: 'db', expiresAt: expect.stringMatching(/Z$/) },
      },
    ],
    [`PATCH ${KEYS}/from-git`, { spec: { value: 'y', valueFrom: null, expiresAt: null } }],
    [`POST ${KEYS}`, { spec: { key: 'color', scope: 'user', user: 'jane', value: 'blue' } }],
  ]);
});

test('a secret is read from the standard input, and goes into the Secret first', async () => {
  const { sent, routes } = recording({
    [`PATCH ${SECRETS}/squall-datastore`]: failure(404, 'NotFound', 'secrets "squall-datastore" not found'),
    [`POST ${SECRETS}`]: reply({}, 201),
  });
  const squall = await serve(routes);
  const onLine = await squall('key', 'set', '--secret', 'pw', 'clear');
  expect([onLine.code, onLine.err]).toEqual([2, expect.stringContaining('give it on the standard input')]);
  expect(sent).toEqual([]);
  const program = fileURLToPath(new URL('./squall.js', import.meta.url));
  const words = ['--kubeconfig', squall.kubeconfig, 'key', 'set', '--secret', 'pw'];
  const child = spawn(process.execPath, [program, ...words]);
  child.stdin.end('s3cret\n');
  expect(await new Promise((ended) => child.on('close', ended))).toBe(0);
  expect(sent).toMatchObject([
    [`PATCH ${SECRETS}/squall-datastore`, { data: { pw: Buffer.from('s3cret').toString('base64') } }],
    [`POST ${SECRETS}`, { metadata: { name: 'squall-datastore' }, type: 'squall.dev/datastore' }],
    [`POST ${KEYS}`, { spec: { key: 'pw', valueFrom: SECRET } }],
  ]);
});

test('a secret value never replaces that of an object that has its name', async () => {
  const taken = keyValue('pw', { key: 'other', valueFrom: SECRET });
  const { sent, routes } = recording({ [`PATCH ${SECRETS}/squall-datastore`]: reply({}) }, taken);
  const squall = await serve(routes);
  const program = fileURLToPath(new URL('./squall.js', import.meta.url));
  const child = spawn(process.execPath, [program, '--kubeconfig', squall.kubeconfig, 'key', 'set', '--secret', 'pw']);
  child.stdin.end('s3cret');
  expect(await new Promise((ended) => child.on('close', ended))).toBe(0);
  const name = expect.stringMatching(/^pw-[0-9a-f]{16}$/);
  const [patched, posted] = sent.map(([, body]) => body as { data: object; metadata: object; spec: object });
  expect(Object.keys(patched?.data ?? {})).toEqual([name]);
  expect(posted).toMatchObject({ metadata: { name }, spec: { valueFrom: { secretKeyRef: { key: name } } } });
});

test('of two objects with the key the one that counts is shown and changed, whatever they are called', async () => {
  const { sent, routes } = recording(
    {},
    { ...keyValue('host', { key: 'host', value: 'new' }, '2026-02-01T12:00:00Z'), status: REF_TAKEN },
    keyValue('from-git', { key: 'host', value: 'old' }),
  );
  const squall = await serve(routes);
  expect((await squall('key', 'get', 'host', '-o', 'value')).out).toBe('old\n');
  expect((await squall('key', 'set', 'host', 'newer')).code).toBe(0);
  expect(sent.map(([route]) => route)).toEqual([`PATCH ${KEYS}/from-git`]);
});

test('delete names what is not there', async () => {
  const { sent, routes } = recording({}, keyValue('a', { key: 'a', value: '1' }));
  const squall = await serve(routes);
  const { code, out, err } = await squall('key', 'delete', 'a', 'b');
  expect([code, out]).toEqual([1, 'key a deleted\n']);
  expect(err).toContain('key b: there is none');
  expect(sent.map(([route]) => route)).toEqual([`DELETE ${KEYS}/a`]);
});
