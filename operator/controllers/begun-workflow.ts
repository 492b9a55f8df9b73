// operator/controllers/begun-workflow.ts — an Execution of a Workflow → the Workflow as it was when the run began, which its end is told by.
import type { Execution, Workflow } from '../api/kinds.ts';
import { requestIn } from '../domain/notify/request.ts';
import { namespaceOfRef } from '../domain/rule/reference.ts';
import { pinnedWorkflow } from '../domain/workflow/as-action.ts';
import type { RunStore } from './run-store.ts';

export interface BegunOptions {
  readonly store: Pick<RunStore, 'pinned'>;
  /** Where the pack core lives. */
  readonly systemNamespace: string;
}

/** `revision` is the name of the ControllerRevision with its definition; undefined where there is none, or none any more. */
export async function begunWorkflow(
  self: Execution,
  revision: string | undefined,
  { store, systemNamespace }: BegunOptions,
): Promise<Workflow | undefined> {
  const { action: ref } = requestIn(self);
  if (revision === undefined || typeof ref !== 'string') return undefined;
  const home = namespaceOfRef(ref, self.metadata.namespace ?? '', systemNamespace);
  const pinned = await store.pinned(home, revision);
  return pinned && pinnedWorkflow(pinned);
}
