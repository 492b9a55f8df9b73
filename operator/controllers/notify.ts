// operator/controllers/notify.ts — Executions whose end rules wait for: its events are made and brought in, then the mark goes.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Action, Execution, KeyValue, TriggerType, Workflow } from '../api/kinds.ts';
import { entriesOf } from '../domain/datastore/entry.ts';
import type { Audience } from '../domain/notify/audience.ts';
import { hasDueEvents } from '../domain/notify/due.ts';
import { type Ending, endingOf, RESULT_IN_EVENT_MAX_BYTES, storedResult } from '../domain/notify/ending.ts';
import { eventsOfEnd, type InsideEvent } from '../domain/notify/events.ts';
import { type ObservedEnd, planEnd } from '../domain/notify/plan.ts';
import { requestIn } from '../domain/notify/request.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import type { Client } from '../kube/client.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { keyOf, type Store } from '../kube/store.ts';
import { type BegunOptions, begunWorkflow } from './begun-workflow.ts';
import { claimantsOf } from './callable.ts';

export interface NotifyOptions extends BegunOptions {
  readonly sources: {
    readonly executions: Store<Execution>;
    readonly actions: Store<Action>;
    readonly workflows: Store<Workflow>;
    /** With TRIGGER_TYPE_INDEXES. */
    readonly triggerTypes: Store<TriggerType>;
    /** With KEY_VALUE_INDEXES. */
    readonly keyValues: Store<KeyValue>;
  };
  /** That of the leader. */
  readonly client: Client;
  /** The way in for events; `takeIn` does again what an earlier try has done, and that counts once. */
  readonly inside: {
    readonly audience: (namespace: string) => Audience;
    readonly whyNot: (namespace: string) => string | undefined;
    readonly takeIn: (
      events: readonly InsideEvent[],
      by: { readonly client: Client },
    ) => Promise<{ readonly loop: string | undefined }>;
  };
  /** JSON of a result that is not in the status; undefined when it is nowhere. */
  readonly readResult: (digest: string) => Promise<string | undefined>;
  readonly sha256: (text: string) => string;
}

export function notifyReconciler(options: NotifyOptions): Reconciler<ObservedEnd, ExecutionStatus> {
  const { sources, inside } = options;
  return {
    name: 'notify',
    watches: [watched(sources.executions, (execution) => (hasDueEvents(execution) ? [keyOf(execution)] : []))],
    observe: async (key) => {
      const self = sources.executions.get(key);
      if (!self || !hasDueEvents(self)) return undefined;
      const { namespace = '' } = self.metadata;
      const waits = inside.whyNot(namespace);
      if (waits !== undefined) return { self, waits };
      const events = await eventsOf(self, options);
      if (events.length === 0) return { self };
      return { self, loop: (await inside.takeIn(events, options)).loop };
    },
    plan: planEnd,
  };
}

async function eventsOf(self: Execution, options: NotifyOptions): Promise<readonly InsideEvent[]> {
  const { sources, inside, systemNamespace, sha256 } = options;
  const { namespace = '' } = self.metadata;
  const at = (ref: string) => `${namespaceOfRef(ref, namespace, systemNamespace)}/${ref}` as const;
  const ending = await endOf(self, at, options);
  return eventsOfEnd(ending, {
    audience: inside.audience(namespace),
    entries: entriesOf(sources.keyValues, namespace, ending.endedAt),
    triggerType: (ref) => winnerOf(sources.triggerTypes.by('ref', at(ref))),
    sha256,
  });
}

async function endOf(self: Execution, at: (ref: string) => string, options: NotifyOptions): Promise<Ending> {
  const { sources, readResult } = options;
  const { action: ref } = requestIn(self);
  const begun = await begunWorkflow(self, self.status?.workflow?.revision, options);
  const callee = begun ?? (typeof ref === 'string' ? winnerOf(claimantsOf(sources, at(ref))) : undefined);
  const { resultRef } = self.status ?? {};
  if (!resultRef) return endingOf(self, callee, undefined);
  const isSmall = resultRef.bytes <= RESULT_IN_EVENT_MAX_BYTES;
  const json = isSmall ? await readResult(resultRef.digest) : undefined;
  return endingOf(self, callee, storedResult(resultRef.bytes, json));
}
