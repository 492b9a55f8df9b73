// operator/controllers/execution-kept.ts — an Execution that is over → whether others need it yet; and which are needed no more when one is gone.
import type { Execution } from '../api/kinds.ts';
import { hasDueEvents } from '../domain/notify/due.ts';
import { requestIn } from '../domain/notify/request.ts';
import { EXECUTION_INDEXES } from '../domain/rule/indexes.ts';
import type { Watched } from '../kube/reconcile.ts';
import { type Key, keyOf, type Store } from '../kube/store.ts';
import { aboveOf } from './lineage.ts';

/** Itself and what it ran, of all generations; owners that go round in a circle are looked at once. */
export function belowOf(self: Execution, executions: Store<Execution>): ReadonlySet<Execution> {
  const below = new Set([self]);
  for (const one of below) for (const child of executions.by('parent', keyOf(one))) below.add(child);
  return below;
}

/** Another goes on from it, or from a step that would go with it; one among its own steps goes with it too. */
export const isNeeded = (below: ReadonlySet<Execution>, executions: Store<Execution>): boolean =>
  [...below].some((one) => executions.by('rerunOf', keyOf(one)).some((rerun) => !below.has(rerun)));

/** The event that has led to it is made again until all of it is told; and whatever it ran goes with it. */
export function isAwaited(self: Execution, below: ReadonlySet<Execution>, executions: Store<Execution>): boolean {
  const cause = requestIn(self).cause?.execution;
  const first = cause === undefined ? undefined : executions.get(`${self.metadata.namespace ?? ''}/${cause}`);
  return (first !== undefined && hasDueEvents(first)) || [...below].some((one) => one !== self && hasDueEvents(one));
}

/** When one that goes on from another is deleted: the other, and all that it is a step of. */
export const letGo = (executions: Store<Execution>): Watched => ({
  start: (enqueue) =>
    executions.subscribe((old, now) => {
      if (old && !now) for (const key of heldBy(old, executions)) enqueue(key);
    }),
});

function heldBy(rerun: Execution, executions: Store<Execution>): ReadonlySet<Key> {
  const keys = new Set<Key>();
  const [of] = EXECUTION_INDEXES.rerunOf(rerun);
  let held = of === undefined ? undefined : executions.get(of as Key);
  for (; held && !keys.has(keyOf(held)); held = aboveOf(held, executions)) keys.add(keyOf(held));
  return keys;
}
