// operator/controllers/workflow.ts — Workflows beside what they run and those with the same reference → the condition Ready.
import type { Action, Workflow } from '../api/kinds.ts';
import { type KubeObject, refOf } from '../api/meta.ts';
import type { WorkflowStatus } from '../api/workflow.ts';
import { namespaceOfRef } from '../domain/rule/reference.ts';
import { type ObservedWorkflow, parseWorkflow, planWorkflow } from '../domain/workflow/judge.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, withoutNoise } from '../kube/store.ts';
import { type CallableStores, claimantsOf } from './callable.ts';
import { calledBy } from './called.ts';

/** For the store of Workflows. @throws Error for one that does not fit its schema */
export function projectWorkflow(raw: KubeObject): Workflow {
  const { metadata, apiVersion, kind, spec, status, editedBy } = withoutNoise(raw);
  const workflow = parseWorkflow({ apiVersion, kind, metadata, spec });
  if (typeof workflow === 'string') throw new Error(`Workflow ${metadata.namespace}/${metadata.name}: ${workflow}`);
  return {
    ...workflow,
    ...(status === undefined ? {} : { status: status as WorkflowStatus }),
    ...(editedBy ? { editedBy } : {}),
  };
}

export function workflowReconciler(
  stores: CallableStores,
  systemNamespace: string,
): Reconciler<ObservedWorkflow, WorkflowStatus> {
  const keyOfRef = (ref: string, { metadata }: Workflow) =>
    `${namespaceOfRef(ref, metadata.namespace ?? '', systemNamespace)}/${ref}`;
  const ownRef = (callable: Action | Workflow) => `${callable.metadata.namespace}/${refOf(callable)}`;
  const callersOf = (callable: Action | Workflow): readonly Workflow[] =>
    stores.workflows
      .by('calls', refOf(callable))
      .filter((caller) => keyOfRef(refOf(callable), caller) === ownRef(callable));
  /** Those that run it, and those that run these: a cycle may begin or end with it. */
  const affectedBy = (changed: Action | Workflow): readonly Key[] => {
    const affected = new Set<Action | Workflow>([changed]);
    for (const one of affected) for (const caller of callersOf(one)) affected.add(caller);
    affected.delete(changed);
    const namesakes = stores.workflows.by('ref', ownRef(changed));
    return [...namesakes, ...affected].map(keyOf);
  };
  return {
    name: 'workflow',
    watches: [
      watched(stores.workflows, (workflow) => [keyOf(workflow), ...affectedBy(workflow)]),
      watched(stores.actions, affectedBy),
    ],
    observe: (key) => {
      const self = stores.workflows.get(key);
      if (!self) return undefined;
      return { self, sameRef: claimantsOf(stores, ownRef(self)), ...calledBy(self, stores, systemNamespace) };
    },
    plan: planWorkflow,
  };
}
