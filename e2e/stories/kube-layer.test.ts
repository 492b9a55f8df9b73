// e2e/stories/kube-layer.test.ts — the kube layer against the real API server: what its unit tests take for granted.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Draft, KubeObject } from '../../operator/api/meta.ts';
import { Client } from '../../operator/kube/client.ts';
import { isConflict, isGone, SquatterError } from '../../operator/kube/errors.ts';
import { Lease } from '../../operator/kube/lease.ts';
import { collectionPath, KIND, objectPath } from '../../operator/kube/paths.ts';
import { reflect } from '../../operator/kube/reflect.ts';
import { Store, withoutNoise } from '../../operator/kube/store.ts';
import { loadTransport, type Transport } from '../../operator/kube/transport.ts';

const namespace = `squall-kube-${randomBytes(3).toString('hex')}`;
const kubeconfig = process.env['SQUALL_KUBECONFIG'];
const TOY = { apiVersion: 'kube-layer.squall.dev/v1', kind: 'Toy', plural: 'toys' };
const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
};
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const toys = {
  apiVersion: CRD.apiVersion,
  kind: CRD.kind,
  metadata: { name: 'toys.kube-layer.squall.dev' },
  spec: {
    group: 'kube-layer.squall.dev',
    names: { kind: TOY.kind, plural: TOY.plural },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec: open, status: open } } },
      },
    ],
  },
};
let api: Transport;

beforeAll(async () => {
  api = await loadTransport({ ...(kubeconfig ? { kubeconfig } : {}), version: 'test' });
  await api.create(collectionPath(KIND.namespace), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  await api.apply(objectPath(CRD, undefined, toys.metadata.name), toys, { fieldManager: 'story' });
  await eventually(async () => !(await errorOf(api.page(collectionPath(TOY, namespace), {}))), 20);
});
afterAll(async () => {
  await api?.delete(objectPath(CRD, undefined, toys.metadata.name));
  await api?.delete(objectPath(KIND.namespace, undefined, namespace));
  await api?.close();
});

type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };
const map = (name: string, more: Partial<Draft['metadata']> = {}, value = '1'): Draft => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...more },
  data: { value },
});
const ownedBy = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject) => ({
  ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
});
function tools() {
  const store = new Store<ConfigMap>({ kind: KIND.configMap, project: withoutNoise });
  const client = new Client({
    transport: api,
    kinds: [TOY],
    stores: [store],
    fieldManager: 'squall',
    instance: 'story',
  });
  return { store, client };
}
async function eventually(check: () => boolean | Promise<boolean>, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > until) throw new Error(`not within ${seconds} s: ${check}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}
const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('create', () => {
  test('twice is once, and the object of another owner is not adopted', async () => {
    const { client } = tools();
    const owners = await Promise.all(['owner-1', 'owner-2'].map((name) => client.create(map(name))));
    const [first, second] = owners.map(({ object }) => map('twice', ownedBy(object)));
    if (!first || !second) throw new Error('two owners are needed');
    const { object, created } = await client.create(first);
    const again = await client.create(first);
    expect([created, again.created, again.object.metadata.uid]).toEqual([true, false, object.metadata.uid]);
    expect(await errorOf(client.create(second))).toBeInstanceOf(SquatterError);
  });
  test('of what is invalid names the field', async () => {
    const draft = { ...map('invalid'), data: { 'not a key!': 'x' } };
    expect(await errorOf(tools().client.create(draft))).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: { causes: [{ field: 'data[not a key!]' }] },
    });
  });
});

test('apply owns its fields, takes over those of others and leaves the rest', async () => {
  const { client } = tools();
  await client.create(map('applied', { labels: { theirs: 'yes' } }, 'theirs'));
  await client.apply(map('applied', { labels: { mine: 'yes' } }, 'mine'));
  const now = await client.apply(map('applied', {}, 'mine'));
  expect(now).toMatchObject({ metadata: { labels: { theirs: 'yes' } }, data: { value: 'mine' } });
  expect(now.metadata.labels).not.toHaveProperty('mine');
});

test('a change decided on a stale copy is a conflict', async () => {
  const { client } = tools();
  const { object } = await client.create(map('stale'));
  const held = await client.setFinalizers(object, ['squall.dev/story']);
  expect(isConflict(await errorOf(client.setFinalizers(object, [])))).toBe(true);
  await client.setFinalizers(held, []);
});

test('the status of a custom resource is replaced by a projected copy, guarded, and nothing else changes', async () => {
  const { client } = tools();
  const spec = { color: 'red', parameters: { deep: { unknown: [1, 2] } } };
  const metadata = {
    name: 'toy',
    namespace,
    labels: { keep: 'me' },
    annotations: { keep: 'this' },
    finalizers: ['squall.dev/story'],
  };
  const { object } = await client.create({ apiVersion: TOY.apiVersion, kind: TOY.kind, metadata, spec });
  const { name, uid, resourceVersion } = object.metadata;
  const projected = { apiVersion: TOY.apiVersion, kind: TOY.kind, metadata: { name, namespace, uid, resourceVersion } };
  const now = await client.replaceStatus(projected, { phase: 'Running', gone: 1 });
  expect(now).toMatchObject({ metadata, spec, status: { phase: 'Running', gone: 1 } });
  const later = await client.replaceStatus(now, { phase: 'Done' });
  expect(later.status).toEqual({ phase: 'Done' });
  expect(isConflict(await errorOf(client.replaceStatus(projected, {})))).toBe(true);
  const same = await client.replaceStatus(later, { phase: 'Done' });
  expect(same.metadata.resourceVersion).toBe(later.metadata.resourceVersion); // no change, no event, no loop
  await client.delete(later);
  const going = await client.getLive(TOY, `${namespace}/toy`);
  expect(going?.metadata.deletionTimestamp).toBeDefined();
  if (going) await client.setFinalizers(going, []);
  expect(await client.getLive(TOY, `${namespace}/toy`)).toBeUndefined();
});

test('delete is of exactly the object; gone or replaced is done', async () => {
  const { client, store } = tools();
  const { object: first } = await client.create(map('deleted'));
  await client.delete(first);
  await client.delete(first);
  const { object: second } = await client.create(map('deleted'));
  await client.delete(first);
  expect((await client.getLive(KIND.configMap, `${namespace}/deleted`))?.metadata.uid).toBe(second.metadata.uid);
  expect(store.get(`${namespace}/deleted`)?.metadata.uid).toBe(second.metadata.uid);
});

describe('list and watch', () => {
  /** A transport whose watches can be cut, counting what is asked. */
  function cutting() {
    const asked: { path: string; query: Readonly<Record<string, string>> }[] = [];
    let cut = new AbortController();
    const transport: Transport = {
      ...api,
      page: (path, query, options) => {
        asked.push({ path, query });
        return api.page(path, query, options);
      },
      changes: (path, query, signal) => {
        asked.push({ path, query });
        cut = new AbortController();
        return api.changes(path, query, AbortSignal.any([signal, cut.signal]));
      },
    };
    return { transport, asked, cut: () => cut.abort(new Error('cut by the story')) };
  }
  const following = async (
    transport: Transport,
    work: (store: Store<ConfigMap>, errors: unknown[]) => Promise<void>,
  ) => {
    const { store } = tools();
    const stop = new AbortController();
    const errors: unknown[] = [];
    const labelSelector = 'story=watch';
    const ended = reflect({
      transport,
      store,
      stop: stop.signal,
      namespace,
      labelSelector,
      onError: (e) => errors.push(e),
    });
    try {
      await store.synced;
      await work(store, errors);
    } finally {
      stop.abort();
      await ended;
    }
  };
  const labels = { story: 'watch' };

  test('a cut watch resumes where it was and misses nothing', async () => {
    const { transport, asked, cut } = cutting();
    await following(transport, async (store, errors) => {
      const { client } = tools();
      for (let i = 0; i < 5; i++) {
        await client.create(map(`watch-${i}`, { labels }));
        await eventually(() => store.size === i + 1, 10);
        cut();
        await eventually(() => errors.length === i + 1, 10);
      }
      const last = store.get(`${namespace}/watch-4`);
      if (last) await client.delete(last);
      await client.mergePatch({ ...map('watch-3'), metadata: { name: 'watch-3', namespace } } as KubeObject, {
        data: { value: '2' },
      });
      await eventually(() => store.size === 4 && store.get(`${namespace}/watch-3`)?.data?.['value'] === '2', 20);
    });
    expect(asked.filter(({ query }) => query['limit']).length).toBe(1);
    expect(asked.filter(({ query }) => query['allowWatchBookmarks']).length).toBe(6);
  });

  test('a version from before the cache of the API server is 410, and the loop lists again', async () => {
    const path = collectionPath(TOY, namespace); // a young kind: its cache begins after version 1
    const ancient = async () => {
      const query = { resourceVersion: '1', timeoutSeconds: '5' };
      for await (const { type, object } of api.changes(path, query, AbortSignal.timeout(10_000))) {
        if (type === 'ERROR') return object.code;
      }
      return undefined;
    };
    expect(await ancient().catch((error: unknown) => (isGone(error) ? 410 : error))).toBe(410);
    const asked: string[] = [];
    const transport: Transport = {
      ...api,
      page: (where, query, options) => {
        asked.push('list');
        return api.page(where, query, options);
      },
      changes: (where, query, signal) => {
        const stale = asked.length === 1;
        asked.push('watch');
        return api.changes(where, stale ? { ...query, resourceVersion: '1' } : query, signal);
      },
    };
    const store = new Store({ kind: TOY, project: withoutNoise });
    const stop = new AbortController();
    const ended = reflect({ transport, store, stop: stop.signal, namespace });
    await eventually(() => asked.length === 4, 20);
    const metadata = { name: 'after-410', namespace };
    await tools().client.create({ apiVersion: TOY.apiVersion, kind: TOY.kind, metadata, spec: {} });
    await eventually(() => store.size === 1, 20);
    stop.abort();
    await ended;
    expect(asked).toEqual(['list', 'watch', 'list', 'watch']);
  });

  test('a quiet watch shows a sign of life within a minute', async () => {
    await following(api, async (store, errors) => {
      const began = performance.now();
      let oldest = 0;
      while (performance.now() - began < 62_000) {
        oldest = Math.max(oldest, store.lastSignOfLifeMs());
        await new Promise((next) => setTimeout(next, 250));
      }
      expect(errors).toEqual([]);
      expect(store.healthy(60_000)).toBe(true);
      expect(oldest).toBeLessThan(57_000);
      expect(errors).toEqual([]);
    });
  }, 90_000);

  test('a list of three pages is whole', async () => {
    const many = { many: 'yes' };
    const names = Array.from({ length: 1_100 }, (_, i) => `many-${i}`);
    const { client } = tools();
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map((name) => client.create(map(name, { labels: many }))));
    }
    const { transport, asked } = cutting();
    const { store } = tools();
    const stop = new AbortController();
    const ended = reflect({ transport, store, stop: stop.signal, namespace, labelSelector: 'many=yes' });
    await store.synced;
    expect(store.size).toBe(names.length);
    expect(asked.filter(({ query }) => query['limit']).map(({ query }) => query['continue'] !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    stop.abort();
    await ended;
  }, 120_000);
});

describe('the Lease', () => {
  const path = () => objectPath(KIND.lease, namespace, 'leader');
  const candidate = (identity: string, lost: string[] = []) =>
    new Lease({
      transport: api,
      namespace,
      name: 'leader',
      identity,
      onLost: (why) => lost.push(`${identity}: ${why}`),
    });

  test('is held by one; a clean stop hands it over, and the same pod takes its own again at once', async () => {
    const lost: string[] = [];
    const [a, b] = [candidate('a', lost), candidate('b', lost)];
    await a.acquire(AbortSignal.timeout(5_000));
    const waiting = b.acquire(AbortSignal.timeout(30_000));
    await new Promise((next) => setTimeout(next, 5_000));
    expect([a.held(), b.held()]).toEqual([true, false]);
    await a.release();
    await waiting;
    expect([a.held(), b.held()]).toEqual([false, true]);
    const restarted = candidate('b');
    await restarted.acquire(AbortSignal.timeout(2_000));
    await eventually(() => b.held(), 1);
    await restarted.release();
    await b.release().catch(() => {});
    expect(await api.get(path())).toMatchObject({ spec: { holderIdentity: '', leaseTransitions: 1 } });
    expect(lost).toEqual([]);
  }, 60_000);
});

test('an Event repeats by its count, and is counted on after a restart', async () => {
  const { object } = await tools().client.create(map('told'));
  const event = { type: 'Warning', reason: 'Retrying', message: 'Attempt 1 failed: exit code 1' } as const;
  const problems: unknown[] = [];
  const fresh = (instance: string) =>
    new Client({ transport: api, kinds: [], fieldManager: 'squall', instance, onEventError: (e) => problems.push(e) });
  const before = fresh('pod-0');
  for (let i = 0; i < 3; i++) await before.tell(object, event);
  const after = fresh('pod-1');
  await after.tell(object, event);
  await after.tell(object, event);
  const { items } = await api.page(collectionPath(KIND.event, namespace), {});
  const told = items.filter((item) => 'regarding' in item && Object(item.regarding).name === 'told');
  expect(problems).toEqual([]);
  expect(told).toMatchObject([{ reason: 'Retrying', note: 'Attempt 1 failed: exit code 1', series: { count: 5 } }]);
});
