// operator/http/live-executions.ts — how many Executions have not ended, counted as they change, and who may add to them.
import type { Execution } from '../api/kinds.ts';
import { isFinal } from '../domain/execution/parse.ts';
import type { Store } from '../kube/store.ts';

/** Live Executions now; each function answers without a scan. */
export interface LiveExecutions {
  readonly total: () => number;
  readonly of: (namespace: string) => number;
  /** Namespaces that have any. */
  readonly namespaces: () => number;
}

/** So many times the limit is the end for everybody: fair shares of ever more namespaces add up slowly, but without an end. */
const CEILING = 2;

/** Counts from now on. */
export function countLive(executions: Store<Execution>): LiveExecutions {
  const byNamespace = new Map<string, number>();
  let total = 0;
  const add = (execution: Execution | undefined, sign: 1 | -1) => {
    if (execution === undefined || isFinal(execution.status?.phase ?? 'Requested')) return;
    const namespace = execution.metadata.namespace ?? '';
    const count = (byNamespace.get(namespace) ?? 0) + sign;
    if (count > 0) byNamespace.set(namespace, count);
    else byNamespace.delete(namespace);
    total += sign;
  };
  for (const execution of executions.values()) add(execution, 1);
  executions.subscribe((old, now) => {
    add(old, -1);
    add(now, 1);
  });
  return {
    total: () => total,
    of: (namespace) => byNamespace.get(namespace) ?? 0,
    namespaces: () => byNamespace.size,
  };
}

/**
 * Why `namespace` may not add an Execution now; undefined = it may. Above the limit only those are refused that have their
 * share of it, so that one namespace that floods the door does not shut it for the others.
 */
export function crowded(live: LiveExecutions, namespace: string, max: number): string | undefined {
  const total = live.total();
  if (total < max) return undefined;
  const later = 'send the event again later';
  if (total >= max * CEILING)
    return `${total} executions are under way, ${CEILING} times the limit of ${max} (config.liveExecutionsMax); ${later}`;
  const own = live.of(namespace);
  const sharers = live.namespaces() + (own === 0 ? 1 : 0);
  const share = Math.max(1, Math.floor(max / sharers));
  if (own < share) return undefined;
  return `Namespace ${namespace} has ${own} executions under way and its share is ${share}: ${total} are under way in all, the limit is ${max} (config.liveExecutionsMax), and ${sharers} ${sharers === 1 ? 'namespace shares' : 'namespaces share'} it; ${later}`;
}
