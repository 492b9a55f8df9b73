// operator/http/results.test.ts — results through a real socket: stored once, late ones refused, large ones in files.
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Draft } from '../api/meta.ts';
import { BASE, openDoor, type TestDoor } from './door.setup.ts';
import { BlobStore } from './blob-store.ts';

const owner = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});
const STARTED = '2026-01-01T00:00:00.000Z';
const envelope = (result: unknown, extra: object = {}) => ({
  attempt: 1,
  outcome: 'succeeded',
  result,
  startedAt: STARTED,
  endedAt: STARTED,
  ...extra,
});
const PATH = '/internal/v1/namespaces/default/executions/run/result';

interface Running {
  readonly door: TestDoor;
  readonly token: string;
  readonly post: (body: unknown, path?: string, token?: string) => Promise<number>;
  readonly status: () => Record<string, unknown>;
}

async function running(changes: Partial<Draft> = {}, attempt = '1'): Promise<Running> {
  const door = await openDoor(BASE);
  const metadata = { namespace: 'default' };
  const execution = door.api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { ...metadata, name: 'run' },
    spec: { request: { action: 'acme.fix' }, control: 'run' },
    ...changes,
  });
  const labels = { 'squall.dev/attempt': attempt, 'squall.dev/execution': 'run' };
  const job = door.api.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name: 'run-1', labels, ...owner('Execution', 'run', execution.metadata.uid) },
  });
  const pod = door.api.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: 'run-1-x', labels, ...owner('Job', 'run-1', job.metadata.uid) },
  });
  const mine = await door.api.podToken(pod);
  const post = async (body: unknown, path = PATH, token = mine) =>
    (await door.post(path, JSON.stringify(body), { authorization: `Bearer ${token}` })).status;
  const status = () =>
    door.api.object('/apis/squall.dev/v1alpha1/namespaces/default/executions/run')?.status as Record<string, unknown>;
  return { door, token: mine, post, status };
}

test('a result is in the status when the runner gets its 204, and posting it again changes nothing', async () => {
  const { door, post, status } = await running();
  await using _ = door;
  expect(await post(envelope({ stdout: 'hi' }))).toBe(204);
  expect(status()).toMatchObject({
    phase: 'Succeeded',
    result: { stdout: 'hi' },
    startedAt: STARTED,
    job: { name: 'run-1' },
  });
  const writes = door.api.writes().length;
  expect(await post(envelope({ stdout: 'hi' }))).toBe(204);
  expect(await post(envelope({ stdout: 'no' }, { outcome: 'failed' }))).toBe(409);
  expect(door.api.writes()).toHaveLength(writes);
});

test.each([
  ['a conflict', { code: 409, reason: 'Conflict' }],
  ['a lost answer', 'resetAfterApply'],
  ['a lost call', 'reset'],
] as const)('%s on the way does not lose the result', async (_, fault) => {
  const { door, post, status } = await running();
  await using __ = door;
  door.api.fail({ verb: 'replaceStatus' }, fault);
  expect(await post(envelope({ n: 1 }))).toBe(204);
  expect(status()).toMatchObject({ phase: 'Succeeded', result: { n: 1 } });
});

test('an API server that is down means 503, and the runner tries again', async () => {
  const { door, post, status } = await running();
  await using _ = door;
  door.api.fail({ verb: 'replaceStatus' }, { code: 503 });
  expect(await post(envelope(1))).toBe(503);
  expect(await post(envelope(1))).toBe(204);
  expect(status()).toMatchObject({ phase: 'Succeeded', result: 1 });
});

test('results of another attempt, another Job, another Execution, or of nobody are refused', async () => {
  const { door, post, status } = await running({
    status: { phase: 'Running', attempt: 2, job: { name: 'run-2', uid: 'other' } },
  });
  await using _ = door;
  expect(await post(envelope(1))).toBe(409);
  expect(await post(envelope(1, { attempt: 2 }))).toBe(409);
  expect(await post(envelope(1), PATH.replace('/run/', '/other/'))).toBe(403);
  expect(await post(envelope(1), PATH, 'nonsense')).toBe(401);
  expect((await door.post(PATH, envelope(1), {})).status).toBe(401);
  expect(status()).toMatchObject({ phase: 'Running' });
});

test('a pod whose Execution is gone is told so', async () => {
  const { door, post } = await running();
  await using _ = door;
  door.api.drop('/apis/squall.dev/v1alpha1/namespaces/default/executions/run');
  await expect.poll(() => door.sources.executions.size).toBe(0);
  expect(await post(envelope(1))).toBe(409);
});

test.each<[string, unknown, number]>([
  ['no envelope', { hello: 1 }, 422],
  ['no object', 'x', 422],
  ['an unknown outcome', envelope(1, { outcome: 'great' }), 422],
])('%s', async (_, body, code) => {
  const { door, post } = await running();
  await using __ = door;
  expect(await post(body)).toBe(code);
});

test('a large result is a file, is read back by who may, and goes when nobody refers to it', async () => {
  const { door, post, status } = await running();
  await using _ = door;
  const result = { stdout: 'x'.repeat(1_000_000) };
  expect(await post(envelope(result))).toBe(204);
  expect(status()).toMatchObject({ phase: 'Succeeded', resultRef: { bytes: 1_000_013 } });
  expect(status()['result']).toBeUndefined();
  door.api.users.set('jane', 'jane').set('joe', 'joe');
  door.api.allowed.add('jane');
  const read = (token: string) =>
    fetch(`${door.url}/ns/default/v1/executions/run/result`, { headers: { authorization: `Bearer ${token}` } });
  expect(await (await read('jane')).json()).toEqual(result);
  expect([(await read('joe')).status, (await read('nobody')).status]).toEqual([403, 401]);

  const directory = join(door.directory, 'results');
  const [folder = ''] = readdirSync(directory);
  const [name = ''] = readdirSync(join(directory, folder));
  const store = new BlobStore(directory);
  const later = new Date(Date.now() + 3_700_000);
  expect(await store.collect((digest) => digest === (status()['resultRef'] as { digest: string }).digest, later)).toBe(
    0,
  );
  expect(await store.collect(() => false, new Date())).toBe(0);
  utimesSync(join(directory, folder, name), new Date(0), new Date(0));
  expect(await store.collect(() => false, new Date())).toBe(1);
  expect((await read('jane')).status).toBe(404);
});

test('more than 8 MiB is 413, whether it is announced or streamed', async () => {
  const { door, post, token, status } = await running();
  await using _ = door;
  expect(await post(envelope('x'.repeat(9 * 1024 * 1024)))).toBe(413);
  const stream = new ReadableStream({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(65_536))),
  });
  const request = {
    method: 'POST',
    body: stream,
    duplex: 'half',
    headers: { authorization: `Bearer ${token}` },
  } as RequestInit;
  const outcome = await fetch(`${door.url}${PATH}`, request).then(
    ({ status: code }) => code,
    () => 'cut off',
  );
  expect([413, 'cut off']).toContain(outcome);
  expect(status()).toBeUndefined();
});

test('a result waits for the Action, which says whether it is tried again', async () => {
  const { door, post, status } = await running({ spec: { request: { action: 'acme.later' }, control: 'run' } });
  await using _ = door;
  const failed = envelope({ stdout: '' }, { outcome: 'failed' });
  Object.defineProperty(door.sources.actions, 'lastSignOfLifeMs', { configurable: true, value: () => 90_001 });
  expect([await post(failed), status()]).toEqual([503, undefined]);
  Object.defineProperty(door.sources.actions, 'lastSignOfLifeMs', { value: () => 1 });
  expect([await post(failed), status()]).toMatchObject([204, { phase: 'Failed' }]);
});

test('a number that the API server would round is kept in the store', async () => {
  const { door, token, status } = await running();
  await using _ = door;
  const body = JSON.stringify(envelope('NUMBER')).replace('"NUMBER"', '18446744073709551615');
  expect((await door.post(PATH, body, { authorization: `Bearer ${token}` })).status).toBe(204);
  const { result, resultRef } = status() as { result: unknown; resultRef: { digest: string } };
  expect(result).toBeUndefined();
  expect(await new BlobStore(join(door.directory, 'results')).text(resultRef.digest)).toBe('18446744073709551615');
});
