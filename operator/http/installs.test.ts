// operator/http/installs.test.ts — an install Job through a real socket: its task, its archives, its reports; and who may read what it brought.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { PackStatus } from '../api/pack.ts';
import { BASE, openDoor } from './door.setup.ts';

const owner = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'squall.dev/v1alpha1', kind, name, uid, controller: true }],
});
const ROOT = '/internal/v1/namespaces/default';
const INSTALL = `${ROOT}/packs/shop/install`;
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A door with a Pack that is being installed, and its pod's token. */
async function installing(spec: object = { from: 'shop=1.0.0', force: false }) {
  const door = await openDoor([...BASE], { authorities: 'PEM' });
  const { api, sources } = door;
  const install = { key: 'k1', attempt: 1, job: 'pack-shop-1', step: 'Fetch', startedAt: '2026-03-01T12:00:00Z' };
  const pack = api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Pack',
    metadata: { namespace: 'default', name: 'shop', generation: 1 },
    spec,
    status: { install },
  });
  const labels = { 'squall.dev/install': 'shop' };
  const job = api.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'default', name: 'pack-shop-1', labels, ...owner('Pack', 'shop', pack.metadata.uid) },
  });
  const pod = api.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: 'p', labels, ...owner('Job', 'pack-shop-1', job.metadata.uid) },
  });
  await expect.poll(() => [sources.pods.size, sources.jobs.size, sources.packs.size]).toEqual([1, 1, 1]);
  const authorization = `Bearer ${await api.podToken(pod)}`;
  const call = async (path: string, init: RequestInit = {}) =>
    await fetch(`${door.url}${path}`, { headers: { authorization }, ...init });
  const bring = async (text: string, digest = digestOf(text)) =>
    await call(`${ROOT}/content/${digest}`, { method: 'PUT', body: text });
  const report = async (body: object) => await call(INSTALL, { method: 'POST', body: JSON.stringify(body) });
  const status = () => sources.packs.get('default/shop')?.status as PackStatus | undefined;
  return { door, call, bring, report, status };
}

test('the installer is told what to do', async () => {
  const { door, call } = await installing();
  await using _ = door;
  const answer = await call(INSTALL);
  expect(await answer.json()).toMatchObject({
    version: 1,
    key: 'k1',
    from: 'shop=1.0.0',
    pack: { namespace: 'default', name: 'shop' },
    limits: { files: 20_000 },
    authorities: 'PEM',
  });
  expect((await call(INSTALL.replace('/shop/', '/other/'))).status).toBe(403);
  expect((await call(INSTALL, { headers: {} })).status).toBe(401);
});

test('archives are taken once, by what they are', async () => {
  const { door, bring, call } = await installing();
  await using _ = door;
  const answers = [await bring('files'), await bring('files'), await bring('other', digestOf('files2'))];
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 422]);
  expect(await (await call(`${ROOT}/content/${digestOf('files')}`)).text()).toBe('files');
  expect((await call(`${ROOT}/content/${digestOf('files')}`, { method: 'HEAD' })).status).toBe(200);
  expect((await call(`${ROOT}/content/${digestOf('files2')}`)).status).toBe(404);
  expect((await call(`/internal/v1/namespaces/other/content/${digestOf('files')}`)).status).toBe(403);
});

test('a report is stored when what it names is there, and counts once', async () => {
  const { door, bring, report, status } = await installing();
  await using _ = door;
  const content = { files: digestOf('files'), manifest: digestOf('{}') };
  const done = { key: 'k1', step: 'Done', commit: 'abc', content };
  const early = await report(done);
  expect([early.status, await early.json()]).toEqual([
    422,
    { faultstring: `The report names ${content.files}, which is not in the pack store; bring it first` },
  ]);
  await bring('files');
  await bring('{}');
  expect((await report({ key: 'k1', step: 'Build', commit: 'abc' })).status).toBe(204);
  expect(status()?.install?.step).toBe('Build');
  expect((await report(done)).status).toBe(204);
  expect(status()?.install).toMatchObject({ step: 'Register', reported: content, commit: 'abc' });
  expect((await report(done)).status).toBe(409);
  expect((await report({ key: 'k1', step: 'Cooked' })).status).toBe(422);
});

test('a pod of an Execution neither brings nor reports anything', async () => {
  const { door } = await installing();
  await using _ = door;
  const { api, sources } = door;
  const labels = { 'squall.dev/execution': 'run', 'squall.dev/attempt': '1' };
  const execution = api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { namespace: 'default', name: 'run' },
    spec: { request: { action: 'acme.fix' }, control: 'run' },
  });
  const job = api.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'default', name: 'run-1', labels, ...owner('Execution', 'run', execution.metadata.uid) },
  });
  const pod = api.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: 'q', labels, ...owner('Job', 'run-1', job.metadata.uid) },
  });
  await expect.poll(() => sources.pods.size).toBe(2);
  const headers = { authorization: `Bearer ${await api.podToken(pod)}` };
  const at = (path: string, init: RequestInit = {}) => fetch(`${door.url}${path}`, { headers, ...init });
  expect((await at(`${ROOT}/content/${digestOf('x')}`, { method: 'PUT', body: 'x' })).status).toBe(403);
  expect((await at(INSTALL)).status).toBe(403);
  expect((await at(`${ROOT}/content/${digestOf('x')}`)).status).toBe(404);
});
