// operator/controllers/run-open.ts — an Execution of a Workflow → its run: replayed from its journal, begun, or gone on with from another's.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Execution, KeyValue, Workflow } from '../api/kinds.ts';
import type { Reason } from '../api/reasons.ts';
import { type Entries, entriesOf } from '../domain/datastore/entry.ts';
import { isFinal, type Live as LiveExecution } from '../domain/execution/parse.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { seedOf } from '../domain/job/job.ts';
import { notifyFault, notifyOfTask } from '../domain/notify/handed-on.ts';
import { effectiveNotify } from '../domain/notify/settings.ts';
import { namespaceOfRef } from '../domain/rule/reference.ts';
import { userIn } from '../domain/action/action-context.ts';
import { configContext, pinnedConfig } from '../domain/workflow/config-context.ts';
import { beginningOf, parametersOf } from '../domain/workflow/begin.ts';
import { childName, parentOf } from '../domain/workflow/children.ts';
import type { Child } from '../domain/workflow/engine.ts';
import { workflowFault } from '../domain/workflow/judge.ts';
import { LiveRun, type Owner, rerunsIn } from '../domain/workflow/live.ts';
import { openRun, type Pinned } from '../domain/workflow/pinned.ts';
import { RunReads, splitLine } from '../domain/workflow/reads.ts';
import type { WorkflowLimits } from '../domain/workflow/soundness.ts';
import type { Store } from '../kube/store.ts';
import { type ConfigurationSources, configurationFor } from './configuration.ts';
import type { RunStore } from './run-store.ts';

export interface OpenOptions {
  readonly sources: ConfigurationSources & {
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
  const first = { uid: execution.metadata.uid, startedAtMs: nowOf(options).getTime(), workflow };
  const live = openLive(execution, pinned, first, options);
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

/** How a run began; for one that goes on from another's tasks that is how the other did. */
interface FirstEntry {
  readonly uid: string;
  readonly startedAtMs: number;
  /** Of the journal; none yet of a run that begins, by a Workflow as it is now. */
  readonly line?: string | undefined;
  readonly workflow?: Workflow;
}

function openLive(
  execution: LiveExecution,
  pinned: Pinned,
  { uid: firstUid, startedAtMs, line, workflow }: FirstEntry,
  options: OpenOptions,
): LiveRun | RefusedRun {
  const { name, uid, namespace = '' } = execution.metadata;
  const seed = seedOf(firstUid);
  const user = userIn(execution.spec.request.context);
  const reads = new RunReads(user, () => entriesNow(namespace, options));
  // Defaults of parameters were read before the first entry.
  if (line !== undefined) reads.replay(splitLine(line).pins);
  const world = { nowMs: startedAtMs, seed };
  const config = pinnedConfig(pinned, reads, () => workflow && configurationFor(workflow, options.sources)?.config);
  if (config && 'reason' in config) return config;
  const began = parametersOf(execution, pinned, { world, entries: reads.entries, config });
  if (!began.ok) return began;
  const seen = configContext(config, { reads, user, world });
  if (!seen.ok) return seen;
  const wrong = notifyFault(pinned.engine, began.parameters, pinned.definition);
  if (wrong !== undefined) return invalid(wrong);
  const notify = effectiveNotify({ spec: pinned }, execution.spec.request);
  const told = { engine: pinned.engine, parameters: began.parameters, notify };
  const nameOf = (owner: Owner, child: Child) => childName(owner, child, options.sha256);
  const opening = {
    ...beginningOf(execution, pinned, {
      parameters: began.parameters,
      config: seen.config,
      serviceUrl: options.serviceUrl,
      uid: firstUid,
    }),
    workflow: execution.spec.request.workflow,
    notify: notify as Value | undefined, // it came as JSON
    executionOf: (key: string) => key,
  };
  const run = openRun(pinned, opening);
  if (typeof run === 'string') return invalid(run);
  return new LiveRun({
    run,
    startedAtMs,
    seed,
    owner: { name, uid },
    nameOf,
    references: began.references,
    reads,
    notifyOf: (task) => notifyOfTask(told, task),
  });
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
