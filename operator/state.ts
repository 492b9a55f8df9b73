// operator/state.ts — what the caches know → gauges, at each scrape.
import type { Phase } from './api/execution.ts';
import { isFinal } from './domain/execution/parse.ts';
import { attemptOf, executionOf } from './domain/job/names.ts';
import type { Lease } from './kube/lease.ts';
import { showStores } from './kube/observe.ts';
import type { Stores } from './stores.ts';
import type { Metrics } from './telemetry/metrics.ts';

export interface StateOptions {
  readonly stores: Stores;
  readonly metrics: Metrics;
  readonly lease: Lease;
}

/** From now on the metrics show stores, Executions by phase, leadership, and the time from event to Job. */
export function showState({ stores, metrics, lease }: StateOptions): void {
  showStores(metrics, Object.values(stores));
  metrics.collect('leader', (gauge) => gauge.set(lease.held() ? 1 : 0));
  metrics.collect('executions', (gauge) => {
    const counts = new Map<Phase, number>();
    for (const { status } of stores.executions.values()) {
      const phase = status?.phase ?? 'Requested';
      counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
    for (const [phase, count] of counts) gauge.set({ phase }, count);
  });
  stores.jobs.subscribe((old, job) => {
    if (old || !job || !stores.jobs.isSynced || attemptOf(job) !== 1) return;
    const execution = stores.executions.get(`${job.metadata.namespace ?? ''}/${executionOf(job) ?? ''}`);
    const receivedAt = execution?.spec.request?.context?.trigger?.receivedAt;
    if (receivedAt === undefined || isFinal(execution?.status?.phase ?? 'Requested')) return;
    metrics.eventToJobSeconds.observe(Math.max(0, Date.now() - Date.parse(receivedAt)) / 1000);
  });
}
