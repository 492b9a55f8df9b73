// operator/kube/store.test.ts — what the cache shows, and that it never steps back.
import { describe, expect, test, vi } from 'vitest';
import type { KubeObject } from '../api/meta.ts';
import { KIND } from './paths.ts';
import { compareVersions, keyOf, splitKey, Store, withoutNoise } from './store.ts';

type Job = KubeObject & { readonly note?: string };
const job = (name: string, resourceVersion: string, more: Partial<Job['metadata']> & { note?: string } = {}): Job => {
  const { note, ...metadata } = more;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'a', uid: `uid-${name}`, resourceVersion, ...metadata },
    ...(note === undefined ? {} : { note }),
  };
};
const newStore = () =>
  new Store<Job>({
    kind: KIND.job,
    project: (raw) => raw,
    indexes: { owner: (o) => (o.metadata.labels?.['owner'] ? [o.metadata.labels['owner']] : []) },
  });
const versionOf = (store: Store<Job>, name: string) => store.get(`a/${name}`)?.metadata.resourceVersion;
const listed = (store: Store<Job>, version: string, ...jobs: Job[]) => {
  const listing = store.listing();
  listing.add(jobs);
  listing.commit(version);
};

test.each([
  ['9', '10', -1],
  ['10', '9', 1],
  ['10', '10', 0],
  ['99999999999999999999', '100000000000000000000', -1],
])('version %s against %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

test('a key is namespace and name, and is split again', () => {
  expect(keyOf(job('j', '1'))).toBe('a/j');
  expect(splitKey('a/j')).toEqual({ namespace: 'a', name: 'j' });
  expect(splitKey('/node')).toEqual({ namespace: '', name: 'node' });
});

describe('an older state never overwrites a newer one', () => {
  test('of the same object', () => {
    const store = newStore();
    store.put(job('j', '10'));
    expect(store.put(job('j', '9'))?.metadata.resourceVersion).toBe('10');
    expect(versionOf(store, 'j')).toBe('10');
  });
  test('a late event does not bring a deleted object back', () => {
    const store = newStore();
    store.put(job('j', '10'));
    store.remove(job('j', '12'));
    expect(store.put(job('j', '11'))).toBeUndefined();
    expect(store.size).toBe(0);
  });
  test('an object whose own delete was answered is gone for good, whatever version comes', () => {
    const store = newStore();
    store.put(job('j', '10'));
    store.remove({ metadata: { namespace: 'a', name: 'j', uid: 'uid-j' } });
    store.put(job('j', '11'));
    expect(store.get('a/j')).toBeUndefined();
  });
  test('an object that left the selector comes back with a newer version', () => {
    const store = newStore();
    store.put(job('j', '10'));
    store.remove(job('j', '12'));
    store.put(job('j', '13'));
    expect(versionOf(store, 'j')).toBe('13');
  });
  test('a new object of the same name replaces the old one, and the old one cannot remove it', () => {
    const store = newStore();
    store.put(job('j', '10', { uid: 'first' }));
    store.put(job('j', '20', { uid: 'second' }));
    store.remove(job('j', '15', { uid: 'first' }));
    store.put(job('j', '21', { uid: 'first' }));
    expect(store.get('a/j')?.metadata.uid).toBe('second');
  });
  test('an older delete does not remove a newer state', () => {
    const store = newStore();
    store.put(job('j', '10'));
    store.remove(job('j', '9'));
    expect(store.size).toBe(1);
  });
});

describe('a list', () => {
  test('is not shown before it is complete', async () => {
    const store = newStore();
    const listing = store.listing();
    listing.add([job('j', '1')]);
    expect([store.size, store.isSynced]).toEqual([0, false]);
    listing.commit('5');
    expect([store.size, store.isSynced]).toEqual([1, true]);
    await store.synced;
  });
  test('shows deletions that were missed, to listeners too', () => {
    const store = newStore();
    listed(store, '5', job('j', '1'), job('k', '2'));
    const heard = vi.fn<(old: Job | undefined, now: Job | undefined) => void>();
    store.subscribe(heard);
    listed(store, '9', job('k', '2'));
    expect(heard.mock.calls.map(([old, now]) => [old?.metadata.name, now])).toEqual([['j', undefined]]);
    store.put(job('j', '1'));
    expect(store.size).toBe(1);
  });
  test('does not take away what was written since it was read', () => {
    const store = newStore();
    listed(store, '5');
    store.put(job('mine', '8'));
    listed(store, '7');
    expect(store.size).toBe(1);
  });
  test('does not bring back what was deleted since it was read', () => {
    const store = newStore();
    store.put(job('j', '3'));
    const listing = store.listing();
    listing.add([job('j', '3')]);
    store.remove({ metadata: { namespace: 'a', name: 'j', uid: 'uid-j' } });
    listing.commit('5');
    expect(store.size).toBe(0);
  });
});

test('an index follows changes and deletions', () => {
  const store = newStore();
  store.put(job('j', '1', { labels: { owner: 'x' } }));
  store.put(job('k', '2', { labels: { owner: 'x' } }));
  expect(store.by('owner', 'x').map((o) => o.metadata.name)).toEqual(['j', 'k']);
  store.put(job('j', '3', { labels: { owner: 'y' } }));
  expect(store.by('owner', 'x').map((o) => o.metadata.name)).toEqual(['k']);
  store.remove(job('j', '4'));
  expect(store.by('owner', 'y')).toEqual([]);
  expect(() => store.by('color', 'red')).toThrow('store of jobs has no index "color"');
});

test('a listener that throws is told of, and neither the store nor other listeners mind', () => {
  const onListenerError = vi.fn<(error: unknown) => void>();
  const store = new Store({ kind: KIND.job, project: (raw) => raw, onListenerError });
  const heard = vi.fn<() => void>();
  store.subscribe(() => {
    throw new Error('boom');
  });
  const end = store.subscribe(heard);
  store.put(job('j', '1'));
  end();
  store.put(job('j', '2'));
  expect(heard).toHaveBeenCalledTimes(1);
  expect(onListenerError).toHaveBeenCalledTimes(2);
  expect(store.size).toBe(1);
});

test('an object that cannot be understood is left out and told of, the others stay', () => {
  const onPoison = vi.fn<(raw: KubeObject, error: unknown) => void>();
  const project = (raw: KubeObject) => {
    if (raw.spec === 'poison') throw new Error('spec: expected an object');
    return raw;
  };
  const store = new Store({ kind: KIND.job, project, onPoison });
  store.put(job('j', '1'));
  store.put({ ...job('j', '2'), spec: 'poison' });
  store.put(job('k', '3'));
  expect([...store.values()].map((o) => o.metadata.name)).toEqual(['k']);
  expect(onPoison).toHaveBeenCalledTimes(1);
  store.put(job('j', '4'));
  expect(store.size).toBe(2);
});

test('a store is healthy once it is synced and while the API server is heard of', () => {
  vi.useFakeTimers();
  try {
    const store = newStore();
    store.alive();
    expect(store.healthy(90_000)).toBe(false);
    listed(store, '1');
    vi.advanceTimersByTime(60_000);
    expect(store.healthy(90_000)).toBe(true);
    expect(Math.round(store.lastSignOfLifeMs())).toBe(60_000);
    vi.advanceTimersByTime(31_000);
    expect(store.healthy(90_000)).toBe(false);
    store.alive();
    expect(store.healthy(90_000)).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('noise is dropped, everything else is kept', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'yes' };
  const plain = job('j', '1', { annotations });
  const raw = { ...plain, metadata: { ...plain.metadata, managedFields: [{ manager: 'x' }] } };
  const { metadata } = withoutNoise({ ...raw, spec: { unknown: 1 } });
  expect(metadata).toEqual({ ...job('j', '1').metadata, annotations: { mine: 'yes' } });
  expect(withoutNoise({ ...raw, spec: { unknown: 1 } }).spec).toEqual({ unknown: 1 });
});

test('10 000 objects with 6 KiB of data each cost less than 150 MB', () => {
  const store = new Store<Job>({ kind: KIND.job, project: withoutNoise });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const managedFields = JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ [`f:${i}`]: {} })));
  for (let i = 0; i < 10_000; i++) {
    const spec = { parameters: { text: `${i}`.padEnd(2_048, 'x') }, result: `${i}`.padEnd(4_096, 'y') };
    const raw = {
      ...job(`j${i}`, `${i + 1}`),
      metadata: { ...job(`j${i}`, `${i + 1}`).metadata, managedFields },
      spec,
    };
    store.put(JSON.parse(JSON.stringify(raw)));
  }
  globalThis.gc?.();
  expect(store.size).toBe(10_000);
  expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(150);
});
