// operator/controllers/workflow.ts — Workflows beside what they run and those with the same reference → the condition Ready.
import type { Action, Workflow } from '../api/kinds.ts';
import { type KubeObject, refOf } from '../api/meta.ts';
import type { WorkflowStatus } from '../api/workflow.ts';
import { namespaceOfRef } from '../domain/rule/reference.ts';
import { cycleThrough } from '../domain/workflow/judge-cycles.ts';
import { type ObservedWorkflow, parseWorkflow, planWorkflow, referencesOf } from '../domain/workflow/judge.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, withoutNoise } from '../kube/store.ts';
import { type CallableStores, callable, claimantsOf } from './callable.ts';

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
  const meaning = (ref: string, { metadata }: Workflow) =>
    callable(ref, { namespace: metadata.namespace ?? '', systemNamespace }, stores);
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
  const workflowsIn = (self: Workflow): readonly Workflow[] =>
    referencesOf(self).flatMap((ref) => {
      const called = meaning(ref, self);
      return called && isWorkflow(called) ? [called] : [];
    });
  return {
    name: 'workflow',
    watches: [
      watched(stores.workflows, (workflow) => [keyOf(workflow), ...affectedBy(workflow)]),
      watched(stores.actions, affectedBy),
    ],
    observe: (key) => {
      const self = stores.workflows.get(key);
      if (!self) return undefined;
      const called = referencesOf(self).flatMap((ref) => {
        const meant = meaning(ref, self);
        return meant ? [[ref, meant] as const] : [];
      });
      return {
        self,
        sameRef: claimantsOf(stores, ownRef(self)),
        called: new Map(called),
        cycle: cycleThrough(self, workflowsIn)?.map(refOf),
      };
    },
    plan: planWorkflow,
  };
}

const isWorkflow = (callable: Action | Workflow): callable is Workflow => 'engine' in callable.spec;
