// operator/controllers/called.ts — a Workflow → what its references mean now, and whether they lead back to it.
import type { Action, Workflow } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import { cycleThrough } from '../domain/workflow/judge-cycles.ts';
import { type ObservedWorkflow, referencesOf } from '../domain/workflow/judge.ts';
import { callable, type CallableStores } from './callable.ts';

/** What is judged of it beside its definition. */
export function calledBy(
  self: Workflow,
  stores: CallableStores,
  systemNamespace: string,
): Pick<ObservedWorkflow, 'called' | 'cycle'> {
  const meant = (of: Workflow) =>
    referencesOf(of).flatMap((ref) => {
      const one = callable(ref, { namespace: of.metadata.namespace ?? '', systemNamespace }, stores);
      return one ? [[ref, one] as const] : [];
    });
  const workflowsIn = (of: Workflow) => meant(of).flatMap(([, one]) => (isWorkflow(one) ? [one] : []));
  return { called: new Map(meant(self)), cycle: cycleThrough(self, workflowsIn)?.map(refOf) };
}

const isWorkflow = (one: Action | Workflow): one is Workflow => 'engine' in one.spec;
