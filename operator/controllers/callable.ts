// operator/controllers/callable.ts — a reference → the Action or Workflow that it means in a namespace, and which Executions run Workflows.
import type { Action, Execution, Workflow } from '../api/kinds.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import type { Store } from '../kube/store.ts';

export interface CallableStores {
  /** With ACTION_INDEXES. */
  readonly actions: Store<Action>;
  /** With WORKFLOW_INDEXES. */
  readonly workflows: Store<Workflow>;
}

/** All that claim a reference, by `namespace/reference`; an Action comes before a Workflow of the same age and name. */
export const claimantsOf = ({ actions, workflows }: CallableStores, key: string): readonly (Action | Workflow)[] => [
  ...actions.by('ref', key),
  ...workflows.by('ref', key),
];

/** Where a reference is looked up. */
export interface Place {
  readonly namespace: string;
  /** Where the pack core lives. */
  readonly systemNamespace: string;
}

/** What a reference means in a namespace; undefined: nothing. */
export const callable = (
  ref: string,
  { namespace, systemNamespace }: Place,
  stores: CallableStores,
): Action | Workflow | undefined =>
  winnerOf(claimantsOf(stores, `${namespaceOfRef(ref, namespace, systemNamespace)}/${ref}`));

/** Whether an Execution runs a Workflow: one that began is one for ever, and one that began as an Action's is none. */
export function workflowOf(
  { metadata, spec, status }: Execution,
  stores: CallableStores,
  systemNamespace: string,
): Workflow | undefined {
  const ref = (spec as Partial<Execution['spec']> | undefined)?.request?.action;
  if (typeof ref !== 'string') return undefined; // it fits no schema, and the other controller says so
  if (!status?.workflow && (status?.job || status?.attempts?.length)) return undefined;
  const winner = callable(ref, { namespace: metadata.namespace ?? '', systemNamespace }, stores);
  return winner?.kind === 'Workflow' ? (winner as Workflow) : undefined;
}
