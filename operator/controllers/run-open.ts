// operator/controllers/run-open.ts — an Execution of a Workflow → its run: replayed from its journal, begun, or gone on with from another's.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Execution, KeyValue, Workflow } from '../api/kinds.ts';
import type { Reason } from '../api/reasons.ts';
import { type Entries, entriesOf } from '../domain/datastore/entry.ts';
import { isFinal, type Live as LiveExecution } from '../domain/execution/parse.ts';
import { seedOf } from '../domain/job/job.ts';
import { namespaceOfRef } from '../domain/rule/reference.ts';
import { beginningOf, parametersOf, userOf } from '../domain/workflow/begin.ts';
import { childName, childResult, parentOf } from '../domain/workflow/children.ts';
import type { Child } from '../domain/workflow/engine.ts';
import { workflowFault } from '../domain/workflow/judge.ts';
import { LiveRun, type Owner, rerunsIn } from '../domain/workflow/live.ts';
import { openRun, type Pinned } from '../domain/workflow/pinned.ts';
import { RunReads, splitLine } from '../domain/workflow/reads.ts';
import type { WorkflowLimits } from '../domain/workflow/soundness.ts';
import type { Store } from '../kube/store.ts';
import type { RunStore } from './run-store.ts';

export interface OpenOptions {
  readonly sources: {
    readonly executions: Store<Execution>;
    /** With KEY_VALUE_INDEXES. */
    readonly keyValues: Store<KeyValue>;
  };
  readonly store: RunStore;
  readonly limits: WorkflowLimits;
  readonly serviceUrl: string;
  readonly systemNamespace: string;
  readonly sha256: (text: string) => string;
  readonly now?: () => Date;
}

export interface OpenedRun {
  readonly live: LiveRun;
  /** Name of the ControllerRevision that has its definition. */
  readonly revision: string;
}

/** Why there is no run. */
export interface RefusedRun {
  readonly reason: Reason;
  readonly message: string;
}

/** Reads the journal, or begins one. */
export async function openRunOf(
  execution: LiveExecution,
  workflow: Workflow | undefined,
  options: OpenOptions,
): Promise<OpenedRun | RefusedRun> {
  const { namespace = '' } = execution.metadata;
  const home = namespaceOfRef(execution.spec.request.action, namespace, options.systemNamespace);
  const { workflow: state } = execution.status;
  if (state) {
    return await reopen(execution, execution, { ...state, home }, options);
  }
  if (execution.spec.request.rerun) return await goOn(execution, home, options);
  if (!workflow) return invalid('there is no such Workflow');
  const fault = workflowFault(workflow);
  if (fault) return invalid(`Workflow "${execution.spec.request.action}" is not valid: ${fault.message}`);
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
  const live = openLive(execution, pinned, { startedAtMs: nowOf(options).getTime() }, options);
  if ('reason' in live) return live;
  live.record({ atMs: 0, entry: { is: 'start' } });
  return { live, revision };
}

/** The run of an Execution from the journal of `last`: its own, or another's that it goes on from. */
async function reopen(
  execution: LiveExecution,
  last: Execution,
  { home, revision, startedAt, journal }: NonNullable<ExecutionStatus['workflow']> & { readonly home: string },
  options: OpenOptions,
): Promise<(OpenedRun & Pick<Pinned, 'engine'>) | RefusedRun> {
  const pinned = await options.store.pinned(home, revision);
  if (!pinned) return invalid(`the ControllerRevision ${home}/${revision} with its definition is gone; run it again`);
  const live = openLive(execution, pinned, { startedAtMs: Date.parse(startedAt), first: journal[0] }, options);
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
  try {
    live.replay(journal, (name) => results.get(name) ?? childResult(undefined, undefined), last);
    return undefined;
  } catch (error) {
    return invalid(
      `its journal cannot be read: ${(error as Error).message}; was it written by another version of Squall? Run it again`,
    );
  }
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
  if ('reason' in opened) return opened;
  const { live } = opened;
  if (!live.run.whyNotRerun) return invalid(`${opened.engine} has no rerun from tasks; run it again as a whole`);
  const why = live.run.whyNotRerun(rerun.tasks);
  if (why !== undefined) return invalid(`spec.request.rerun: ${why}`);
  const atMs = Math.max(live.lastAtMs, nowOf(options).getTime() - live.startedAtMs);
  live.record({ atMs, entry: { is: 'rerun', ...rerun }, of: `${other.metadata.name}/${other.metadata.uid}` });
  return opened;
}

const invalid = (message: string): RefusedRun => ({ reason: 'WorkflowInvalid', message });

export const nowOf = ({ now }: Pick<OpenOptions, 'now'>): Date => now?.() ?? new Date();

function openLive(
  execution: LiveExecution,
  pinned: Pinned,
  { startedAtMs, first }: { readonly startedAtMs: number; readonly first?: string | undefined },
  options: OpenOptions,
): LiveRun | RefusedRun {
  const { name, uid, namespace = '' } = execution.metadata;
  const seed = seedOf(uid);
  const reads = new RunReads(userOf(execution), () => entriesNow(namespace, options));
  // Defaults of parameters were read before the first entry.
  if (first !== undefined) reads.replay(splitLine(first).pins);
  const began = parametersOf(execution, pinned, { nowMs: startedAtMs, seed, entries: reads.entries });
  if (!began.ok) return began;
  const nameOf = (owner: Owner, child: Child) => childName(owner, child, options.sha256);
  const opening = {
    ...beginningOf(execution, pinned, { parameters: began.parameters, serviceUrl: options.serviceUrl }),
    workflow: execution.spec.request.workflow,
    executionOf: (key: string) => key,
  };
  const run = openRun(pinned, opening);
  if (typeof run === 'string') return invalid(run);
  return new LiveRun({ run, startedAtMs, seed, owner: { name, uid }, nameOf, references: began.references, reads });
}

/** The datastore of a namespace as it is now. */
export const entriesNow = (namespace: string, options: Pick<OpenOptions, 'sources' | 'now'>): Entries =>
  entriesOf(options.sources.keyValues, namespace, nowOf(options));

/** How many workflows it is in, itself included. */
function depthOf(execution: Execution, executions: Store<Execution>): number {
  let depth = 1;
  for (let parent = parentOf(execution); parent; depth++) {
    const found = executions.get(`${execution.metadata.namespace ?? ''}/${parent.name}`);
    parent = found && parentOf(found);
  }
  return depth;
}
