// e2e/stories/kube-watches.test.ts — the kube layer lists and watches on the real API server: what its unit tests take for granted of cuts, old versions and silence.
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../operator/api/meta.ts';
import { isGone } from '../../operator/kube/errors.ts';
import { collectionPath } from '../../operator/kube/paths.ts';
import { reflect } from '../../operator/kube/reflect.ts';
import { Store, withoutNoise } from '../../operator/kube/store.ts';
import type { Transport } from '../../operator/kube/transport.ts';
import { type ConfigMap, kubeLayer, within } from './kube-layer.ts';

const { namespace, TOY, api, map, tools } = kubeLayer('kube-watches');

describe('list and watch', () => {
  /** A transport whose watches can be cut, counting what is asked. */
  function cutting() {
    const asked: { path: string; query: Readonly<Record<string, string>> }[] = [];
    let cut = new AbortController();
    const transport: Transport = {
      ...api(),
      page: (path, query, options) => {
        asked.push({ path, query });
        return api().page(path, query, options);
      },
      changes: (path, query, signal) => {
        asked.push({ path, query });
        cut = new AbortController();
        return api().changes(path, query, AbortSignal.any([signal, cut.signal]));
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
        await within(10, () => store.size === i + 1);
        cut();
        await within(10, () => errors.length === i + 1);
      }
      const last = store.get(`${namespace}/watch-4`);
      if (last) await client.delete(last);
      await client.mergePatch({ ...map('watch-3'), metadata: { name: 'watch-3', namespace } } as KubeObject, {
        data: { value: '2' },
      });
      await within(20, () => store.size === 4 && store.get(`${namespace}/watch-3`)?.data?.['value'] === '2');
    });
    expect(asked.filter(({ query }) => query['limit']).length).toBe(1);
    expect(asked.filter(({ query }) => query['allowWatchBookmarks']).length).toBe(6);
  });

  test('a version from before the cache of the API server is 410, and the loop lists again', async () => {
    const path = collectionPath(TOY, namespace); // a young kind: its cache begins after version 1
    const ancient = async () => {
      const query = { resourceVersion: '1', timeoutSeconds: '5' };
      for await (const { type, object } of api().changes(path, query, AbortSignal.timeout(10_000))) {
        if (type === 'ERROR') return object.code;
      }
      return undefined;
    };
    expect(await ancient().catch((error: unknown) => (isGone(error) ? 410 : error))).toBe(410);
    const asked: string[] = [];
    const transport: Transport = {
      ...api(),
      page: (where, query, options) => {
        asked.push('list');
        return api().page(where, query, options);
      },
      changes: (where, query, signal) => {
        const stale = asked.length === 1;
        asked.push('watch');
        return api().changes(where, stale ? { ...query, resourceVersion: '1' } : query, signal);
      },
    };
    const store = new Store({ kind: TOY, project: withoutNoise });
    const stop = new AbortController();
    const ended = reflect({ transport, store, stop: stop.signal, namespace });
    await within(20, () => asked.length === 4);
    const metadata = { name: 'after-410', namespace };
    await tools().client.create({ apiVersion: TOY.apiVersion, kind: TOY.kind, metadata, spec: {} });
    await within(20, () => store.size === 1);
    stop.abort();
    await ended;
    expect(asked).toEqual(['list', 'watch', 'list', 'watch']);
  });

  test('a quiet watch shows a sign of life within a minute', async () => {
    await following(api(), async (store, errors) => {
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
