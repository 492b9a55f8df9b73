// operator/kube/reflect.test.ts — the store equals the collection, whatever happens on the way.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Draft, KubeObject } from '../api/meta.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { KIND } from './paths.ts';
import { reflect } from './reflect.ts';
import { type Fault, ScriptedTransport } from './scripted.ts';
import { Store } from './store.ts';

const PATH = '/api/v1/namespaces/a/configmaps';
const map = (name: string, value = '1'): Draft => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'a' },
  data: { value },
});

interface Scene {
  readonly api: ScriptedTransport;
  readonly store: Store<KubeObject>;
  readonly errors: string[];
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  /** How often a list was begun and a watch was opened. */
  readonly asked: () => { lists: number; watches: number };
  readonly names: () => string[];
  readonly restarts: () => Promise<Record<string, number>>;
}

const scenes: Scene[] = [];
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  for (const { stop, ended } of scenes.splice(0)) {
    stop.abort();
    await ended;
  }
  vi.useRealTimers();
});

function begin(api: ScriptedTransport, onError?: () => void): Scene {
  const store = new Store({ kind: KIND.configMap, project: (raw) => raw });
  const stop = new AbortController();
  const errors: string[] = [];
  const metrics = createMetrics({ version: 'test' });
  const told = (error: unknown) => {
    errors.push(error instanceof Error ? error.message : String(error));
    onError?.();
  };
  const scene: Scene = {
    api,
    store,
    errors,
    stop,
    ended: reflect({ transport: api, store, stop: stop.signal, namespace: 'a', onError: told, metrics }),
    asked: () => ({
      lists: api.calls.filter(({ verb, query }) => verb === 'list' && !query?.['continue']).length,
      watches: api.calls.filter(({ verb }) => verb === 'watch').length,
    }),
    names: () => [...store.values()].map((o) => o.metadata.name).toSorted(),
    restarts: async () => {
      const { values } = await metrics.watchRestarts.get();
      return Object.fromEntries(values.map(({ labels, value }) => [labels.cause, value]));
    },
  };
  scenes.push(scene);
  return scene;
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const lastWatch = ({ api }: Scene) => api.calls.findLast(({ verb }) => verb === 'watch')?.query;

test('lists, then shows what changes', async () => {
  const scene = begin(new ScriptedTransport([map('x'), map('y')]));
  await pass(1);
  await scene.store.synced;
  expect(scene.names()).toEqual(['x', 'y']);
  scene.api.put(map('z'));
  scene.api.put(map('x', '2'));
  scene.api.drop(`${PATH}/y`);
  await pass(1);
  expect(scene.names()).toEqual(['x', 'z']);
  expect(scene.store.get('a/x')).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { value: '2' } });
  expect(scene.asked()).toEqual({ lists: 1, watches: 1 });
});

test('a half-read list is never shown: pages appear together', async () => {
  const api = new ScriptedTransport(Array.from({ length: 1_200 }, (_, i) => map(`m${i}`)));
  const scene = begin(api);
  const sizes = new Set<number>();
  scene.store.subscribe(() => sizes.add(scene.store.size));
  await pass(1);
  expect([...sizes]).toEqual([1_200]);
  const pages = api.calls.filter(({ verb }) => verb === 'list').map(({ query }) => query?.['continue']);
  expect(pages).toEqual([undefined, '500', '1000']);
});

test('a list that breaks between two pages shows nothing and starts again', async () => {
  const api = new ScriptedTransport(Array.from({ length: 600 }, (_, i) => map(`m${i}`)));
  api.expirePages();
  const scene = begin(api);
  await pass(0);
  expect(scene.errors).toHaveLength(1);
  await pass(600);
  expect([scene.store.size, scene.asked().lists]).toEqual([600, 2]);
  expect(await scene.restarts()).toEqual({ gone: 1 });
});

test('a drop resumes from the last bookmark, without a list', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  const elsewhere = scene.api.put({ ...map('other'), metadata: { name: 'other', namespace: 'b' } });
  scene.api.bookmark();
  await pass(1);
  scene.api.tear();
  await pass(600);
  expect(lastWatch(scene)?.['resourceVersion']).toBe(elsewhere.metadata.resourceVersion);
  expect(scene.asked()).toEqual({ lists: 1, watches: 2 });
  scene.api.put(map('y'));
  await pass(1);
  expect(scene.names()).toEqual(['x', 'y']);
  expect(await scene.restarts()).toEqual({ broken: 1 });
});

test('what happens between two watches is seen', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  scene.api.tear();
  await pass(0);
  scene.api.put(map('y'));
  scene.api.drop(`${PATH}/x`);
  await pass(600);
  expect(scene.names()).toEqual(['y']);
});

test('410 in the stream lists again, and deletions that were missed are seen', async () => {
  const scene = begin(new ScriptedTransport([map('x'), map('y')]));
  await pass(1);
  scene.api.silence(true);
  scene.api.drop(`${PATH}/x`);
  scene.api.silence(false);
  scene.api.compact();
  await pass(1);
  expect(scene.names()).toEqual(['y']);
  expect(scene.asked()).toEqual({ lists: 2, watches: 2 });
  expect(await scene.restarts()).toEqual({ gone: 1 });
});

test('410 at connect lists again', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  scene.api.fail({ verb: 'watch' }, { code: 410, reason: 'Expired' });
  await pass(1);
  expect(scene.asked()).toEqual({ lists: 2, watches: 2 });
  scene.api.put(map('y'));
  await pass(1);
  expect(scene.names()).toEqual(['x', 'y']);
});

test('a silent connection is known within a minute, and checked by a list', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  scene.api.silence(true);
  await pass(30_000);
  scene.api.put(map('y'));
  await pass(26_000);
  expect([scene.asked().watches, scene.errors.length]).toEqual([1, 0]);
  expect(scene.store.healthy(50_000)).toBe(false);
  scene.api.silence(false);
  await pass(2_000);
  expect(scene.names()).toEqual(['x', 'y']);
  expect(scene.asked()).toEqual({ lists: 2, watches: 2 });
  expect(scene.errors).toEqual(['watch of configmaps: nothing heard for 57000 ms']);
  expect(await scene.restarts()).toEqual({ silence: 1 });
  expect(scene.store.healthy(50_000)).toBe(true);
});

test('a kind that is so quiet that not even bookmarks come stays known, by a list after each watch', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  for (let i = 0; i < 3; i++) {
    await pass(45_000);
    scene.api.endWatches();
    await pass(1);
    expect(scene.store.lastSignOfLifeMs()).toBeLessThan(1_000);
  }
  expect([scene.asked(), scene.errors]).toEqual([{ lists: 4, watches: 4 }, []]);
});

test('bookmarks alone keep a quiet watch alive', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  for (let i = 0; i < 5; i++) {
    await pass(45_000);
    scene.api.bookmark();
    scene.api.endWatches();
    await pass(1);
    expect(scene.store.lastSignOfLifeMs()).toBeLessThan(1_000);
  }
  expect([scene.asked(), scene.errors]).toEqual([{ lists: 1, watches: 6 }, []]);
});

test('an instant close does not spin', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  for (let i = 0; i < 200; i++) {
    scene.api.endWatches();
    await pass(50);
  }
  expect(scene.asked().watches).toBeLessThan(12); // 10 s of a server that ends each watch at once
  expect(scene.errors).toContain('watch of configmaps closed at once');
});

test.each<Fault>([{ code: 429 }, { code: 500 }, { code: 503 }, { code: 403 }, 'reset'])(
  'a watch and a list answered by %j are tried again',
  async (fault) => {
    const api = new ScriptedTransport([map('x')]);
    api.fail({ verb: 'list' }, fault, fault);
    api.fail({ verb: 'watch' }, fault);
    const scene = begin(api);
    await pass(4_000);
    expect(scene.names()).toEqual(['x']);
    expect(scene.asked()).toEqual({ lists: 3, watches: 2 });
  },
);

test('Retry-After is waited for', async () => {
  const api = new ScriptedTransport([map('x')]);
  api.fail({ verb: 'list' }, { code: 429, retryAfterMs: 20_000 });
  const scene = begin(api);
  await pass(19_000);
  expect(scene.asked().lists).toBe(1);
  await pass(2_000);
  expect(scene.names()).toEqual(['x']);
});

test('the loop goes on after any number of errors, at the latest after 10 s', async () => {
  const api = new ScriptedTransport([map('x')]);
  api.fail({ verb: 'list' }, ...Array.from({ length: 20 }, () => ({ code: 500 })));
  const scene = begin(api);
  await pass(20 * 10_000);
  expect(scene.names()).toEqual(['x']);
});

test('stop is quiet, during a watch and during a wait', async () => {
  const watching = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  watching.stop.abort();
  await watching.ended;
  const failing = new ScriptedTransport();
  failing.fail({ verb: 'list' }, { code: 500 }, { code: 500 });
  const waiting = begin(failing);
  await pass(1);
  waiting.stop.abort();
  await waiting.ended;
  expect([watching.errors, waiting.errors.length]).toEqual([[], 1]);
});

test('an older version never overwrites a newer one that our own write has brought', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  scene.api.silence(true);
  const stale = scene.api.put(map('x', 'stale'));
  const mine = scene.api.put(map('x', 'mine'));
  scene.store.put(mine);
  scene.api.silence(false);
  scene.api.tear();
  await pass(600);
  expect(stale.metadata.resourceVersion < mine.metadata.resourceVersion).toBe(true);
  expect(scene.store.get('a/x')).toMatchObject({ data: { value: 'mine' } });
});

test('neither a listener nor an observer of errors that throws breaks the loop', async () => {
  const scene = begin(new ScriptedTransport([map('x')]), () => {
    throw new Error('observer');
  });
  scene.store.subscribe(() => {
    throw new Error('listener');
  });
  await pass(1);
  scene.api.tear();
  await pass(600);
  scene.api.put(map('y'));
  await pass(1);
  expect(scene.names()).toEqual(['x', 'y']);
});

test('an object deleted and made again under the same name between two looks is the new one', async () => {
  const scene = begin(new ScriptedTransport([map('x')]));
  await pass(1);
  const first = scene.store.get('a/x')?.metadata.uid;
  scene.api.drop(`${PATH}/x`);
  scene.api.put(map('x', 'again'));
  await pass(1);
  expect(scene.store.get('a/x')?.metadata.uid).not.toBe(first);
  expect(scene.store.get('a/x')).toMatchObject({ data: { value: 'again' } });
});
