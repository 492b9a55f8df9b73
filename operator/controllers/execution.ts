// operator/controllers/execution.ts — Executions with their Jobs and Pods, decided by planExecution; and the sweep that misses nobody.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Action, Execution, KeyValue, TriggerType } from '../api/kinds.ts';
import type { KubeObject } from '../api/meta.ts';
import { entriesOf } from '../domain/datastore/entry.ts';
import { type CallableStores, workflowOf } from './callable.ts';
import { type ConfigurationSources, configurationFor } from './configuration.ts';
import type { ExecutionSettings, ObservedExecution, Refused } from '../domain/execution/observed.ts';
import { isFinal, parseExecution } from '../domain/execution/parse.ts';
import { planExecution } from '../domain/execution/plan.ts';
import { attemptOf, executionKeysOf, jobName } from '../domain/job/names.ts';
import type { Job, Pod } from '../domain/job/shapes.ts';
import type { Audience } from '../domain/notify/audience.ts';
import { hasDueEvents } from '../domain/notify/due.ts';
import { callableOf } from '../domain/workflow/as-action.ts';
import { requestIn } from '../domain/notify/request.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import { SquatterError, statusOf } from '../kube/errors.ts';
import type { WorkQueue } from '../kube/queue.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, splitKey, type Store, withoutNoise } from '../kube/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { belowOf, isAwaited, isNeeded, letGo } from './execution-kept.ts';
import { answer, type LookOptions } from './execution-look.ts';

interface ExecutionSources extends ConfigurationSources, CallableStores {
  readonly executions: Store<Execution>;
  /** With TRIGGER_TYPE_INDEXES. */
  readonly triggerTypes: Store<TriggerType>;
  /** Both with BY_EXECUTION. */
  readonly jobs: Store<Job>;
  readonly pods: Store<Pod>;
  /** With KEY_VALUE_INDEXES. */
  readonly keyValues: Store<KeyValue>;
}

export interface ExecutionControllerOptions extends LookOptions {
  readonly sources: ExecutionSources;
  readonly settings: ExecutionSettings;
  /** Where the pack core lives. */
  readonly systemNamespace: string;
  /** Who would hear of an end in a namespace. */
  readonly audience: (namespace: string) => Audience;
  readonly now?: () => Date;
}

/** Beside what the loop needs, it wants to hear of failed looks: a refused Job ends its Execution. */
export interface ExecutionReconciler extends Reconciler<ObservedExecution, ExecutionStatus> {
  onError(key: Key, error: unknown): void;
}

/** Most questions to the API server in one look. */
const LOOKS_MAX = 3;

/** For the store of Executions: what a finished one was given and gave is read from the API server. */
export function projectExecution(raw: KubeObject): Execution {
  const noiseless = withoutNoise(raw);
  const parsed = parseExecution(noiseless);
  if (!parsed.ok) return noiseless as Execution; // kept, so that it can be told what is wrong with it
  const { execution } = parsed;
  // What rules are still to be told of its end is read here.
  if (!isFinal(execution.status.phase) || hasDueEvents(execution)) return execution;
  const { parameters: _, ...request } = execution.spec.request;
  const { result: __, workflow, ...status } = execution.status;
  const kept = workflow ? { ...status, workflow: { ...workflow, journal: [] } } : status;
  return { ...execution, spec: { ...execution.spec, request }, status: kept };
}

export function executionReconciler(options: ExecutionControllerOptions): ExecutionReconciler {
  const { sources, now = () => new Date() } = options;
  const { executions, jobs, pods } = sources;
  const refused = new Map<Key, Refused>();
  const forbidden = new Map<Key, { readonly job: string; readonly at: number }>();
  const lost = new Map<Key, string>();
  jobs.subscribe((old, current) => {
    if (old && !current)
      for (const key of executionKeysOf(old)) if (executions.get(key)) lost.set(key, old.metadata.name);
  });

  const look = (key: Key): ObservedExecution | undefined => {
    const self = executions.get(key);
    if (!self) {
      refused.delete(key);
      forbidden.delete(key);
      lost.delete(key);
      return undefined;
    }
    if (isRun(self, options)) return undefined;
    return { ...observe(self, key, options), refused: refused.get(key), lostJob: lost.get(key) };
  };
  return {
    name: 'execution',
    watches: [watched(executions), letGo(executions), watched(jobs, executionKeysOf), watched(pods, executionKeysOf)],
    observe: async (key) => {
      let observed = look(key);
      for (let looks = 0; observed && looks < LOOKS_MAX; looks++) {
        const question = planExecution(observed, now()).look;
        if (!question) break;
        const answers = { ...answersOf(observed), ...(await answer(question, observed.self, options)) };
        observed = { ...(look(key) ?? observed), ...answers };
      }
      return observed;
    },
    plan: planExecution,
    onError: (key, error) => {
      const self = executions.get(key);
      const why = refusalOf(error);
      if (!self || !why) return;
      const job = jobName(self.metadata.name, self.status?.attempt ?? 1, options.settings.sha256);
      const first = forbidden.get(key);
      const at = first?.job === job ? first.at : now().getTime();
      forbidden.set(key, { job, at });
      if (why.mayPass && now().getTime() - at < FORBIDDEN_GRACE_MS) return;
      refused.set(key, { job, reason: why.reason, message: why.message });
    },
  };
}

/** Whether the controller of workflows looks after it, until it has ended. */
function isRun(self: Execution, { sources, systemNamespace }: ExecutionControllerOptions): boolean {
  if (isFinal(self.status?.phase ?? 'Requested')) return false;
  if (!parseExecution(self).ok) return false; // that controller can make nothing of it; here it ends
  return self.status?.workflow !== undefined || workflowOf(self, sources, systemNamespace) !== undefined;
}

const answersOf = ({ missing, warned, stored, log }: ObservedExecution) => ({
  ...(missing === undefined ? {} : { missing }),
  ...(warned === undefined ? {} : { warned }),
  ...(stored === undefined ? {} : { stored }),
  ...(log === undefined ? {} : { log }),
});

function observe(
  self: Execution,
  key: Key,
  { sources, settings, systemNamespace, audience, now = () => new Date() }: ExecutionControllerOptions,
): ObservedExecution {
  const { executions, triggerTypes, jobs, pods, keyValues } = sources;
  const { namespace } = splitKey(key);
  const parsed = parseExecution(self);
  const request = parsed.ok ? parsed.execution.spec.request : undefined;
  const at = (ref: string) => `${namespaceOfRef(ref, namespace, systemNamespace)}/${ref}`;
  const event = request?.context?.trigger?.type;
  const attempt = parsed.ok ? parsed.execution.status.attempt : 1;
  const named = jobs.get(`${namespace}/${jobName(self.metadata.name, attempt, settings.sha256)}`);
  const own = jobs.by('execution', key);
  const { action: ref } = requestIn(self); // also of one that fits no schema: its end is told
  const isOver = !parsed.ok || isFinal(parsed.execution.status.phase);
  const below = isOver ? belowOf(self, executions) : new Set<Execution>();
  const action = typeof ref === 'string' ? calleeOf(at(ref), isOver, sources) : undefined;
  const configuration = action && configurationFor(action, sources);
  return {
    self,
    action,
    jobs: named && !own.includes(named) ? [...own, named] : own,
    pods: pods.by('execution', key),
    isNeeded: isNeeded(below, executions),
    isAwaited: isOver && isAwaited(self, below, executions),
    audience: audience(namespace),
    settings,
    config: configuration?.config,
    configFaults: configuration?.faults ?? [],
    entries: entriesOf(keyValues, namespace, now()),
    dedupeWindowSeconds:
      event === undefined ? undefined : winnerOf(triggerTypes.by('ref', at(event)))?.spec.dedupeWindowSeconds,
  };
}

/** Of a run that is over, or never could begin, a Workflow says how long it is kept and who is told. */
function calleeOf(key: string, isOver: boolean, { actions, workflows }: ExecutionSources): Action | undefined {
  const named = actions.by('ref', key);
  return isOver ? callableOf(named, workflows.by('ref', key)) : winnerOf(named);
}

/** What the API server will refuse again; undefined for what may pass by itself. */
function refusalOf(error: unknown): (Pick<Refused, 'reason' | 'message'> & { readonly mayPass: boolean }) | undefined {
  if (error instanceof SquatterError) return { reason: 'NameTaken', message: error.message, mayPass: false };
  const status = statusOf(error);
  if (!status || status.details?.kind === 'executions' || ![400, 403, 413, 422].includes(status.code)) return undefined;
  // A quota has room again, and an API server that has just started knows no rights yet.
  return {
    reason: 'JobRefused',
    message: `Kubernetes refused the Job: ${status.message}`,
    mayPass: status.code === 403,
  };
}

export interface SweepOptions {
  readonly sources: Pick<ExecutionSources, 'executions' | 'jobs'>;
  /** That of the execution controller. */
  readonly queue: WorkQueue;
  readonly metrics: Metrics;
  readonly log: Log;
}

const SWEEP_MS = 30_000;
/** How long a Job that is forbidden is tried again. */
const FORBIDDEN_GRACE_MS = 600_000;

/** Every 30 s: Executions that should have a Job for 30 s and have none are counted and looked at. @returns a function that ends it */
export function startSweep(options: SweepOptions): () => void {
  const timer = setInterval(() => sweep(options, new Date()), SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** @returns how many were found */
export function sweep({ sources: { executions, jobs }, queue, metrics, log }: SweepOptions, now: Date): number {
  let found = 0;
  for (const execution of executions.values()) {
    const { phase = 'Requested', notBefore, startedAt, attempt = 1, workflow } = execution.status ?? {};
    if (workflow) continue;
    if (phase !== 'Requested' && phase !== 'Delayed' && phase !== 'Running') continue;
    const due = Date.parse(notBefore ?? startedAt ?? execution.metadata.creationTimestamp ?? '');
    const key = keyOf(execution);
    if (now.getTime() - due < SWEEP_MS || jobs.by('execution', key).some((job) => attemptOf(job) === attempt)) continue;
    found++;
    metrics.sweptExecutions.inc();
    log.warn({ key, uid: execution.metadata.uid, phase }, 'an execution had no job');
    queue.add(key);
  }
  return found;
}
