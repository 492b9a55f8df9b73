// operator/http/installs.test.ts — an install Job through a real socket: its task, its archives, its reports; and who may read what it brought.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { InstallTask } from '../api/install.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import type { PackStatus } from '../api/pack.ts';
import { manifest } from '../domain/install/install.setup.ts';
import { BASE, openDoor } from './door.setup.ts';

const ROOT = '/internal/v1/namespaces/default';
const INSTALL = `${ROOT}/packs/shop/install`;
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

type Door = Awaited<ReturnType<typeof openDoor>>;

/** What a token of a pod proves: it belongs to a Job, and the Job to an object of ours. Returns the Authorization of the pod. */
async function podOf({ api }: Door, { kind, metadata }: KubeObject, job: string, labels: Record<string, string>) {
  const owner = (ofKind: string, name: string, uid: string) => ({
    ownerReferences: [{ apiVersion: 'squall.dev/v1alpha1', kind: ofKind, name, uid, controller: true }],
  });
  const part = (apiVersion: string, partKind: string, name: string, owned: object) =>
    api.put({ apiVersion, kind: partKind, metadata: { namespace: 'default', name, labels, ...owned } });
  const made = part('batch/v1', 'Job', job, owner(kind, metadata.name, metadata.uid));
  return `Bearer ${await api.podToken(part('v1', 'Pod', `${job}-p`, owner('Job', job, made.metadata.uid)))}`;
}

/** A door with a Pack that is being installed, and its pod's token. */
async function installing(
  spec: object = { from: 'shop=1.0.0', force: false },
  { objects = [], options = {} }: { objects?: readonly Draft[]; options?: Parameters<typeof openDoor>[1] } = {},
) {
  const door = await openDoor([...BASE, ...objects], { authorities: 'PEM', ...options });
  const { api, sources } = door;
  const install = { key: 'k1', attempt: 1, job: 'pack-shop-1', step: 'Fetch', startedAt: '2026-03-01T12:00:00Z' };
  const pack = api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Pack',
    metadata: { namespace: 'default', name: 'shop', generation: 1 },
    spec,
    status: { install },
  });
  const authorization = await podOf(door, pack, 'pack-shop-1', { 'squall.dev/install': 'shop' });
  await expect.poll(() => [sources.pods.size, sources.jobs.size, sources.packs.size]).toEqual([1, 1, 1]);
  const call = async (path: string, init: RequestInit = {}) =>
    await fetch(`${door.url}${path}`, { headers: { authorization }, ...init });
  const bring = async (text: string, digest = digestOf(text)) =>
    await call(`${ROOT}/content/${digest}`, { method: 'PUT', body: text });
  const report = async (body: object) => await call(INSTALL, { method: 'POST', body: JSON.stringify(body) });
  const status = () => sources.packs.get('default/shop')?.status as PackStatus | undefined;
  return { door, pack, call, bring, report, status };
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

test('indexes of packs: that of the namespace, that of all, then the addresses', async () => {
  const index = (namespace: string, data: object): Draft & { data: object } => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name: 'squall-pack-index' },
    data,
  });
  const objects = [
    index('default', { 'index.json': '{"packs": {"own": {}}}' }),
    index('squall', { 'index.json': '{"packs": {"all": {}}}' }),
    index('neighbour', { 'index.json': '{"packs": {"foreign": {}}}' }),
  ];
  const packIndexes = ['https://a.example.org/index.json', 'https://b.example.org/index.json'];
  const { door, call } = await installing(undefined, { objects, options: { packIndexes } });
  await using _ = door;
  const told = async () => await (await call(INSTALL)).json();
  expect(await told()).toMatchObject({
    indexTexts: [
      { place: 'ConfigMap default/squall-pack-index', text: '{"packs": {"own": {}}}' },
      { place: 'ConfigMap squall/squall-pack-index', text: '{"packs": {"all": {}}}' },
    ],
    indexes: packIndexes,
  });
  door.api.put(index('default', { 'other.json': '{}' }));
  expect(await told()).toMatchObject({ indexTexts: [{ place: 'ConfigMap squall/squall-pack-index' }] });
});

test('an environment that the pack store has lost is not offered', async () => {
  const { door, pack, call, bring } = await installing();
  await using _ = door;
  const content = { files: digestOf('files'), manifest: digestOf('{}'), environment: digestOf('there') };
  const installed = { key: 'k0', content, builtFrom: { key: 'e0' }, at: '2026-03-01T12:00:00Z' };
  const now = { ...(pack.status as PackStatus), installed };
  door.api.put({ ...pack, status: now });
  await expect.poll(() => door.sources.packs.get('default/shop')?.status?.installed).toBeDefined();
  const offered = async () => ((await (await call(INSTALL)).json()) as InstallTask).environments;
  expect(await offered()).toEqual([]);
  await bring('there');
  expect(await offered()).toEqual([{ key: 'e0', digest: content.environment }]);
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
  const told = JSON.stringify(manifest());
  const content = { files: digestOf('files'), manifest: digestOf(told) };
  const done = { key: 'k1', step: 'Done', commit: 'abc', content };
  const early = await report(done);
  expect([early.status, await early.json()]).toEqual([
    422,
    { faultstring: `The report names ${content.files}, which is not in the pack store; bring it first` },
  ]);
  await bring('files');
  await bring(told);
  expect((await report({ key: 'k1', step: 'Build', commit: 'abc' })).status).toBe(204);
  expect(status()?.install?.step).toBe('Build');
  expect((await report(done)).status).toBe(204);
  expect(status()?.install).toMatchObject({ step: 'Register', reported: content, commit: 'abc' });
  expect((await report(done)).status).toBe(409);
  expect((await report({ key: 'k1', step: 'Cooked' })).status).toBe(422);
});

test('a manifest that is none is refused with its fault', async () => {
  const { door, bring, report, status } = await installing();
  await using _ = door;
  const text = '{"version": 2}';
  await bring(text);
  await bring('files');
  const content = { files: digestOf('files'), manifest: digestOf(text) };
  const answer = await report({ key: 'k1', step: 'Done', content });
  expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('is not valid: version: ')]);
  expect(status()?.install?.step).toBe('Fetch');
});

test('a pod of a try that was given up is told so, and what it reports does not count', async () => {
  const { door, pack, call, report } = await installing();
  await using _ = door;
  const { install } = pack.status as PackStatus;
  door.api.put({ ...pack, status: { install: { ...install, attempt: 2, job: 'pack-shop-2' } } });
  await expect.poll(() => door.sources.packs.get('default/shop')?.status?.install?.job).toBe('pack-shop-2');
  const answer = await call(INSTALL);
  expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('by Job pack-shop-1')]);
  expect((await report({ key: 'k1', step: 'Build' })).status).toBe(409);
});

test('a pod of an Execution neither brings nor reports anything', async () => {
  const { door } = await installing();
  await using _ = door;
  const { api, sources } = door;
  const execution = api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { namespace: 'default', name: 'run' },
    spec: { request: { action: 'acme.fix' }, control: 'run' },
  });
  const authorization = await podOf(door, execution, 'run-1', {
    'squall.dev/execution': 'run',
    'squall.dev/attempt': '1',
  });
  await expect.poll(() => sources.pods.size).toBe(2);
  const headers = { authorization };
  const at = (path: string, init: RequestInit = {}) => fetch(`${door.url}${path}`, { headers, ...init });
  expect((await at(`${ROOT}/content/${digestOf('x')}`, { method: 'PUT', body: 'x' })).status).toBe(403);
  expect((await at(INSTALL)).status).toBe(403);
  expect((await at(`${ROOT}/content/${digestOf('x')}`)).status).toBe(404);
});
