// operator/controllers/run-live.ts — an Execution of a Workflow, its pinned definition and how it began → a run in memory, its journal still empty.
import type { Execution, KeyValue, Workflow } from '../api/kinds.ts';
import type { Reason } from '../api/reasons.ts';
import { userIn } from '../domain/action/action-context.ts';
import { type Entries, entriesOf } from '../domain/datastore/entry.ts';
import type { Live as LiveExecution } from '../domain/execution/parse.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { seedOf } from '../domain/job/job.ts';
import { notifyFault, notifyOfTask } from '../domain/notify/handed-on.ts';
import { effectiveNotify } from '../domain/notify/settings.ts';
import { beginningOf, parametersOf, seenParameters } from '../domain/workflow/begin.ts';
import { childName } from '../domain/workflow/children.ts';
import { configContext, pinnedConfig } from '../domain/workflow/config-context.ts';
import type { Child, Finding } from '../domain/workflow/engine.ts';
import { LiveRun, type Owner } from '../domain/workflow/live.ts';
import { openRun, type Pinned } from '../domain/workflow/pinned.ts';
import { RunReads, splitLine } from '../domain/workflow/reads.ts';
import type { WorkflowLimits } from '../domain/workflow/soundness.ts';
import type { Store } from '../kube/store.ts';
import { type ConfigurationSources, configurationFor } from './configuration.ts';
import { outermostOf } from './lineage.ts';
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

/** Why there is no run. */
export interface RefusedRun {
  readonly reason: Reason;
  readonly message: string;
  /** Of inspection; what Orquesta's result tells. */
  readonly findings?: readonly Finding[];
}

/** Why there is no run yet. */
export interface AwaitingRun {
  /** Names of Executions: when one of them has changed it is looked at again. */
  readonly awaits: readonly string[];
  readonly message: string;
}

export const invalid = (message: string): RefusedRun => ({ reason: 'WorkflowInvalid', message });

/** Engines answer every definition and every result; what they throw is a fault of theirs, and would come again. */
export const engineFault = (error: unknown): RefusedRun =>
  invalid(`the engine cannot go on: ${(error as Error).message}. Please tell the makers of Squall`);

export const nowOf = ({ now }: Pick<OpenOptions, 'now'>): Date => now?.() ?? new Date();

/** How a run began; for one that goes on from another's tasks that is how the other did. */
export interface FirstEntry {
  readonly uid: string;
  readonly startedAtMs: number;
  /** Of the journal; none yet of a run that begins, by a Workflow as it is now. */
  readonly line?: string | undefined;
  readonly workflow?: Workflow;
}

/** A run of which nothing has happened yet; `pinned` is its definition. */
export function openLive(
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
    // As in Mistral: a workflow of a workbook hands its environment on.
    ...beginningOf(outermostOf(execution, options.sources.executions), pinned, {
      parameters: seenParameters(began, reads.handedOn),
      config: seen.config,
      serviceUrl: options.serviceUrl,
      uid: firstUid,
    }),
    workflow: execution.spec.request.workflow,
    notify: notify as Value | undefined, // it came as JSON
    executionOf: (key: string, task: string) => childName({ name, uid }, { key, task }, options.sha256),
  };
  const run = openRun(pinned, opening);
  if (typeof run === 'string') return invalid(run);
  return new LiveRun({
    run,
    engine: pinned.engine,
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
