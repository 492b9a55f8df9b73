// operator/kube/client.test.ts — writes that are safe to do twice, and answers that reach the stores.
import { describe, expect, test, vi } from 'vitest';
import type { Draft, KubeObject, OwnerReference } from '../api/meta.ts';
import { Client, type ClientOptions } from './client.ts';
import { AmbiguousError, isConflict, NotLeaderError, SquatterError } from './errors.ts';
import { KIND } from './paths.ts';
import { ScriptedTransport } from './scripted.ts';
import { Store } from './store.ts';

const JOBS = '/apis/batch/v1/namespaces/a/jobs';
const EVENTS = '/apis/events.k8s.io/v1/namespaces/a/events';
const owner = (uid: string): OwnerReference => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Execution',
  name: 'e',
  uid,
  controller: true,
});
const job = (more: Partial<Draft['metadata']> = {}): Draft => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'e-1', namespace: 'a', ownerReferences: [owner('mine')], ...more },
  spec: { suspend: true },
});

function scene(options: Partial<ClientOptions> = {}, ...objects: Draft[]) {
  const api = new ScriptedTransport(objects);
  const store = new Store({ kind: KIND.job, project: (raw) => raw });
  const base = { transport: api, kinds: [], stores: [store], fieldManager: 'squall', instance: 'pod-0' };
  return { api, store, client: new Client({ ...base, ...options }) };
}
const verbs = (api: ScriptedTransport) => api.writes().map(({ verb }) => verb);

describe('create', () => {
  test('puts the answer into the store', async () => {
    const { store, client } = scene();
    const { object, created } = await client.create(job());
    expect(created).toBe(true);
    expect(store.get('a/e-1')).toBe(object);
  });
  test('twice is once: our own object is found', async () => {
    const { store, client } = scene({}, job());
    const { object, created } = await client.create(job());
    expect(created).toBe(false);
    expect(store.get('a/e-1')?.metadata.uid).toBe(object.metadata.uid);
  });
  test('refuses to adopt the object of another owner, naming object and remedy', async () => {
    const { client } = scene({}, job({ ownerReferences: [owner('other')] }));
    const error = await client.create(job()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SquatterError);
    expect(String(error)).toContain(
      'Job a/e-1 exists already and is owned by Execution e (uid other); delete or rename it: kubectl delete job -n a e-1',
    );
  });
  test('refuses an object without owner, and one that names our owner but not as its controller', async () => {
    const reference = { ...owner('mine'), controller: false };
    for (const ownerReferences of [[], [reference]]) {
      const { client } = scene({}, job({ ownerReferences }));
      await expect(client.create(job())).rejects.toThrow('was not made by Squall');
    }
  });
  test('a draft without owner is ours only if the caller says so', async () => {
    const draft = job({ ownerReferences: [], annotations: { digest: '1' } });
    const sameAs = (existing: KubeObject, wanted: Draft) =>
      existing.metadata.annotations?.['digest'] === wanted.metadata.annotations?.['digest'];
    const { client } = scene({}, draft);
    await expect(client.create(draft)).rejects.toBeInstanceOf(SquatterError);
    expect(await client.create(draft, { sameAs })).toMatchObject({ created: false });
    const other = job({ ownerReferences: [], annotations: { digest: '2' } });
    await expect(client.create(other, { sameAs })).rejects.toBeInstanceOf(SquatterError);
  });
  test('whose answer was lost creates one object, whether or not it was applied', async () => {
    for (const fault of ['reset', 'resetAfterApply'] as const) {
      const { api, client } = scene();
      api.fail({ verb: 'create' }, fault);
      const { object } = await client.create(job());
      expect(api.object(`${JOBS}/e-1`)).toEqual(object);
      expect(verbs(api)).toEqual(['create', 'create']);
    }
  });
  test('that stays in doubt says so', async () => {
    const { api, client } = scene();
    api.fail({ verb: 'create' }, 'reset', 'reset', 'reset');
    await expect(client.create(job())).rejects.toBeInstanceOf(AmbiguousError);
  });
  test('of an unknown kind says what to do', async () => {
    const { client } = scene();
    await expect(client.create({ ...job(), kind: 'Flurb' })).rejects.toThrow('does not know the kind batch/v1 Flurb');
  });
});

describe('delete', () => {
  test('is of exactly this object', async () => {
    const { api, store, client } = scene();
    const { object } = await client.create(job());
    await client.delete(object);
    expect(api.writes().at(-1)?.body).toMatchObject({ uid: object.metadata.uid });
    expect([api.object(`${JOBS}/e-1`), store.size]).toEqual([undefined, 0]);
  });
  test('of what is gone is done', async () => {
    const { api, store, client } = scene();
    const { object } = await client.create(job());
    api.drop(`${JOBS}/e-1`);
    await client.delete(object);
    expect(store.size).toBe(0);
  });
  test('leaves a later object of the same name alone', async () => {
    const { api, client } = scene();
    const { object } = await client.create(job());
    api.drop(`${JOBS}/e-1`);
    const later = api.put(job());
    await client.delete(object);
    expect(api.object(`${JOBS}/e-1`)).toEqual(later);
  });
  test('of what was decided on as it was leaves alone what has changed since', async () => {
    const { api, store, client } = scene();
    const { object } = await client.create(job());
    const changed = await api.mergePatch(`${JOBS}/e-1`, { metadata: { labels: { renewed: 'yes' } } });
    const decided = client.write(object, { do: 'delete', object, ifUnchanged: true });
    await expect(decided).rejects.toSatisfy(isConflict);
    expect(api.object(`${JOBS}/e-1`)).toEqual(changed);
    store.put(changed);
    await client.write(object, { do: 'delete', object: changed, ifUnchanged: true });
    expect([api.object(`${JOBS}/e-1`), store.size]).toEqual([undefined, 0]);
  });
  test('of an object with finalizers keeps it in the store as going', async () => {
    const { store, client } = scene({}, job({ finalizers: ['squall.dev/x'] }));
    const { object } = await client.create(job());
    await client.delete(object);
    expect(store.get('a/e-1')?.metadata.deletionTimestamp).toBeDefined();
  });
});

describe('a change decided on a stale copy is a conflict', () => {
  test('of the status', async () => {
    const { api, store, client } = scene();
    const { object } = await client.create(job());
    const now = await client.replaceStatus(object, { active: 1 });
    expect(store.get('a/e-1')).toEqual(now);
    const error = await client.replaceStatus(object, { active: 2 }).catch((e: unknown) => e);
    expect(isConflict(error)).toBe(true);
    expect(api.object(`${JOBS}/e-1`)).toMatchObject({ status: { active: 1 }, spec: { suspend: true } });
  });
  test('of the finalizers', async () => {
    const { client } = scene();
    const { object } = await client.create(job());
    const held = await client.setFinalizers(object, ['squall.dev/x']);
    expect(held.metadata.finalizers).toEqual(['squall.dev/x']);
    expect(isConflict(await client.setFinalizers(object, []).catch((e: unknown) => e))).toBe(true);
  });
});

test('each word of a plan is carried out', async () => {
  const { api, client } = scene();
  const self = api.put({ ...job(), metadata: { name: 'self', namespace: 'a' } });
  await client.write(self, { do: 'create', object: job() });
  await client.write(self, { do: 'apply', object: job({ labels: { x: 'y' } }) });
  const held = await client.write(self, { do: 'finalizers', set: ['squall.dev/x'] });
  const made = api.object(`${JOBS}/e-1`);
  expect(made?.metadata.labels).toEqual({ x: 'y' });
  expect(held?.metadata.finalizers).toEqual(['squall.dev/x']);
  if (made) await client.write(self, { do: 'delete', object: made });
  expect(verbs(api)).toEqual(['create', 'apply', 'patch', 'delete']);
  expect(api.object(`${JOBS}/e-1`)).toBeUndefined();
});

test('without the lease nothing is written', async () => {
  const fence = () => {
    throw new NotLeaderError('write held back');
  };
  const onEventError = vi.fn<(error: unknown) => void>();
  const { api, client } = scene({ fence, onEventError }, job());
  const self = await client.getLive(KIND.job, 'a/e-1');
  if (!self) throw new Error('the job is missing');
  const tries = [
    () => client.create(job()),
    () => client.apply(job()),
    () => client.delete(self),
    () => client.replaceStatus(self, {}),
    () => client.setFinalizers(self, []),
    () => client.mergePatch(self, {}),
    () => client.replace(self as Draft & KubeObject),
  ];
  for (const attempt of tries) await expect(attempt()).rejects.toBeInstanceOf(NotLeaderError);
  await client.tell(self, { type: 'Normal', reason: 'Tested', message: 'x' });
  expect(onEventError).toHaveBeenCalledTimes(1);
  expect(api.writes()).toEqual([]);
});

test('a live look goes past the store, and into it', async () => {
  const { api, store, client } = scene({}, job());
  expect(await client.getLive(KIND.job, 'a/e-1')).toEqual(api.object(`${JOBS}/e-1`));
  expect(store.size).toBe(1);
  expect(await client.getLive(KIND.job, 'a/none')).toBeUndefined();
});

describe('an Event', () => {
  const event = { type: 'Warning', reason: 'Retrying', message: 'Attempt 1 failed' } as const;
  const only = (api: ScriptedTransport) => {
    const paths = new Set(
      api
        .writes()
        .filter(({ verb }) => verb === 'patch')
        .map(({ path }) => path),
    );
    return api.object([...paths][0] ?? '') as (KubeObject & { series?: { count: number } }) | undefined;
  };
  test('names the object, and a repeat raises its count', async () => {
    const { api, client } = scene();
    const { object } = await client.create(job());
    for (let i = 0; i < 3; i++) await client.tell(object, event);
    expect(only(api)).toMatchObject({
      reason: 'Retrying',
      note: 'Attempt 1 failed',
      regarding: { kind: 'Job', name: 'e-1', uid: object.metadata.uid },
      series: { count: 3 },
    });
    expect(api.writes().filter(({ path }) => path === EVENTS)).toHaveLength(1);
  });
  test('is counted on after a restart', async () => {
    const { api, client } = scene();
    const { object } = await client.create(job());
    for (let i = 0; i < 2; i++) await client.tell(object, event);
    const restarted = new Client({ transport: api, kinds: [], fieldManager: 'squall', instance: 'pod-1' });
    await restarted.tell(object, event);
    await restarted.tell(object, event);
    expect(only(api)?.series?.count).toBe(4);
  });
  test('that the API server has forgotten is told anew', async () => {
    const { api, client } = scene();
    const { object } = await client.create(job());
    await client.tell(object, event);
    await client.tell(object, event);
    const path = api.writes().at(-1)?.path ?? '';
    api.drop(path);
    await client.tell(object, event);
    expect(api.object(path)).toBeDefined();
  });
  test('flood about one object is held back, about another is not', async () => {
    const { api, client } = scene();
    const { object } = await client.create(job());
    for (let i = 0; i < 100; i++) await client.tell(object, { ...event, message: `failure ${i}` });
    expect(api.writes().filter(({ path }) => path === EVENTS)).toHaveLength(25);
    const { object: other } = await client.create(job({ name: 'f-1' }));
    await client.tell(other, event);
    expect(api.writes().filter(({ path }) => path === EVENTS)).toHaveLength(26);
  });
  test('that cannot be told is reported and stops nothing', async () => {
    const onEventError = vi.fn<(error: unknown) => void>();
    const { api, client } = scene({ onEventError });
    const { object } = await client.create(job());
    api.fail({ path: 'events' }, { code: 403 });
    await client.tell(object, event);
    expect(onEventError).toHaveBeenCalledTimes(1);
  });
  test('with a long message is cut at 1024 bytes between characters', async () => {
    const { api, client } = scene();
    const { object } = await client.create(job());
    await client.tell(object, { ...event, message: '漢'.repeat(1_000) });
    const { note = '' } = (api.writes().at(-1)?.body ?? {}) as { note?: string };
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    expect(note).toMatch(/^漢+…$/);
  });
});
