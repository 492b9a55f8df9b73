// operator/controllers/workflow-run.ts — Executions of Workflows: the journal is read or begun, news are recorded, planRun decides.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Action, Execution, KeyValue, Workflow } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { withoutMarks } from '../domain/datastore/handed-on.ts';
import { isFinal, type Live as LiveExecution, parseExecution } from '../domain/execution/parse.ts';
import type { Audience } from '../domain/notify/audience.ts';
import { bytesOf, placeOf, type Stored } from '../domain/result/result.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import { parentOf } from '../domain/workflow/children.ts';
import type { Entry } from '../domain/workflow/engine.ts';
import { jsonOf } from '../domain/workflow/json.ts';
import type { LiveRun } from '../domain/workflow/live.ts';
import { type ChildNews, childNews, forgone, requestNews } from '../domain/workflow/news.ts';
import { hasRunEnded, type ObservedRun, planRun } from '../domain/workflow/plan.ts';
import { limitReached, refuseWrong, type Surroundings } from '../domain/workflow/soundness.ts';
import { SquatterError, statusOf } from '../kube/errors.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, splitKey, type Store } from '../kube/store.ts';
import { type ConfigurationSources, configurationFor } from './configuration.ts';
import { claimantsOf } from './workflow.ts';
import { entriesNow, nowOf, type OpenedRun, type OpenOptions, openRunOf, type RefusedRun } from './run-open.ts';

export interface RunSources extends ConfigurationSources {
  /** With EXECUTION_INDEXES. */
  readonly executions: Store<Execution>;
  readonly actions: Store<Action>;
  readonly workflows: Store<Workflow>;
  /** With KEY_VALUE_INDEXES. */
  readonly keyValues: Store<KeyValue>;
}

export interface RunControllerOptions extends OpenOptions {
  readonly sources: RunSources;
  readonly storeResult: (json: string) => Promise<{ readonly digest: string; readonly bytes: number }>;
  /** Who would hear of an end in a namespace. */
  readonly audience: (namespace: string) => Audience;
}

/** A run in memory. */
interface Held extends OpenedRun {
  /** Names of children that were seen. */
  readonly created: Set<string>;
  /** When it was opened and when it had news, by the monotonic clock, in ms: the latest of them. */
  readonly told: number[];
  /** Why the API server will never take a child, by its name. */
  readonly refusals: Map<string, string>;
}

/** Beside what the loop needs, it wants to hear of failed looks: a child that is refused ends its task. */
export interface RunReconciler extends Reconciler<ObservedRun, ExecutionStatus> {
  onError(key: Key, error: unknown): void;
}

/** News of one run are written at most twice a second while many children are under way; a narrow one may be quick. */
const PAUSE_MS = 530;
const MANY = 8;
const BURST_OF_FEW = 20;

/** Whether an Execution runs a Workflow: one that began is one for ever, and one that began as an Action's is none. */
export function workflowOf(
  { metadata, spec, status }: Execution,
  { actions, workflows }: Pick<RunSources, 'actions' | 'workflows'>,
  systemNamespace: string,
): Workflow | undefined {
  const ref = (spec as Partial<Execution['spec']> | undefined)?.request?.action;
  if (typeof ref !== 'string') return undefined; // it fits no schema, and the other controller says so
  if (!status?.workflow && (status?.job || status?.attempts?.length)) return undefined;
  const winner = callable(ref, metadata.namespace ?? '', { actions, workflows }, systemNamespace);
  return winner?.kind === 'Workflow' ? (winner as Workflow) : undefined;
}

/** What a reference means in a namespace. */
function callable(
  ref: string,
  namespace: string,
  { actions, workflows }: Pick<RunSources, 'actions' | 'workflows'>,
  systemNamespace: string,
): Action | Workflow | undefined {
  const key = `${namespaceOfRef(ref, namespace, systemNamespace)}/${ref}`;
  return winnerOf(claimantsOf({ actions, workflows }, key));
}

export function workflowRunReconciler(options: RunControllerOptions): RunReconciler {
  const { sources } = options;
  const held = new Map<Key, Held & { readonly uid: string }>();
  const keysOf = (execution: Execution): readonly Key[] => {
    const [own, parent] = [keyOf(execution), parentOf(execution)];
    const told = sources.executions.by('parent', own).filter((child) => stops(execution) || isStopped(child));
    const namespace = execution.metadata.namespace ?? '';
    return [own, ...(parent ? [`${namespace}/${parent.name}` as const] : []), ...told.map(keyOf)];
  };
  /** An Execution may be there before the Workflow that it is to run. */
  const waitingFor = (workflow: Workflow): readonly Key[] =>
    [...sources.executions.values()]
      .filter((one) => (one.status?.phase ?? 'Requested') === 'Requested' && isFor(one, workflow))
      .map(keyOf);
  return {
    name: 'workflow-run',
    watches: [watched(sources.executions, keysOf), watched(sources.workflows, waitingFor)],
    observe: async (key) => {
      const self = sources.executions.get(key);
      const parsed = self && parseExecution(self);
      if (!self || !parsed?.ok || isFinal(parsed.execution.status.phase) || isGoing(self, sources.executions)) {
        held.delete(key);
        return undefined;
      }
      const { uid } = self.metadata;
      const { execution } = parsed;
      const workflow = workflowOf(execution, sources, options.systemNamespace);
      if (!workflow && !execution.status.workflow) return undefined;
      const found = held.get(key);
      const known = found?.uid === uid && isWritten(found.live, execution) ? found : undefined;
      const run = known ?? (await openRunOf(execution, workflow, options));
      const listening = { audience: options.audience(self.metadata.namespace ?? ''), callee: workflow };
      if ('reason' in run) return { self, execution, refused: run, listening };
      const kept = known ?? {
        ...run,
        uid,
        created: new Set<string>(),
        told: [performance.now()],
        refusals: new Map<string, string>(),
      };
      held.set(key, kept);
      return { ...(await look(self, execution, kept, options)), listening };
    },
    plan: planRun,
    onError: (key, error) => {
      const refused = refusalOf(error);
      if (refused) held.get(key)?.refusals.set(refused.name, refused.message);
    },
  };
}

/** What is deleted, or belongs to what is, starts nothing more: Kubernetes takes it away with all that belongs to it. */
function isGoing(self: Execution, executions: Store<Execution>): boolean {
  if (self.metadata.deletionTimestamp !== undefined) return true;
  const parent = parentOf(self);
  const above = parent && executions.get(`${self.metadata.namespace ?? ''}/${parent.name}`);
  return parent !== undefined && (above?.metadata.uid !== parent.uid || above.metadata.deletionTimestamp !== undefined);
}

/** The object that the API server will never take, and why; undefined for what may pass by itself. */
function refusalOf(error: unknown): { readonly name: string; readonly message: string } | undefined {
  if (error instanceof SquatterError) return { name: error.existing.metadata.name, message: error.message };
  const status = statusOf(error);
  const name = status?.details?.name;
  if (!status || name === undefined || (status.code !== 400 && status.code !== 422)) return undefined;
  return { name, message: `Kubernetes refused its Execution: ${status.message}` };
}

const isFor = ({ spec }: Execution, workflow: Workflow): boolean =>
  (spec as Partial<Execution['spec']> | undefined)?.request?.action === refOf(workflow);

/** What it tells its children, or has come to, stops them. */
const stops = ({ status }: Execution): boolean =>
  status?.phase === 'Canceled' || (status?.workflow !== undefined && status.workflow.tells !== 'run');

/** It waits to be told to go on. */
const isStopped = ({ status }: Execution): boolean => status?.phase === 'Paused' || status?.phase === 'Pausing';

/** Whether what is in memory is what the status says: a write that failed, or another's, makes them differ. */
function isWritten({ journal }: LiveRun, { status }: LiveExecution): boolean {
  const written = status.workflow?.journal ?? [];
  return written.length === journal.length && written.every((line, i) => line === journal[i]);
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
  const refused = take(run, { request, news, results, around: surroundings(execution, children, now, options) });
  if (refused) return { ...base, refused };
  const limit = limitReached(live, options.limits);
  if (limit) return { ...base, refused: limit };
  if (!hasRunEnded(live.status)) return base;
  const stored = await storedOf(live, options);
  return stored ? { ...base, stored } : { ...base, refused: TOO_LARGE };
}

interface Taken {
  readonly request: Entry | undefined;
  readonly news: readonly ChildNews[];
  /** By the name of the child. */
  readonly results: ReadonlyMap<string, unknown>;
  readonly around: Surroundings;
}

/** Records it all, and what cannot be made of what follows. @returns why the run cannot go on */
function take({ live, refusals }: Held, { request, news, results, around }: Taken): RefusedRun | undefined {
  const atMs = Math.max(live.lastAtMs, around.nowMs - live.startedAtMs);
  try {
    if (request) live.record({ atMs, entry: request });
    for (const one of news) {
      const { entry } = one.hasResult && !results.has(one.child.name) ? forgone(one.child, 'failed') : one;
      const result = results.get(one.child.name) as Value | undefined;
      live.record({ atMs, entry: entry.is === 'child' && result !== undefined ? { ...entry, result } : entry });
    }
    for (const [name, error] of refusals) {
      const key = live.childNamed(name)?.child.key;
      if (key !== undefined && !around.isThere(name)) live.record({ atMs, entry: { is: 'refused', key, error } });
    }
    refusals.clear();
    refuseWrong(live, atMs, around);
    return undefined;
  } catch (error) {
    // Engines answer every definition and every result; what they throw is a fault of theirs, and would come again.
    const message = `the engine cannot go on: ${(error as Error).message}. Please tell the makers of Squall`;
    return { reason: 'WorkflowInvalid', message };
  }
}

const surroundings = (
  execution: LiveExecution,
  children: ReadonlyMap<string, Execution>,
  now: Date,
  options: RunControllerOptions,
): Surroundings => {
  const { namespace = '' } = execution.metadata;
  return {
    execution,
    isThere: (name) => children.has(name),
    callable: (ref) => callable(ref, namespace, options.sources, options.systemNamespace),
    nowMs: now.getTime(),
    entries: entriesNow(namespace, options),
    configOf: (action) => configurationFor(action, options.sources)?.config,
  };
};

const TOO_LARGE: RefusedRun = {
  reason: 'WorkflowLimit',
  message: 'its result is larger than 8 MiB; give a part of it as output, or let an action keep it elsewhere',
};

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

function heldFor({ live, told }: Held): number {
  const burst = live.counts.running > MANY ? 1 : BURST_OF_FEW;
  const since = performance.now() - burst * PAUSE_MS;
  const recent = told.filter((at) => at > since);
  told.splice(0, told.length, ...told.slice(-BURST_OF_FEW));
  return recent.length < burst ? 0 : Math.ceil((recent.at(-burst) ?? since) - since) + 1;
}

/** Undefined: it is too large to be kept. */
async function storedOf(live: LiveRun, { storeResult }: RunControllerOptions): Promise<Stored | undefined> {
  const result = jsonOf(live.run.result());
  const whole = JSON.stringify(result);
  const json = withoutMarks(whole);
  switch (placeOf(bytesOf(json))) {
    case 'status':
      return { inline: json === whole ? result : (JSON.parse(json) as unknown) };
    case 'store':
      return { ref: await storeResult(json) };
    case 'nowhere':
      return undefined;
  }
}
