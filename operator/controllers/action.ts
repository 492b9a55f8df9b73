// operator/controllers/action.ts — Actions beside those with the same reference → the condition Ready.
import type { ActionStatus } from '../api/action.ts';
import type { Action, Workflow } from '../api/kinds.ts';
import { type KubeObject, refOf } from '../api/meta.ts';
import { type ObservedAction, parseAction, planAction } from '../domain/action/judge.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { keyOf, withoutNoise } from '../kube/store.ts';
import { type CallableStores, claimantsOf } from './callable.ts';

/** For the store of Actions. @throws Error for one that does not fit its schema */
export function projectAction(raw: KubeObject): Action {
  const { metadata, apiVersion, kind, spec, status, editedBy } = withoutNoise(raw);
  const action = parseAction({ apiVersion, kind, metadata, spec });
  if (typeof action === 'string') throw new Error(`Action ${metadata.namespace}/${metadata.name}: ${action}`);
  return {
    ...action,
    ...(status === undefined ? {} : { status: status as ActionStatus }),
    ...(editedBy ? { editedBy } : {}),
  };
}

export function actionReconciler(stores: CallableStores): Reconciler<ObservedAction, ActionStatus> {
  const refKey = (callable: Action | Workflow) => `${callable.metadata.namespace}/${refOf(callable)}`;
  const namesakes = (callable: Action | Workflow) => stores.actions.by('ref', refKey(callable)).map(keyOf);
  return {
    name: 'action',
    watches: [
      watched(stores.actions, (action) => [keyOf(action), ...namesakes(action)]),
      watched(stores.workflows, namesakes),
    ],
    observe: (key) => {
      const self = stores.actions.get(key);
      return self && { self, sameRef: claimantsOf(stores, refKey(self)) };
    },
    plan: planAction,
  };
}
