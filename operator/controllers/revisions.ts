// operator/controllers/revisions.ts — every hour: definitions that no run began with, and no Workflow has any more, are deleted.
import type { Execution, Workflow } from '../api/kinds.ts';
import type { Store } from '../kube/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { RunStore } from './run-store.ts';

export interface RevisionOptions {
  readonly store: RunStore;
  /** Executions with EXECUTION_INDEXES. */
  readonly stores: { readonly executions: Store<Execution>; readonly workflows: Store<Workflow> };
  /** Undefined = all. */
  readonly namespace: string | undefined;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;

/** @returns a function that ends it */
export function collectRevisions({ store, stores, namespace, log }: RevisionOptions): () => void {
  const collect = async (): Promise<void> => {
    const isUsed = (revision: string) => stores.executions.by('revision', revision).length > 0;
    const deleted = await store.collect(stores.workflows.values(), isUsed, { namespace, now: new Date() });
    if (deleted > 0) log.info({ deleted }, 'definitions without workflow and run deleted');
  };
  const timer = setInterval(
    () => void collect().catch((err: unknown) => log.warn({ err }, 'definitions are looked for again later')),
    HOUR_MS,
  );
  timer.unref();
  return () => clearInterval(timer);
}
