// operator/controllers/workflow-run.ts — Executions of Workflows: the journal is read or begun, news are recorded, planRun decides.
import type { ExecutionStatus } from '../api/execution.ts';
import { SecretValue } from '../api/action.ts';
import type { Action, Execution, Workflow } from '../api/kinds.ts';
import type { Reason } from '../api/reasons.ts';
import { actionContext } from '../domain/action/action-context.ts';
import { resolveParameters } from '../domain/action/resolve.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { isFinal, type Live as LiveExecution, parseExecution } from '../domain/execution/parse.ts';
import { seedOf } from '../domain/job/job.ts';
import { bytesOf, placeOf, type Stored } from '../domain/result/result.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import type { Sha256 } from '../domain/trigger/event.ts';
import { beginningOf, parametersOf } from '../domain/workflow/begin.ts';
import { childName, childResult, parentOf } from '../domain/workflow/children.ts';
import type { Child, Entry } from '../domain/workflow/engine.ts';
import { jsonOf } from '../domain/workflow/json.ts';
import { workflowFault } from '../domain/workflow/judge.ts';
import { type LiveChild, LiveRun } from '../domain/workflow/live.ts';
import { childNews, requestNews } from '../domain/workflow/news.ts';
import { openRun, type Pinned } from '../domain/workflow/pinned.ts';
import { hasRunEnded, type ObservedRun, planRun } from '../domain/workflow/plan.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, splitKey, type Store } from '../kube/store.ts';
import type { RunStore } from './run-store.ts';

export interface RunSources {
  /** With EXECUTION_INDEXES. */
  readonly executions: Store<Execution>;
  readonly actions: Store<Action>;
  readonly workflows: Store<Workflow>;
}

export interface WorkflowLimits {
  /** Children of one run, in all. */
  readonly tasks: number;
  /** Variables of one run, in bytes of JSON. */
  readonly contextBytes: number;
  /** Workflows in workflows. */
  readonly depth: number;
}

export interface RunControllerOptions {
  readonly sources: RunSources;
  readonly store: RunStore;
  readonly storeResult: (json: string) => Promise<{ readonly digest: string; readonly bytes: number }>;
  readonly limits: WorkflowLimits;
  readonly serviceUrl: string;
  readonly systemNamespace: string;
  readonly sha256: Sha256;
  readonly now?: () => Date;
}

/** A run in memory; `revision` names its definition. */
interface Held {
  readonly live: LiveRun;
  readonly revision: string;
  readonly created: Set<string>;
  /** When it last had news, by the monotonic clock, in ms: at most as many as `BURST`. */
  readonly told: number[];
}

/** Statuses of one run are written at most so often: this many at once, one more each half second. */
const BURST = 4;
const PAUSE_MS = 500;
/** Rounds of refused children in one look. */
const ROUNDS_MAX = 1000;

type Refused = { readonly reason: Reason; readonly message: string };

/** Whether an Execution runs a Workflow: one that began is one for ever. */
export function workflowOf(
  { metadata, spec }: Execution,
  { actions, workflows }: Pick<RunSources, 'actions' | 'workflows'>,
  systemNamespace: string,
): Workflow | undefined {
  const ref = (spec as Partial<Execution['spec']> | undefined)?.request?.action;
  if (typeof ref !== 'string') return undefined; // it fits no schema, and the other controller says so
  const key = `${namespaceOfRef(ref, metadata.namespace ?? '', systemNamespace)}/${ref}`;
  const winner = winnerOf<Action | Workflow>([...actions.by('ref', key), ...workflows.by('ref', key)]);
  return winner?.kind === 'Workflow' ? (winner as Workflow) : undefined;
}

export function workflowRunReconciler(options: RunControllerOptions): Reconciler<ObservedRun, ExecutionStatus> {
  const { sources } = options;
  const held = new Map<string, Held>();
  const keysOf = (execution: Execution): readonly Key[] => {
    const [own, parent, tells] = [keyOf(execution), parentOf(execution), execution.status?.workflow?.tells];
    const told = sources.executions.by('parent', own).filter((child) => tells !== 'run' || isStopped(child));
    const namespace = execution.metadata.namespace ?? '';
    return [own, ...(parent ? [`${namespace}/${parent.name}` as const] : []), ...told.map(keyOf)];
  };
  return {
    name: 'workflow-run',
    watches: [watched(sources.executions, keysOf)],
    observe: async (key) => {
      const self = sources.executions.get(key);
      const parsed = self && parseExecution(self);
      const uid = self?.metadata.uid ?? '';
      if (!self || !parsed?.ok || isFinal(parsed.execution.status.phase)) {
        held.delete(uid);
        return undefined;
      }
      const { execution } = parsed;
      const workflow = workflowOf(execution, sources, options.systemNamespace);
      if (!workflow && !execution.status.workflow) return undefined;
      const found = held.get(uid);
      const known = found && isWritten(found.live, execution) ? found : undefined;
      const run = known ?? (await open(execution, workflow, options));
      if ('reason' in run) return { self, execution, refused: run };
      held.set(uid, run);
      return await look(self, execution, run, options);
    },
    plan: planRun,
  };
}

/** It waits to be told to go on. */
const isStopped = ({ status }: Execution): boolean => status?.phase === 'Paused' || status?.phase === 'Pausing';

/** Whether what is in memory is what the status says: a write that failed, or another's, makes them differ. */
function isWritten({ journal }: LiveRun, { status }: LiveExecution): boolean {
  const written = status.workflow?.journal ?? [];
  return written.length === journal.length && written.at(-1) === journal.at(-1);
}

/** Reads the journal, or begins one. */
async function open(
  execution: LiveExecution,
  workflow: Workflow | undefined,
  options: RunControllerOptions,
): Promise<Held | Refused> {
  const { namespace = '' } = execution.metadata;
  const home = namespaceOfRef(execution.spec.request.action, namespace, options.systemNamespace);
  const { workflow: state } = execution.status;
  if (state) {
    const pinned = await options.store.pinned(home, state.revision);
    if (!pinned)
      return invalid(`the ControllerRevision ${home}/${state.revision} with its definition is gone; run it again`);
    const live = openLive(execution, pinned, Date.parse(state.startedAt), options);
    if ('reason' in live) return live;
    const results = await options.store.allResults(namespace, [execution.metadata.name, ...rerunsIn(state.journal)]);
    live.replay(state.journal, (name) => results.get(name) ?? childResult(undefined, undefined));
    return { live, revision: state.revision, created: new Set(), told: [] };
  }
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
  const live = openLive(execution, pinned, nowOf(options).getTime(), options);
  if ('reason' in live) return live;
  live.record({ atMs: 0, entry: { is: 'start' } });
  return { live, revision, created: new Set(), told: [] };
}

const invalid = (message: string): Refused => ({ reason: 'WorkflowInvalid', message });

/** Names of the Executions that a run goes on from. */
const rerunsIn = (journal: readonly string[]): readonly string[] =>
  journal.flatMap((line) => /^\d+ rerun \{"of":"([^"]+)"/.exec(line)?.[1] ?? []);

const nowOf = ({ now }: RunControllerOptions): Date => now?.() ?? new Date();

function openLive(
  execution: LiveExecution,
  pinned: Pinned,
  startedAtMs: number,
  options: RunControllerOptions,
): LiveRun | Refused {
  const { name, uid } = execution.metadata;
  const seed = seedOf(uid);
  const began = parametersOf(execution, pinned, { nowMs: startedAtMs, seed });
  if (!began.ok) return began;
  const nameOf = (owner: string, child: Child) => childName({ name: owner, uid }, child, options.sha256);
  const opening = {
    ...beginningOf(execution, pinned, { parameters: began.parameters, serviceUrl: options.serviceUrl }),
    workflow: execution.spec.request.workflow,
    executionOf: (key: string) => key,
  };
  const run = openRun(pinned, opening);
  if (typeof run === 'string') return invalid(run);
  return new LiveRun({ run, startedAtMs, seed, owner: name, nameOf, references: began.references });
}

/** How many workflows it is in, itself included. */
function depthOf(execution: Execution, executions: Store<Execution>): number {
  let depth = 1;
  for (let parent = parentOf(execution); parent; depth++) {
    const found = executions.get(`${execution.metadata.namespace ?? ''}/${parent.name}`);
    parent = found && parentOf(found);
  }
  return depth;
}

/** Records what is new, unless something was told a moment ago, and sees what is to be done. */
async function look(
  self: Execution,
  execution: LiveExecution,
  run: Held,
  options: RunControllerOptions,
): Promise<ObservedRun> {
  const { live, revision, created } = run;
  const key = keyOf(self);
  const { executions } = options.sources;
  const children = new Map<string, Execution>();
  for (const child of executions.by('parent', key)) {
    if (parentOf(child)?.uid !== self.metadata.uid) continue;
    children.set(child.metadata.name, child);
    created.add(child.metadata.name);
  }
  const seen = { children, gone: await goneOf(live, children, created, options, key) };
  const now = nowOf(options);
  const parent = parentOf(execution);
  const above = parent && executions.get(`${self.metadata.namespace ?? ''}/${parent.name}`);
  const request = requestNews(live, execution, above);
  const news = childNews(live, seen, now);
  const base = { self, execution, live, revision, children };
  if (request || news.length > 0) {
    const heldMs = heldFor(run);
    if (heldMs > 0) return { ...base, heldMs };
    run.told.push(performance.now());
  }
  const withResult = news.filter(({ hasResult }) => hasResult).map(({ child }) => child.name);
  const results = await options.store.results(self.metadata.namespace ?? '', withResult);
  const atMs = Math.max(lastAt(live), now.getTime() - live.startedAtMs);
  if (request) live.record({ atMs, entry: request });
  for (const { child, entry } of news) {
    const result = results.get(child.name) as Value | undefined;
    live.record({ atMs, entry: entry.is === 'child' && result !== undefined ? { ...entry, result } : entry });
  }
  refuseWrong(live, atMs, execution, options);
  const limit = limitOf(live, options.limits);
  if (limit) return { ...base, refused: limit };
  return hasRunEnded(live.status) ? { ...base, stored: await storedOf(live, options) } : base;
}

/** Children that were there and are not: a live answer says so. */
async function goneOf(
  live: LiveRun,
  children: ReadonlyMap<string, Execution>,
  created: ReadonlySet<string>,
  { store }: RunControllerOptions,
  key: Key,
): Promise<ReadonlySet<string>> {
  const { namespace } = splitKey(key);
  const missing = [...live.open].filter(({ name }) => created.has(name) && !children.has(name));
  const there = await Promise.all(missing.map(({ name }) => store.exists(`${namespace}/${name}`)));
  return new Set(missing.filter((_, i) => there[i] === false).map(({ name }) => name));
}

function heldFor({ told }: Held): number {
  const since = performance.now() - BURST * PAUSE_MS;
  while (told[0] !== undefined && told[0] <= since) told.shift();
  return told.length < BURST ? 0 : Math.ceil((told[0] ?? since) - since) + 1;
}

const lastAt = ({ journal }: LiveRun): number => Number.parseInt(journal.at(-1) ?? '0', 10);

/** Children whose action is not there, or does not take what it is given: told to the run before anything is made of them. */
function refuseWrong(live: LiveRun, atMs: number, execution: LiveExecution, options: RunControllerOptions): void {
  const checked = new Set<LiveChild>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let found: Entry | undefined;
    for (const child of live.open) {
      if (checked.has(child) || child.index < live.sound) continue;
      checked.add(child);
      found = faultIn(child, live, execution, options);
      if (found) break;
    }
    if (!found) break;
    live.record({ atMs, entry: found });
  }
  live.sound = live.size;
}

function faultIn(
  { child }: LiveChild,
  { references }: LiveRun,
  execution: LiveExecution,
  options: RunControllerOptions,
): Entry | undefined {
  const { actions, workflows } = options.sources;
  const { key, action: ref, input } = child;
  const parameters = jsonOf(input);
  const foreign = Object.entries(parameters).find(([, value]) => isForeign(value, references));
  if (foreign) return { is: 'refused', key, error: foreignText(foreign[0]) };
  if (ref === undefined) return undefined;
  const at = `${namespaceOfRef(ref, execution.metadata.namespace ?? '', options.systemNamespace)}/${ref}`;
  const target = winnerOf<Action | Workflow>([...actions.by('ref', at), ...workflows.by('ref', at)]);
  if (!target) return { is: 'refused', key, reason: 'unknown', error: `Unable to find action "${ref}".` };
  if (target.kind !== 'Action') return undefined;
  const action = target as Action;
  const resolved = resolveParameters(action.spec, {
    ref,
    parameters,
    rendered: false,
    context: { action_context: actionContext(execution.spec.request.context, action), config_context: {} },
    world: { nowMs: nowOf(options).getTime(), seed: 0 },
  });
  return resolved.ok ? undefined : { is: 'refused', key, error: resolved.message };
}

/** The operator makes the children, and may name any Secret; who wrote the definition, or what a task returned, may not. */
const isForeign = (value: unknown, references: ReadonlySet<string>): boolean => {
  const reference = SecretValue.safeParse(value);
  return reference.success && !references.has(JSON.stringify(reference.data));
};

const foreignText = (parameter: string): string =>
  `parameters.${parameter}: a workflow may hand on only those references to Secrets that it was given; make it a secret parameter of the Workflow`;

function limitOf(live: LiveRun, limits: WorkflowLimits): Refused | undefined {
  if (live.size > limits.tasks)
    return { reason: 'WorkflowLimit', message: `it has more than ${limits.tasks} tasks and items; split the workflow` };
  const bytes = live.run.contextBytes();
  if (bytes <= limits.contextBytes) return undefined;
  const message = `its variables take ${bytes} bytes, more than ${limits.contextBytes}; publish less`;
  return { reason: 'WorkflowLimit', message };
}

async function storedOf(live: LiveRun, { storeResult }: RunControllerOptions): Promise<Stored> {
  const result = jsonOf(live.run.result());
  const json = JSON.stringify(result);
  switch (placeOf(bytesOf(json))) {
    case 'status':
      return { inline: result };
    case 'store':
      return { ref: await storeResult(json) };
    case 'nowhere':
      return { inline: { output: null, errors: [{ type: 'error', message: 'The output is larger than 8 MiB.' }] } };
  }
}
