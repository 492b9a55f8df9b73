// e2e/bench/watch.ts — a client's own watch: when did it see what.
import type { KubeObject } from '../../operator/api/meta.ts';
import { collectionPath } from '../../operator/kube/paths.ts';
import { kubernetes } from '../harness.ts';

export interface Sighting {
  /** Resolves with the time (performance.now) at which the named object first satisfied the watch's condition. */
  when(name: string, limitMs?: number): Promise<number>;
  close(): void;
}

/** Tells every change of one collection from now on. @returns a function that ends it */
export async function follow(
  kind: { apiVersion: string; plural: string },
  namespace: string,
  tell: (object: KubeObject, type: 'ADDED' | 'MODIFIED' | 'DELETED') => void,
): Promise<() => void> {
  const api = await kubernetes();
  const path = collectionPath(kind, namespace);
  const stop = new AbortController();
  const { metadata } = await api.page(path, { limit: '1' });
  const query = { resourceVersion: metadata.resourceVersion };
  const run = async (): Promise<void> => {
    for await (const { object, type } of api.changes(path, query, stop.signal))
      if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') tell(object, type);
  };
  const ended = run().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return () => {
    stop.abort();
    void ended;
  };
}

/** Watches one collection from now on; `done` says whether an object is where it should be. */
export async function watchFor(
  kind: { apiVersion: string; plural: string },
  namespace: string,
  done: (object: KubeObject) => boolean,
): Promise<Sighting> {
  const seen = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  const close = await follow(kind, namespace, (object, type) => {
    const { name } = object.metadata;
    if (type === 'DELETED' || seen.has(name) || !done(object)) return;
    const at = performance.now();
    seen.set(name, at);
    waiting.get(name)?.(at);
  });
  return {
    when: (name, limitMs = 180_000) =>
      new Promise((resolve, reject) => {
        const at = seen.get(name);
        if (at !== undefined) return resolve(at);
        const timer = setTimeout(
          () => reject(new Error(`${kind.plural} ${name} was not seen within ${limitMs} ms`)),
          limitMs,
        );
        waiting.set(name, (time) => {
          clearTimeout(timer);
          resolve(time);
        });
        return undefined;
      }),
    close,
  };
}
