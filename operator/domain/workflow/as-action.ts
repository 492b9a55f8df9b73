// operator/domain/workflow/as-action.ts — a Workflow as those see it who run it: an Action with its parameters, and nothing to run.
import { Workflow as WorkflowKind, type Action, type Workflow } from '../../api/kinds.ts';
import { winnerOf } from '../rule/reference.ts';
import type { Pinned } from './pinned.ts';
import { workflowSchemas } from './runner-parameters.ts';

const known = new WeakMap<Workflow, Action>();

function asAction(workflow: Workflow): Action {
  const found = known.get(workflow);
  if (found) return found;
  const { ref, enabled, notify, ttlSecondsAfterFinished } = workflow.spec;
  const action: Action = {
    ...workflow,
    spec: {
      ...(ref === undefined ? {} : { ref }),
      enabled,
      parameters: workflowSchemas(workflow.spec) as Action['spec']['parameters'],
      runner: 'noop',
      pendingTimeoutSeconds: 600,
      ...(notify === undefined ? {} : { notify }),
      ...(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished }),
    },
  };
  known.set(workflow, action);
  return action;
}

const begun = new WeakMap<Pinned, Workflow>();

/** The Workflow that a run began with, whatever has become of it since; only what is pinned of it is known. */
export function pinnedWorkflow(pinned: Pinned): Workflow {
  const found = begun.get(pinned);
  if (found) return found;
  const { apiVersion, kind } = WorkflowKind;
  const spec = { ...pinned, enabled: true, definition: pinned.definition as Workflow['spec']['definition'] };
  const workflow = { apiVersion, kind, metadata: { name: pinned.ref }, spec } as Workflow;
  begun.set(pinned, workflow);
  return workflow;
}

/** What a reference means to a caller, of all that claim it. */
export function callableOf(actions: readonly Action[], workflows: readonly Workflow[]): Action | undefined {
  const winner = winnerOf<Action | Workflow>([...actions, ...workflows]);
  return winner && ('engine' in winner.spec ? asAction(winner as Workflow) : (winner as Action));
}
