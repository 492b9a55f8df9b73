// operator/http/live-executions.ts — how many Executions have not ended, counted as they change.
import type { Execution } from '../api/kinds.ts';
import { isFinal } from '../domain/execution/parse.ts';
import type { Store } from '../kube/store.ts';

const weight = (execution: Execution | undefined): number =>
  execution === undefined || isFinal(execution.status?.phase ?? 'Requested') ? 0 : 1;

/** @returns a function that tells the count */
export function countLive(executions: Store<Execution>): () => number {
  let live = 0;
  for (const execution of executions.values()) live += weight(execution);
  executions.subscribe((old, now) => {
    live += weight(now) - weight(old);
  });
  return () => live;
}
