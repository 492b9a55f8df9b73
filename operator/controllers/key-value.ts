// operator/controllers/key-value.ts — KeyValues beside those with the same key → the condition Ready; those whose time is over are deleted.
import type { KeyValue } from '../api/kinds.ts';
import { KeyValueSpec, type KeyValueStatus } from '../api/key-value.ts';
import type { KubeObject } from '../api/meta.ts';
import { idOf, indexOf } from '../domain/datastore/entry.ts';
import { type ObservedKeyValue, planKeyValue } from '../domain/datastore/judge.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { keyOf, type Store, withoutNoise } from '../kube/store.ts';

/** For the store of KeyValues. @throws ZodError for one that does not fit its schema */
export function projectKeyValue(raw: KubeObject): KeyValue {
  const { status, ...rest } = withoutNoise(raw);
  return {
    ...rest,
    spec: KeyValueSpec.parse(raw.spec),
    ...(status === undefined ? {} : { status: status as KeyValueStatus }),
  };
}

/** `keyValues` has KEY_VALUE_INDEXES. */
export function keyValueReconciler(keyValues: Store<KeyValue>): Reconciler<ObservedKeyValue, KeyValueStatus> {
  const namesakes = (object: KeyValue) => keyValues.by('entry', indexOf(object.metadata.namespace ?? '', idOf(object)));
  return {
    name: 'key-value',
    watches: [watched(keyValues, (object) => [object, ...namesakes(object)].map(keyOf))],
    observe: (key) => {
      const self = keyValues.get(key);
      return self && { self, namesakes: namesakes(self) };
    },
    plan: planKeyValue,
  };
}
