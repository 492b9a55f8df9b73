// e2e/bench/watch.ts — a client's own watch: when did it see what.
import type { KubeObject } from '../../operator/api/meta.ts';
import { collectionPath } from '../../operator/kube/paths.ts';
import { kubernetes } from '../harness.ts';

export interface Sighting {
  /** Resolves with the time (performance.now) at which the named object first satisfied the watch's condition. */
  when(name: string, limitMs?: number): Promise<number>;
  close(): void;
}

/** Watches one collection from now on; `done` says whether an object is where it should be. */
export async function watchFor(
  kind: { apiVersion: string; plural: string },
  namespace: string,
  done: (object: KubeObject) => boolean,
): Promise<Sighting> {
  const api = await kubernetes();
  const path = collectionPath(kind, namespace);
  const stop = new AbortController();
  const seen = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  const { metadata } = await api.page(path, { limit: '1' });
  const follow = async (): Promise<void> => {
    for await (const { object, type } of api.changes(
      path,
      { resourceVersion: metadata.resourceVersion },
      stop.signal,
    )) {
      if (
        type === 'BOOKMARK' ||
        type === 'DELETED' ||
        type === 'ERROR' ||
        seen.has(object.metadata.name) ||
        !done(object)
      )
        continue;
      const at = performance.now();
      seen.set(object.metadata.name, at);
      waiting.get(object.metadata.name)?.(at);
    }
  };
  const ended = follow().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
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
    close: () => {
      stop.abort();
      void ended;
    },
  };
}
