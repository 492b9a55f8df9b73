// operator/controllers/run-open.ts — an Execution of a Workflow → its run: replayed from its journal, begun, or gone on with from another's.
import type { Workflow } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import type { Live as LiveExecution } from '../domain/execution/parse.ts';
import { disabledText } from '../domain/action/disabled.ts';
import { namespaceOfRef } from '../domain/rule/reference.ts';
import { workflowFault } from '../domain/workflow/judge.ts';
import type { CallableStores } from './callable.ts';
import { calledBy } from './called.ts';
import { depthOf } from './lineage.ts';
import { goOn } from './run-go-on.ts';
import {
  type AwaitingRun,
  engineFault,
  invalid,
  nowOf,
  openLive,
  type OpenOptions,
  type RefusedRun,
} from './run-live.ts';
import { type OpenedRun, reopen } from './run-reopen.ts';

/** Reads the journal, or begins one; one that has to wait has written nothing. */
export async function openRunOf(
  execution: LiveExecution,
  workflow: Workflow | undefined,
  options: OpenOptions & { readonly sources: CallableStores },
): Promise<OpenedRun | RefusedRun | AwaitingRun> {
  const { namespace = '' } = execution.metadata;
  const home = namespaceOfRef(execution.spec.request.action, namespace, options.systemNamespace);
  const { workflow: state } = execution.status;
  if (state) {
    return await reopen(execution, execution, { ...state, home }, options);
  }
  const isRerun = execution.spec.request.rerun !== undefined;
  if (workflow?.spec.enabled === false && isRerun) return disabled(workflow);
  if (isRerun) return await goOn(execution, home, options);
  if (!workflow) return invalid('there is no such Workflow');
  const fault = workflowFault({ self: workflow, ...calledBy(workflow, options.sources, options.systemNamespace) });
  if (fault) {
    const refused = invalid(`Workflow "${execution.spec.request.action}" is not valid: ${fault.message}`);
    return fault.findings && workflow.spec.engine === 'orquesta' ? { ...refused, findings: fault.findings } : refused;
  }
  if (!workflow.spec.enabled) return disabled(workflow);
  const depth = depthOf(execution, options.sources.executions);
  if (depth > options.limits.depth)
    return {
      reason: 'WorkflowLimit',
      message: `it is workflow ${depth} in a row of workflows in workflows, at most ${options.limits.depth} are allowed`,
    };
  const { revision, pinned } = await options.store.pin(workflow);
  const first = { uid: execution.metadata.uid, startedAtMs: nowOf(options).getTime(), workflow };
  const live = openLive(execution, pinned, first, options);
  if ('reason' in live) return live;
  try {
    live.record({ atMs: 0, entry: { is: 'start' } });
  } catch (error) {
    return engineFault(error);
  }
  return { live, revision };
}

const disabled = (workflow: Workflow): RefusedRun => ({
  reason: 'WorkflowDisabled',
  message: disabledText(refOf(workflow), workflow),
});
