// operator/kube/observe.ts — what the kube layer does, as metrics.
import type { Metrics } from '../telemetry/metrics.ts';
import type { CallHooks } from './call.ts';
import type { Sink } from './store.ts';

const READS = new Set(['get', 'list', 'watch']);

/** Counts every request of a transport: give it to `loadTransport` as `onCall`. */
export function countCalls(metrics: Metrics): NonNullable<CallHooks['onCall']> {
  return ({ verb, kind, ms }) => {
    metrics.apiSeconds.observe({ verb }, ms / 1000);
    if (!READS.has(verb) && !kind.endsWith('reviews')) metrics.apiWrites.inc({ kind, verb });
  };
}

/** Shows size and age of the stores at each scrape; of a kind that several watch, all objects and the oldest sign of life. */
export function showStores(metrics: Metrics, stores: readonly (Sink & { readonly size: number })[]): void {
  metrics.collect('storeObjects', (gauge) => {
    for (const { kind, size } of stores) gauge.inc({ kind: kind.plural }, size);
  });
  metrics.collect('watchAge', (gauge) => {
    for (const [kind, some] of Map.groupBy(stores, (store) => store.kind.plural))
      gauge.set({ kind }, Math.max(...some.map((store) => store.lastSignOfLifeMs())) / 1000);
  });
}
