// operator/controllers/workflow-run.ts — Executions of Workflows: the journal is read or begun, news are recorded, planRun decides.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Execution, Workflow } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import { isFinal, type Live as LiveExecution, parseExecution } from '../domain/execution/parse.ts';
import type { Audience } from '../domain/notify/audience.ts';
import { parentOf } from '../domain/workflow/children.ts';
import type { LiveRun } from '../domain/workflow/live.ts';
import { wishFor } from '../domain/workflow/news.ts';
import { type ObservedRun, planRun } from '../domain/workflow/plan.ts';
import { SquatterError, statusOf } from '../kube/errors.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, splitKey } from '../kube/store.ts';
import { begunWorkflow } from './begun-workflow.ts';
import { workflowOf } from './callable.ts';
import { aboveOf, isGoing } from './lineage.ts';
import { KnownChildren } from './run-children.ts';
import { type HeldRun, look, type RunLookOptions } from './run-look.ts';
import { openRunOf } from './run-open.ts';

export interface RunControllerOptions extends RunLookOptions {
  /** Who would hear of an end in a namespace. */
  readonly audience: (namespace: string) => Audience;
}

/** Beside what the loop needs, it wants to hear of failed looks: a child that is refused ends its task. */
export interface RunReconciler extends Reconciler<ObservedRun, ExecutionStatus> {
  onError(key: Key, error: unknown): void;
}

export function workflowRunReconciler(options: RunControllerOptions): RunReconciler {
  const { sources } = options;
  const held = new Map<Key, HeldRun & { readonly uid: string; readonly begun: Workflow | undefined }>();
  const children = new KnownChildren(sources.executions);
  /** Runs that have not begun, and what they wait for. */
  const awaiting = new Map<Key, ReadonlySet<Key>>();
  const keysOf = (execution: Execution): readonly Key[] => {
    const [own, parent] = [keyOf(execution), parentOf(execution)];
    const told = sources.executions.by('parent', own).filter((child) => stops(execution) || isStopped(child));
    const namespace = execution.metadata.namespace ?? '';
    const waiting = [...awaiting].flatMap(([key, awaited]) => (awaited.has(own) ? [key] : []));
    return [own, ...(parent ? [`${namespace}/${parent.name}` as const] : []), ...told.map(keyOf), ...waiting];
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
        awaiting.delete(key);
        children.forget(key);
        return undefined;
      }
      const { uid } = self.metadata;
      const { execution } = parsed;
      const workflow = workflowOf(execution, sources, options.systemNamespace);
      if (!workflow && !execution.status.workflow) return undefined;
      const found = held.get(key);
      const known = found?.uid === uid && isWritten(found.live, execution) ? found : undefined;
      const audience = options.audience(self.metadata.namespace ?? '');
      const wish = wishFor(execution, aboveOf(execution, sources.executions));
      if (!execution.status.workflow && wish === 'pause')
        return { self, execution, awaiting: { message: NOT_BEGUN, wish }, listening: { audience, callee: workflow } };
      const run = known ?? (await openRunOf(execution, workflow, options));
      if (!('awaits' in run)) awaiting.delete(key);
      const revision = 'revision' in run ? run.revision : execution.status.workflow?.revision;
      const begun = known ? known.begun : await begunWorkflow(self, revision, options);
      const listening = { audience, callee: begun ?? workflow };
      if ('reason' in run) return { self, execution, refused: run, listening };
      if ('awaits' in run) {
        const { namespace } = splitKey(key);
        awaiting.set(key, new Set(run.awaits.map((name) => `${namespace}/${name}` as const)));
        return { self, execution, awaiting: { message: run.message, wish }, listening };
      }
      const kept = known ?? {
        ...run,
        uid,
        begun,
        created: children.of(self),
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

const NOT_BEGUN = 'it has not begun; it does when it, or the workflow that it is a step of, is resumed';

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
