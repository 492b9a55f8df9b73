// operator/domain/job/outcome.ts — Job and Pod as they are → where the attempt stands, and if it ended without a result, why.
import type { Reason } from '../../api/reasons.ts';
import { type ContainerState, held, type Job, type Pod } from './shapes.ts';

/** What an object's Events of type Warning say. */
export interface Warned {
  readonly reason: string;
  readonly message: string;
}

/** Why the process has not started. */
export interface Obstacle {
  readonly reason: Reason;
  readonly message: string;
  /** How long it may last before it ends the attempt, in ms; Infinity: until the pending timeout. */
  readonly graceMs: number;
}

export type JobOutcome =
  | { readonly state: 'waiting'; readonly obstacle: Obstacle | undefined }
  | { readonly state: 'running'; readonly startedAt: string }
  | { readonly state: 'ended'; readonly end: JobEnd };

export type JobEnd =
  /** The process ended by itself. */
  | { readonly by: 'exit'; readonly exitCode: number; readonly message: string; readonly startedAt: string | undefined }
  /** Something else ended it. */
  | { readonly by: 'cause'; readonly reason: Reason; readonly message: string; readonly startedAt: string | undefined };

const SECOND = 1000;
/** A registry or a Secret may be a moment late. */
const PULL_GRACE_MS = 60 * SECOND;
const CONFIG_GRACE_MS = 30 * SECOND;
/** How long after its deletion was due a pod counts as lost with its node, in ms. */
const LOST_AFTER_MS = 30 * SECOND;
/** Characters of Kubernetes' own messages that are passed on. */
const QUOTED_MAX = 300;

export const NEEDS_ROOT =
  'the image wants to run as root, which is not allowed; set pod.runAsUser in the Action to a numeric user that the image supports, or use another image';

/** Never throws. `warned` are the warnings about Job and Pod, when they have been read. */
export function jobOutcome(job: Job, pod: Pod | undefined, now: Date, warned: readonly Warned[] = []): JobOutcome {
  if (!pod) return withoutPod(job, warned);
  const { container, phase } = pod.status;
  const startedAt = startOf(container);
  const isOver = container?.is === 'terminated' || phase === 'Failed' || phase === 'Succeeded';
  if (isOver || isLost(pod, now)) {
    const cause = causeOfStop(pod, now) ?? failedJob(job) ?? causeInContainer(container);
    if (cause) return { state: 'ended', end: { by: 'cause', ...cause, startedAt } };
    if (container?.is === 'terminated') {
      const { exitCode, message } = container;
      return { state: 'ended', end: { by: 'exit', exitCode, message, startedAt } };
    }
    if (phase === 'Succeeded') return { state: 'ended', end: { by: 'exit', exitCode: 0, message: '', startedAt } };
    return {
      state: 'ended',
      end: { by: 'cause', reason: 'RunnerDied', message: saying('the pod failed', pod.status), startedAt },
    };
  }
  if (container?.is === 'running') return { state: 'running', startedAt: container.startedAt };
  return { state: 'waiting', obstacle: obstacleOf(pod, container, warned) };
}

/** Whether the process of a pod has ended, or its node is lost. */
export function podEnded(pod: Pod, now: Date): boolean {
  const { container, phase } = pod.status;
  return container?.is === 'terminated' || phase === 'Failed' || phase === 'Succeeded' || isLost(pod, now);
}

/** The runner's exit code when it was told to stop before its action began. */
const NOT_BEGUN_CODE = 75;

/** Whether a pod is over, and its runner says that the action has not begun there. */
export const beganNothing = ({ status: { container } }: Pod): boolean =>
  container?.is === 'terminated' && container.exitCode === NOT_BEGUN_CODE;

const startOf = (container: ContainerState | undefined): string | undefined =>
  container?.is === 'running' || container?.is === 'terminated' ? container.startedAt || undefined : undefined;

interface Cause {
  readonly reason: Reason;
  readonly message: string;
}

/** Why a pod was stopped from outside; undefined if it was not. */
export function causeOfStop(pod: Pod, now: Date): Cause | undefined {
  const { status, metadata } = pod;
  if (isLost(pod, now)) return { reason: 'NodeLost', message: saying('the node does not answer', status) };
  const disrupted = held(status.conditions, 'DisruptionTarget');
  const byCondition = disrupted && DISRUPTIONS.get(disrupted.reason ?? '');
  if (byCondition)
    return { reason: byCondition, message: saying(REASON_TEXT[byCondition] ?? 'the pod was stopped', disrupted) };
  const byStatus = POD_REASONS.get(status.reason);
  if (byStatus) return { reason: byStatus, message: saying(REASON_TEXT[byStatus] ?? status.reason, status) };
  if (metadata.deletionTimestamp !== undefined)
    return {
      reason: 'PodDeleted',
      message: `pod ${metadata.name} was deleted while it ran; re-run the Execution if that was a mistake`,
    };
  return undefined;
}

const DISRUPTIONS: ReadonlyMap<string, Reason> = new Map(
  Object.entries({
    PreemptionByScheduler: 'Preempted',
    DeletionByTaintManager: 'NodeLost',
    DeletionByPodGC: 'NodeLost',
    EvictionByEvictionAPI: 'Evicted',
    TerminationByKubelet: 'Evicted',
  } as const),
);
const POD_REASONS: ReadonlyMap<string, Reason> = new Map(
  Object.entries({
    Evicted: 'Evicted',
    NodeShutdown: 'Evicted',
    Shutdown: 'Evicted',
    Terminated: 'Evicted',
    NodeLost: 'NodeLost',
    Preempting: 'Preempted',
    Preempted: 'Preempted',
    DeadlineExceeded: 'DeadlineExceeded',
    OutOfcpu: 'PodRefused',
    OutOfmemory: 'PodRefused',
    OutOfpods: 'PodRefused',
    'OutOfephemeral-storage': 'PodRefused',
    NodeAffinity: 'PodRefused',
    UnexpectedAdmissionError: 'PodRefused',
    AdmissionError: 'PodRefused',
  } as const),
);
const REASON_TEXT: Readonly<Partial<Record<Reason, string>>> = {
  Preempted: 'the pod made way for one of higher priority; retry it or raise the priority',
  NodeLost: 'the node of the pod is gone or does not answer; set retry.onNodeLoss if the action may run twice',
  Evicted: 'the pod was evicted from its node; set retry in the Action or request the resources that it needs',
  DeadlineExceeded: 'the Job outlived its pending timeout, its timeout and the time for delivery together',
  PodRefused: 'the node refused the pod',
};

/** When a pod that is being deleted counts as lost, in ms since 1970, unless its end is seen before. */
export const lostAtMs = ({ metadata }: Pod): number | undefined =>
  metadata.deletionTimestamp === undefined ? undefined : Date.parse(metadata.deletionTimestamp) + LOST_AFTER_MS;

/** A node that is gone never reports the end of a pod whose deletion was due long ago. */
function isLost(pod: Pod, now: Date): boolean {
  if (pod.status.reason === 'NodeLost' || pod.status.phase === 'Unknown') return true;
  const lostAt = lostAtMs(pod);
  return lostAt !== undefined && pod.status.container?.is !== 'terminated' && now.getTime() > lostAt;
}

function causeInContainer(container: ContainerState | undefined): Cause | undefined {
  if (container?.is !== 'terminated') return undefined;
  const { reason, message } = container;
  if (reason === 'OOMKilled')
    return {
      reason: 'OutOfMemory',
      message: 'the process used more memory than pod.resources.limits.memory; raise it or use less',
    };
  if (reason === 'DeadlineExceeded') return { reason, message: REASON_TEXT.DeadlineExceeded ?? reason };
  if (reason === 'StartError' || reason === 'ContainerCannotRun') {
    if (/permission denied/i.test(message))
      return { reason: 'ImageNeedsRoot', message: saying(NEEDS_ROOT, { message }) };
    return {
      reason: 'ContainerStartFailed',
      message: saying('the container did not start; check its command', { message }),
    };
  }
  if (reason === 'ContainerStatusUnknown') return { reason: 'NodeLost', message: REASON_TEXT.NodeLost ?? reason };
  return undefined;
}

function failedJob(job: Job): Cause | undefined {
  const failed = held(job.status.conditions, 'Failed') ?? held(job.status.conditions, 'FailureTarget');
  if (failed?.reason !== 'DeadlineExceeded') return undefined;
  return { reason: 'DeadlineExceeded', message: REASON_TEXT.DeadlineExceeded ?? failed.reason };
}

/** No pod yet, or no more. */
function withoutPod(job: Job, warned: readonly Warned[]): JobOutcome {
  const ended = (cause: Cause): JobOutcome => ({
    state: 'ended',
    end: { by: 'cause', ...cause, startedAt: undefined },
  });
  const late = failedJob(job);
  if (late) return ended(late);
  const { conditions, failed } = job.status;
  const over = held(conditions, 'Failed') ?? held(conditions, 'FailureTarget');
  if (over || failed > 0) {
    return ended({
      reason: 'PodDeleted',
      message: saying('the pod was deleted before it could be asked; re-run the Execution', over),
    });
  }
  if (held(conditions, 'Complete') ?? held(conditions, 'SuccessCriteriaMet'))
    return { state: 'ended', end: { by: 'exit', exitCode: 0, message: '', startedAt: undefined } };
  const refused = warned.find(({ reason }) => reason === 'FailedCreate');
  if (!refused) return { state: 'waiting', obstacle: undefined };
  // A quota may get free; what admission refuses, it refuses again.
  const graceMs = /exceeded quota/i.test(refused.message) ? Number.POSITIVE_INFINITY : CONFIG_GRACE_MS;
  return {
    state: 'waiting',
    obstacle: { reason: 'PodRefused', message: saying('no pod could be created', refused), graceMs },
  };
}

function obstacleOf(pod: Pod, container: ContainerState | undefined, warned: readonly Warned[]): Obstacle | undefined {
  const scheduled = pod.status.conditions.find(({ type }) => type === 'PodScheduled');
  if (!container && scheduled?.status === 'False') {
    const message = saying('no node can take the pod; check resources, nodeSelector and tolerations', scheduled);
    return { reason: 'PendingTimedOut', message, graceMs: Number.POSITIVE_INFINITY };
  }
  const unmounted = warned.find(({ reason }) => reason === 'FailedMount');
  if (unmounted && /secret/i.test(unmounted.message))
    return { reason: 'SecretNotFound', message: saying(SECRET_TEXT, unmounted), graceMs: CONFIG_GRACE_MS };
  return container?.is === 'waiting' ? obstacleInContainer(container) : undefined;
}

const SECRET_TEXT =
  'a Secret that a parameter names, or its key, does not exist in this namespace; create it and re-run the Execution';

function obstacleInContainer({
  reason,
  message,
}: {
  readonly reason: string;
  readonly message: string;
}): Obstacle | undefined {
  const because = (text: string) => saying(text, { message });
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
    case 'ImageInspectError':
    case 'SignatureValidationFailed':
      return { reason: 'ImagePullFailed', message: because(PULL_TEXT), graceMs: PULL_GRACE_MS };
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return { reason: 'ImagePullFailed', message: because(PULL_TEXT), graceMs: 0 };
    case 'CreateContainerConfigError':
      if (/run as root|runAsNonRoot|non-numeric user/i.test(message))
        return { reason: 'ImageNeedsRoot', message: because(NEEDS_ROOT), graceMs: 0 };
      if (/secret/i.test(message))
        return { reason: 'SecretNotFound', message: because(SECRET_TEXT), graceMs: CONFIG_GRACE_MS };
      return {
        reason: 'ContainerStartFailed',
        message: because('the container could not be set up'),
        graceMs: CONFIG_GRACE_MS,
      };
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'PostStartHookError':
      return {
        reason: 'ContainerStartFailed',
        message: because('the container could not be started'),
        graceMs: CONFIG_GRACE_MS,
      };
    default:
      return undefined; // ContainerCreating, PodInitializing: on its way
  }
}

const PULL_TEXT =
  'the image could not be pulled; check its name, that the registry can be reached, and pod.imagePullSecrets';

const saying = (text: string, source: { readonly message?: string | undefined } | undefined): string =>
  source?.message ? `${text} (Kubernetes says: ${source.message.slice(0, QUOTED_MAX)})` : text;
