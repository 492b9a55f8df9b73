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

/** Shows size and age of the stores at each scrape. */
export function showStores(metrics: Metrics, stores: readonly (Sink & { readonly size: number })[]): void {
  metrics.collect('storeObjects', (gauge) => {
    for (const { kind, size } of stores) gauge.set({ kind: kind.plural }, size);
  });
  metrics.collect('watchAge', (gauge) => {
    for (const store of stores) gauge.set({ kind: store.kind.plural }, store.lastSignOfLifeMs() / 1000);
  });
}
