// operator/controllers/run-open.ts — an Execution of a Workflow → its run: replayed from its journal, begun, or gone on with from another's.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Execution, Workflow } from '../api/kinds.ts';
import { isFinal, type Live as LiveExecution, parseExecution } from '../domain/execution/parse.ts';
import { namespaceOfRef } from '../domain/rule/reference.ts';
import { workflowFault } from '../domain/workflow/judge.ts';
import { type LiveRun, rerunsIn } from '../domain/workflow/live.ts';
import type { Pinned } from '../domain/workflow/pinned.ts';
import { sameJson } from '../kube/json.ts';
import type { CallableStores } from './callable.ts';
import { calledBy } from './called.ts';
import { depthOf } from './lineage.ts';
import { invalid, nowOf, openLive, type OpenOptions, type RefusedRun } from './run-live.ts';
import { settle } from './run-settle.ts';

export interface OpenedRun {
  readonly live: LiveRun;
  /** Name of the ControllerRevision that has its definition. */
  readonly revision: string;
}

/** Reads the journal, or begins one. */
export async function openRunOf(
  execution: LiveExecution,
  workflow: Workflow | undefined,
  options: OpenOptions & { readonly sources: CallableStores },
): Promise<OpenedRun | RefusedRun> {
  const { namespace = '' } = execution.metadata;
  const home = namespaceOfRef(execution.spec.request.action, namespace, options.systemNamespace);
  const { workflow: state } = execution.status;
  if (state) {
    return await reopen(execution, execution, { ...state, home }, options);
  }
  if (execution.spec.request.rerun) return await goOn(execution, home, options);
  if (!workflow) return invalid('there is no such Workflow');
  const fault = workflowFault({ self: workflow, ...calledBy(workflow, options.sources, options.systemNamespace) });
  if (fault) {
    const refused = invalid(`Workflow "${execution.spec.request.action}" is not valid: ${fault.message}`);
    return fault.findings && workflow.spec.engine === 'orquesta' ? { ...refused, findings: fault.findings } : refused;
  }
  if (!workflow.spec.enabled)
    return {
      reason: 'WorkflowDisabled',
      message: `Unable to execute. Workflow "${execution.spec.request.action}" is disabled. Set spec.enabled of Workflow ${workflow.metadata.name} to true`,
    };
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
  live.record({ atMs: 0, entry: { is: 'start' } });
  return { live, revision };
}

/** What a run has written, and where its definition is kept. */
type Reopened = NonNullable<ExecutionStatus['workflow']> & { readonly home: string };

/** The run of an Execution from the journal of `last`: its own, or another's that it goes on from. */
async function reopen(
  execution: LiveExecution,
  last: Execution,
  { home, revision, startedAt, journal }: Reopened,
  options: OpenOptions,
): Promise<(OpenedRun & Pick<Pinned, 'engine'>) | RefusedRun> {
  const pinned = await options.store.pinned(home, revision);
  if (!pinned) return invalid(`the ControllerRevision ${home}/${revision} with its definition is gone; run it again`);
  const { uid } = rerunsIn(journal)[0]?.owner ?? last.metadata;
  const first = { uid, startedAtMs: Date.parse(startedAt), line: journal[0] };
  const live = openLive(execution, pinned, first, options);
  if ('reason' in live) return live;
  const unreadable = await replay(live, journal, last, options);
  return unreadable ?? { live, revision, engine: pinned.engine };
}

/** `last` is the Execution whose journal it is; earlier ones, which it went on from, are named in it. @returns why it is no journal of this run */
async function replay(
  live: LiveRun,
  journal: readonly string[],
  { metadata: last }: Execution,
  { store }: OpenOptions,
): Promise<RefusedRun | undefined> {
  const parents = [...rerunsIn(journal).map(({ owner }) => owner), last];
  const results = await store.allResults(last.namespace ?? '', parents);
  const gone: string[] = [];
  const resultOf = (name: string) => {
    if (!results.has(name)) gone.push(name);
    return results.get(name);
  };
  try {
    live.replay(journal, resultOf, last);
  } catch (error) {
    return invalid(
      `its journal cannot be read: ${(error as Error).message}; was it written by another version of Squall? Run it again`,
    );
  }
  if (gone.length === 0) return undefined;
  return invalid(
    `it cannot be gone on with: what Execution "${gone[0]}" returned is needed, and somebody deleted it. Run it again`,
  );
}

/** A run that goes on from some tasks of another: its journal begins with the other's. */
async function goOn(execution: LiveExecution, home: string, options: OpenOptions): Promise<OpenedRun | RefusedRun> {
  const { metadata, spec } = execution;
  const { namespace = '' } = metadata;
  const { rerun = {}, cause, action } = spec.request;
  const name = cause?.rerunOf;
  if (name === undefined)
    return invalid('spec.request.rerun: name the Execution that it goes on from, in spec.request.cause.rerunOf');
  const other = await options.store.execution(`${namespace}/${name}`);
  const state = other?.status?.workflow;
  if (!other || !state || other.spec.request.action !== action)
    return invalid(`spec.request.cause.rerunOf: Execution "${name}" is not there, or did not run Workflow "${action}"`);
  if (!isFinal(other.status?.phase ?? 'Requested'))
    return invalid(
      `Unable to rerun workflow execution "${other.metadata.uid}" because it is not in a completed state. Wait for its end, or cancel it`,
    );
  const opened = await reopen(execution, other, { ...state, home }, options);
  if (!(await isSameWay(opened, execution, { last: other, state: { ...state, home }, options })))
    return invalid(
      `spec.request.parameters: with these Execution "${name}" would not have come to the same tasks; change others, or run it again as a whole`,
    );
  if ('reason' in opened) return opened;
  const { live } = opened;
  if (!live.run.whyNotRerun) return invalid(`${opened.engine} has no rerun from tasks; run it again as a whole`);
  const unsettled = await settle(live, other, options);
  if (unsettled) return unsettled;
  const why = live.run.whyNotRerun(rerun.tasks);
  if (why !== undefined) return invalid(`spec.request.rerun: ${why}`);
  const atMs = Math.max(live.lastAtMs, nowOf(options).getTime() - live.startedAtMs);
  live.record({ atMs, entry: { is: 'rerun', ...rerun }, of: `${other.metadata.name}/${other.metadata.uid}` });
  return opened;
}

/** With other parameters a replay may ask for other children: what the first ones returned must not be taken for theirs. */
async function isSameWay(
  opened: OpenedRun | RefusedRun,
  execution: LiveExecution,
  { last, state, options }: { readonly last: Execution; readonly state: Reopened; readonly options: OpenOptions },
): Promise<boolean> {
  const [now, before] = [execution, last].map(({ spec }) => spec.request.parameters ?? {});
  const parsed = sameJson(now, before) ? undefined : parseExecution(last);
  if (!parsed?.ok) return true;
  const first = await reopen(parsed.execution, last, state, options);
  if ('reason' in first) return true; // it has no journal to go on with, whatever the parameters
  return 'live' in opened && sameJson(opened.live.keys, first.live.keys);
}
