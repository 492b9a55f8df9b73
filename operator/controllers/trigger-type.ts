// operator/controllers/trigger-type.ts — TriggerTypes beside those with the same reference or webhook → the condition Ready.
import type { TriggerType } from '../api/kinds.ts';
import type { TriggerTypeStatus } from '../api/trigger-type.ts';
import { TRIGGER_TYPE_INDEXES } from '../domain/rule/indexes.ts';
import { type ObservedTriggerType, planTriggerType } from '../domain/trigger/judge.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { keyOf, type Store } from '../kube/store.ts';

/** `triggerTypes` has TRIGGER_TYPE_INDEXES. */
export function triggerTypeReconciler(
  triggerTypes: Store<TriggerType>,
): Reconciler<ObservedTriggerType, TriggerTypeStatus> {
  const all = (index: keyof typeof TRIGGER_TYPE_INDEXES, type: TriggerType) =>
    TRIGGER_TYPE_INDEXES[index](type).flatMap((value) => triggerTypes.by(index, value));
  return {
    name: 'trigger-type',
    watches: [watched(triggerTypes, (type) => [type, ...all('ref', type), ...all('webhook', type)].map(keyOf))],
    observe: (key) => {
      const self = triggerTypes.get(key);
      return self && { self, namesakes: all('ref', self), sharers: all('webhook', self) };
    },
    plan: planTriggerType,
  };
}
