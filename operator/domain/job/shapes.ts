// operator/domain/job/shapes.ts — Jobs and Pods of the API server → the few fields that decisions need.
import { GROUP, type KubeObject, type ObjectMeta } from '../../api/meta.ts';
import { ACTION_CONTAINER, RUNNER_CONTAINER } from './names.ts';

type Json = Readonly<Record<string, unknown>>;

/** A condition of a Job or Pod that holds. */
export interface Holding {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface JobStatus {
  readonly conditions: readonly Holding[];
  readonly failed: number;
}

/** State of the one container, as Kubernetes says it. */
export type ContainerState =
  | { readonly is: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly is: 'running'; readonly startedAt: string }
  | {
      readonly is: 'terminated';
      readonly exitCode: number;
      readonly signal: number;
      readonly reason: string;
      readonly message: string;
      readonly startedAt: string | undefined;
      readonly endedAt: string | undefined;
    };

interface PodStatus {
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly Holding[];
  readonly container: ContainerState | undefined;
}

type Meta = KubeObject['metadata'];
export type Job = {
  readonly apiVersion: 'batch/v1';
  readonly kind: 'Job';
  readonly metadata: Meta;
  /** Whether its container has variables from Secrets. */
  readonly hasSecrets: boolean;
  readonly status: JobStatus;
};
export type Pod = {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: Meta;
  readonly status: PodStatus;
};

const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Conditions that a decision reads; a pod has four more, which would be half of what is kept of it. */
const READ = new Set(['PodScheduled', 'DisruptionTarget', 'Failed', 'FailureTarget', 'Complete', 'SuccessCriteriaMet']);

const conditionsOf = (status: Json): readonly Holding[] =>
  list(status['conditions']).flatMap((raw) => {
    const { type, status: held, reason, message, lastTransitionTime } = record(raw);
    if (!READ.has(text(type))) return [];
    const optional = { reason, message, lastTransitionTime };
    const given = Object.entries(optional).filter(([, value]) => typeof value === 'string' && value !== '');
    return [{ type: text(type), status: text(held), ...Object.fromEntries(given) }];
  });

function own(given: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  const entries = Object.entries(given ?? {}).filter(([key]) => key.startsWith(`${GROUP}/`));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Names, times, labels, owners: managedFields and foreign labels and annotations are left out. */
function metaOf(raw: KubeObject): Meta {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels, ownerReferences } =
    raw.metadata;
  const annotations = own(raw.metadata.annotations);
  const labelled = own(labels);
  const meta: ObjectMeta = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(labelled === undefined ? {} : { labels: labelled }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { ...meta, uid, resourceVersion };
}

/** Never throws, whatever the object looks like. */
export function projectJob(raw: KubeObject): Job {
  const status = record(raw.status);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metaOf(raw),
    hasSecrets: list(record(record(record(raw.spec)['template'])['spec'])['containers']).some(takesSecrets),
    status: { conditions: conditionsOf(status), failed: number(status['failed']) },
  };
}

function takesSecrets(container: unknown): boolean {
  const { env, envFrom } = record(container);
  const isSecret = (variable: unknown) => record(record(variable)['valueFrom'])['secretKeyRef'] !== undefined;
  return list(env).some(isSecret) || list(envFrom).some((source) => record(source)['secretRef'] !== undefined);
}

/** Never throws, whatever the object looks like. */
export function projectPod(raw: KubeObject): Pod {
  const status = record(raw.status);
  const containers = list(status['containerStatuses']).map(record);
  // Meshes and the like put containers of their own beside ours, and the kubelet sorts them by name.
  const container = containers.find(({ name }) => name === RUNNER_CONTAINER || name === ACTION_CONTAINER);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metaOf(raw),
    status: {
      phase: text(status['phase']),
      reason: text(status['reason']),
      message: text(status['message']),
      conditions: conditionsOf(status),
      container: stateOf(record((container ?? containers[0])?.['state'])),
    },
  };
}

function stateOf(state: Json): ContainerState | undefined {
  if (state['terminated']) {
    const ended = record(state['terminated']);
    return {
      is: 'terminated',
      exitCode: number(ended['exitCode']),
      signal: number(ended['signal']),
      reason: text(ended['reason']),
      message: text(ended['message']),
      startedAt: text(ended['startedAt']) || undefined,
      endedAt: text(ended['finishedAt']) || undefined,
    };
  }
  if (state['running']) return { is: 'running', startedAt: text(record(state['running'])['startedAt']) };
  if (!state['waiting']) return undefined;
  const waiting = record(state['waiting']);
  return { is: 'waiting', reason: text(waiting['reason']), message: text(waiting['message']) };
}

/** The condition, if it holds. */
export const held = (conditions: readonly Holding[], type: string): Holding | undefined =>
  conditions.find((condition) => condition.type === type && condition.status === 'True');
