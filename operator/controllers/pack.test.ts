// operator/controllers/pack.test.ts — Packs and all that comes of them, over an API server in memory: installed, refused as a whole, kept, configured, removed.
import { expect, test } from 'vitest';
import {
  type Action,
  Action as ActionKind,
  Execution,
  KINDS,
  Pack,
  Rule,
  TriggerType,
  Workflow,
} from '../api/kinds.ts';
import type { Kind, KubeObject } from '../api/meta.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import { CONTENT, DIGEST, manifest, seen } from '../domain/install/install.setup.ts';
import { BY_PACK } from '../domain/install/job.ts';
import { BY_OWNER } from '../domain/install/register.ts';
import { type Job, type Pod, projectJob, projectPod } from '../domain/job/shapes.ts';
import { Client } from '../kube/client.ts';
import { KIND } from '../kube/paths.ts';
import { runLoop } from '../kube/reconcile.ts';
import { reflect } from '../kube/reflect.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { packReconciler, projectPack } from './pack.ts';

const NAMESPACE = '/apis/squall.dev/v1alpha1/namespaces/demo';
const PACK = `${NAMESPACE}/packs/shop`;

const owned = <T extends KubeObject>(kind: Kind) =>
  new Store<T>({ kind, project: (raw) => raw as T, indexes: BY_OWNER });

async function start() {
  const stop = new AbortController();
  const api = new ScriptedTransport([], KINDS);
  const sources = {
    packs: new Store<Pack>({ kind: Pack, project: projectPack }),
    configMaps: new Store<ConfigMap>({ kind: KIND.configMap, project: (raw) => raw }),
    overrides: new Store<ConfigMap>({ kind: KIND.configMap, project: (raw) => raw }),
    actions: owned<Action>(ActionKind),
    workflows: owned<Workflow>(Workflow),
    triggerTypes: owned<TriggerType>(TriggerType),
    rules: owned<Rule>(Rule),
    executions: new Store<Execution>({ kind: Execution, project: (raw) => raw as Execution }),
    jobs: new Store<Job>({ kind: KIND.job, project: projectJob, indexes: BY_PACK }),
    pods: new Store<Pod>({ kind: KIND.pod, project: projectPod, indexes: BY_PACK }),
  };
  const stores = Object.values(sources) as readonly Store<KubeObject>[];
  for (const store of stores) void reflect({ transport: api, store, stop: stop.signal });
  await Promise.all(stores.map(({ synced }) => synced));
  const client = new Client({ transport: api, kinds: KINDS, stores, fieldManager: 'squall', instance: 'test' });
  const blobs = new Map([[CONTENT.manifest, JSON.stringify(manifest())]]);
  const readBlob = async (digest: string) => blobs.get(digest);
  const { settings } = seen();
  const [log, metrics] = [createLog({ level: 'silent' }), createMetrics({ version: 'test' })];
  void runLoop(packReconciler({ sources, client, settings, readBlob, log }), {
    client,
    log,
    metrics,
    stop: stop.signal,
  });

  let generation = 0;
  const put = (spec: object): void => {
    const old = api.object(PACK);
    const metadata = { ...old?.metadata, name: 'shop', namespace: 'demo', generation: ++generation };
    const status = old?.status === undefined ? {} : { status: old.status };
    api.put({ apiVersion: 'squall.dev/v1alpha1', kind: 'Pack', metadata, spec, ...status });
  };
  const statusOf = () => sources.packs.get('demo/shop')?.status;
  const ready = () => statusOf()?.conditions?.find(({ type }) => type === 'Ready');
  return {
    api,
    blobs,
    put,
    statusOf,
    ready,
    /** As the door does when the install Job has reported. */
    bring: async (content: typeof CONTENT) => {
      await expect
        .poll(() => [statusOf()?.install?.step, statusOf()?.observedGeneration])
        .toEqual(['Fetch', generation]);
      const old = api.object(PACK);
      if (!old) throw new Error('there is no Pack');
      const status = statusOf() ?? {};
      api.put({ ...old, status: { ...status, install: { ...status.install, step: 'Register', reported: content } } });
    },
    registered: () =>
      ['actions/shop.say', 'actions/shop.ship-it', 'rules/shop.paid', 'triggertypes/shop.order'].filter((path) =>
        api.object(`${NAMESPACE}/${path}`),
      ),
    [Symbol.dispose]: () => stop.abort(),
  };
}

const ALL = ['actions/shop.say', 'actions/shop.ship-it', 'rules/shop.paid', 'triggertypes/shop.order'];

async function installed(of = manifest()) {
  const scene = await start();
  scene.blobs.set(CONTENT.manifest, JSON.stringify(of));
  scene.put({ from: 'shop=1.0.0', force: false });
  await scene.bring(CONTENT);
  await expect.poll(() => scene.ready()).toMatchObject({ status: 'True', reason: 'Installed' });
  return scene;
}

test('what the Job has brought is registered, and what is deleted by hand comes back', async () => {
  using scene = await installed();
  const { api, registered } = scene;
  expect(api.writes().filter(({ verb, path }) => verb === 'create' && path.includes('/jobs'))).toHaveLength(1);
  expect(registered()).toEqual(ALL);
  api.drop(`${NAMESPACE}/actions/shop.say`);
  await expect.poll(registered).toEqual(ALL);
});

test('a version of which one object is refused changes nothing, and the one before stays in use', async () => {
  using scene = await installed();
  const { api, blobs, put, bring, ready } = scene;
  const before = api.object(`${NAMESPACE}/rules/shop.paid`);
  const next = { ...CONTENT, files: DIGEST('d'), manifest: DIGEST('e') };
  blobs.set(next.manifest, JSON.stringify(manifest({ pack: { ...manifest().pack, version: '2.0.0' } })));
  const reason = 'spec.parameters: Too many: 300';
  api.fail({ verb: 'apply', path: 'ship-it' }, { code: 422, reason: 'Invalid', message: reason });
  put({ from: 'shop=2.0.0', force: false });
  await bring(next);
  await expect.poll(ready).toMatchObject({ status: 'True', reason: 'RegistrationRefused' });
  expect(ready()?.message).toMatch(/^Version 1\.0\.0 stays in use: Action shop\.ship-it: .*Too many: 300/);
  expect(api.object(`${NAMESPACE}/actions/shop.ship-it`)?.spec).toMatchObject({ content: { files: CONTENT.files } });
  expect(api.object(`${NAMESPACE}/rules/shop.paid`)).toEqual(before);
});

test('what an admission webhook forbids is told, and a Pack that is deleted meanwhile goes', async () => {
  using scene = await start();
  const { api, put, bring, ready, statusOf } = scene;
  const forbidden = { code: 403, reason: 'Forbidden', message: 'admission webhook denied it' };
  api.fail({ verb: 'apply', path: 'ship-it' }, forbidden);
  put({ from: 'shop=1.0.0', force: false });
  await bring(CONTENT);
  await expect.poll(ready).toMatchObject({ status: 'False', reason: 'RegistrationRefused' });
  expect(ready()?.message).toContain('webhook denied it');
  api.fail({ verb: 'apply', path: 'ship-it' }, forbidden, forbidden, forbidden);
  const old = api.object(PACK);
  if (old) api.put({ ...old, status: { ...statusOf(), install: { ...statusOf()?.install, step: 'Register' } } });
  await api.delete(PACK);
  await expect.poll(() => api.object(PACK)).toBeUndefined();
});

test('a Job that is refused ends its try with the reason, and the next one is made', async () => {
  using scene = await start();
  const { api, put, ready, statusOf } = scene;
  api.fail({ verb: 'create', path: '/jobs' }, { code: 403, reason: 'Forbidden', message: 'exceeded quota' });
  put({ from: 'shop=1.0.0', force: false });
  await expect.poll(ready).toMatchObject({ status: 'False', reason: 'InstallJobFailed' });
  expect(ready()?.message).toBe('Kubernetes refused the install Job: exceeded quota');
  put({ from: 'shop=1.0.1', force: false });
  await expect.poll(() => statusOf()?.install).toMatchObject({ attempt: 1, step: 'Fetch' });
  await expect.poll(() => ready()).toMatchObject({ status: 'Unknown', reason: 'Installing' });
});

test('a manifest that cannot be read is as good as lost, and the Pack can be deleted', async () => {
  using scene = await start();
  const { api, blobs, put, bring, ready } = scene;
  blobs.set(CONTENT.manifest, '{"version": 2}');
  put({ from: 'shop=1.0.0', force: false });
  await bring(CONTENT);
  await expect.poll(ready).toMatchObject({ status: 'False', reason: 'ContentMissing' });
  await api.delete(PACK);
  await expect.poll(() => api.object(PACK)).toBeUndefined();
});

test('a ConfigMap that comes later is judged at once', async () => {
  using scene = await start();
  const configSchema = { host: { type: 'string', required: true } };
  scene.blobs.set(CONTENT.manifest, JSON.stringify(manifest({ configSchema })));
  scene.put({ from: 'shop=1.0.0', force: false });
  await scene.bring(CONTENT);
  const valid = () => scene.statusOf()?.conditions?.find(({ type }) => type === 'ConfigValid');
  await expect.poll(valid).toMatchObject({ status: 'False', message: expect.stringContaining('"host"') });
  scene.api.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'squall-configs', namespace: 'demo' },
    data: { 'shop.yaml': 'host: db.example.org\n' },
  });
  await expect.poll(valid).toMatchObject({ status: 'True' });
});

test('a ConfigMap of overrides enables and disables what is registered, in place, and one that is wrong changes nothing', async () => {
  // As files are read: each says whether it is enabled.
  const resources = manifest().resources.map((one) => ({ ...one, spec: { ...one.spec, enabled: true } }));
  using scene = await installed(manifest({ resources }));
  const { api, statusOf } = scene;
  const look = (path: string) => api.object(`${NAMESPACE}/${path}`);
  const enabled = () =>
    ALL.map((path) => (look(path)?.spec as { readonly enabled?: boolean } | undefined)?.enabled ?? true);
  const override = (data: Readonly<Record<string, string>>) =>
    api.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'squall-overrides', namespace: 'demo' },
      data,
    });
  const [{ uid }, { at }] = [look('rules/shop.paid')?.metadata ?? {}, statusOf()?.installed ?? {}];
  const applies = () => api.writes().filter(({ verb }) => verb === 'apply').length;
  const before = applies();
  const off = 'defaults: {enabled: false}';
  override({ '_global.yaml': `rules: {${off}}\n`, 'shop.yaml': 'actions: {exceptions: {say: {enabled: false}}}\n' });
  await expect.poll(enabled).toEqual([false, true, false, true]);
  expect(applies() - before).toBe(2);
  override({ '_global.yaml': `rules: {${off}}\n`, 'shop.yaml': 'actions: {exceptions: {say: {enabled: perhaps}}}\n' });
  await expect
    .poll(() => statusOf()?.warnings)
    .toEqual([expect.stringContaining('shop.yaml:1:30: '), expect.anything()]);
  expect([enabled(), applies() - before]).toEqual([[false, true, false, true], 2]);
  api.drop('/api/v1/namespaces/demo/configmaps/squall-overrides');
  await expect.poll(enabled).toEqual([true, true, true, true]);
  await expect.poll(() => statusOf()?.warnings).toEqual([]);
  expect([look('rules/shop.paid')?.metadata.uid, statusOf()?.installed?.at]).toEqual([uid, at]);
  expect(api.writes().filter(({ verb, path }) => verb === 'create' && path.includes('/jobs'))).toHaveLength(1);
});

test('a Pack that is deleted waits for what runs; its rules go before', async () => {
  using scene = await installed();
  const { api, registered, ready } = scene;
  const execution = {
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { name: 'run', namespace: 'demo', creationTimestamp: '2026-03-01T12:00:00Z' },
    spec: { request: { action: 'shop.ship_it' } },
  };
  api.put({ ...execution, status: { phase: 'Running' } });
  await api.delete(PACK);
  await expect.poll(ready).toMatchObject({ reason: 'Removing', message: expect.stringContaining('run') });
  await expect.poll(registered).toEqual(ALL.filter((path) => !path.startsWith('rules')));
  api.put({ ...execution, status: { phase: 'Succeeded' } });
  await expect.poll(() => api.object(PACK), { timeout: 10_000 }).toBeUndefined();
  expect(registered()).toEqual([]);
});
