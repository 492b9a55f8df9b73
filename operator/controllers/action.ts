// operator/controllers/action.ts — Actions beside those with the same reference → the condition Ready.
import type { ActionStatus } from '../api/action.ts';
import type { Action } from '../api/kinds.ts';
import type { KubeObject } from '../api/meta.ts';
import { type ObservedAction, parseAction, planAction } from '../domain/action/judge.ts';
import { ACTION_INDEXES } from '../domain/rule/indexes.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { keyOf, type Store, withoutNoise } from '../kube/store.ts';

/** For the store of Actions. @throws Error for one that does not fit its schema */
export function projectAction(raw: KubeObject): Action {
  const { metadata, apiVersion, kind, spec, status } = withoutNoise(raw);
  const action = parseAction({ apiVersion, kind, metadata, spec });
  if (typeof action === 'string') throw new Error(`Action ${metadata.namespace}/${metadata.name}: ${action}`);
  return { ...action, ...(status === undefined ? {} : { status: status as ActionStatus }) };
}

/** `actions` has ACTION_INDEXES. */
export function actionReconciler(actions: Store<Action>): Reconciler<ObservedAction, ActionStatus> {
  const namesakes = (action: Action) => ACTION_INDEXES.ref(action).flatMap((ref) => actions.by('ref', ref));
  return {
    name: 'action',
    watches: [watched(actions, (action) => [action, ...namesakes(action)].map(keyOf))],
    observe: (key) => {
      const self = actions.get(key);
      return self && { self, sameRef: namesakes(self) };
    },
    plan: planAction,
  };
}
