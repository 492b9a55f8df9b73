// e2e/stories/kube-writes.test.ts — the kube layer writes to the real API server: what its unit tests take for granted of objects, the Lease and Events.
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../operator/api/meta.ts';
import { Client } from '../../operator/kube/client.ts';
import { isConflict, SquatterError } from '../../operator/kube/errors.ts';
import { Lease } from '../../operator/kube/lease.ts';
import { collectionPath, KIND, objectPath } from '../../operator/kube/paths.ts';
import { errorOf, kubeLayer, within } from './kube-layer.ts';

const { namespace, TOY, api, map, tools } = kubeLayer('kube-writes');

const ownedBy = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject) => ({
  ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
});

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

describe('the Lease', () => {
  const path = () => objectPath(KIND.lease, namespace, 'leader');
  const candidate = (identity: string, lost: string[] = []) =>
    new Lease({
      transport: api(),
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
    await within(1, () => b.held());
    await restarted.release();
    await b.release().catch(() => {});
    expect(await api().get(path())).toMatchObject({ spec: { holderIdentity: '', leaseTransitions: 1 } });
    expect(lost).toEqual([]);
  }, 60_000);
});

test('an Event repeats by its count, and is counted on after a restart', async () => {
  const { object } = await tools().client.create(map('told'));
  const event = { type: 'Warning', reason: 'Retrying', message: 'Attempt 1 failed: exit code 1' } as const;
  const problems: unknown[] = [];
  const fresh = (instance: string) =>
    new Client({
      transport: api(),
      kinds: [],
      fieldManager: 'squall',
      instance,
      onEventError: (e) => problems.push(e),
    });
  const before = fresh('pod-0');
  for (let i = 0; i < 3; i++) await before.tell(object, event);
  const after = fresh('pod-1');
  await after.tell(object, event);
  await after.tell(object, event);
  const { items } = await api().page(collectionPath(KIND.event, namespace), {});
  const told = items.filter((item) => 'regarding' in item && Object(item.regarding).name === 'told');
  expect(problems).toEqual([]);
  expect(told).toMatchObject([{ reason: 'Retrying', note: 'Attempt 1 failed: exit code 1', series: { count: 5 } }]);
});
