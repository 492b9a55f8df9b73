// operator/domain/execution/settle.ts — after the end, and on the way to a cancel: nothing may run on, and the record goes in time.
import type { ExecutionStatus } from '../../api/execution.ts';
import type { KubeObject } from '../../api/meta.ts';
import { isOwnedBy } from '../job/names.ts';
import { podEnded } from '../job/outcome.ts';
import { hasDueEvents } from '../notify/due.ts';
import { conditionsOf, endAttempt, generationOf, requestedAt } from './end.ts';
import type { ExecutionPlan, ObservedExecution } from './observed.ts';
import { isFinal, type Parsed } from './parse.ts';
import { deleteOf, livePods, podOf, type Scene, standing, validAction } from './scene.ts';

/** How long a runner whose result is stored may take to end, in ms. */
const EXIT_MS = 10_000;
/** The dedupe window where the event's TriggerType is not known, in seconds. */
const WINDOW_SECONDS = 3600;
/** Look again though no watch has told anything, in ms. */
const POLL_MS = 5_000;
/** setTimeout takes no more; a later look is asked for then. */
const REQUEUE_MAX_MS = 24 * 3600 * 1000;

export const sooner = (ms: number): number => Math.min(Math.max(Math.ceil(ms), 1), REQUEUE_MAX_MS);

/** Of a final Execution: its Jobs go when their pods have ended or after 10 s, itself when it is old enough. */
export function settle({ self, observed, action, jobs, pods, now }: Scene): ExecutionPlan {
  const endedAt = Date.parse(self.status.endedAt ?? '');
  const ended = Number.isNaN(endedAt) ? now.getTime() : endedAt;
  const left = ended + EXIT_MS - now.getTime();
  const gone = standing(jobs).filter((job) => {
    const pod = podOf(job, pods);
    return left <= 0 || !pod || podEnded(pod, now);
  });
  const ofAction = typeof action === 'object' ? action.spec.ttlSecondsAfterFinished : undefined;
  const ttl = self.spec.ttlSecondsAfterFinished ?? ofAction ?? observed.settings.executionTtlSeconds;
  const isOfEvent = self.spec.request.context?.trigger !== undefined;
  // An Execution that went earlier than its event is forgotten would be made a second time.
  const window = isOfEvent ? requestedAt(self) + (observed.dedupeWindowSeconds ?? WINDOW_SECONDS) * 1000 : 0;
  // A step of a workflow goes with its parent, not before.
  const isStep = self.metadata.ownerReferences?.some(({ kind }) => kind === 'Execution') ?? false;
  const keep =
    isStep || observed.isNeeded ? Number.POSITIVE_INFINITY : Math.max(ended + ttl * 1000, window) - now.getTime();
  const isAwaited = hasDueEvents(self) || observed.isAwaited;
  if (keep <= 0 && !isAwaited) return { writes: [...standing(jobs).map(deleteOf), deleteOf(self)] };
  if (keep <= 0) return { writes: gone.map(deleteOf), requeueAfterMs: POLL_MS };
  const waits = standing(jobs).length > gone.length ? Math.min(left, keep) : keep;
  return { writes: gone.map(deleteOf), requeueAfterMs: sooner(waits) };
}

/** Canceling until no Job and no live pod is left, then Canceled; absence is confirmed by a live GET. */
export function cancel(scene: Scene): ExecutionPlan {
  const { self, jobs, named, jobName, observed, now } = scene;
  if (jobs.length > 0 || livePods(scene).length > 0) {
    const message = 'its Job is being stopped';
    const status: ExecutionStatus = {
      ...self.status,
      phase: 'Canceling',
      reason: 'CancelRequested',
      message,
      ...generationOf(self),
      conditions: conditionsOf(self, { ready: 'False', reason: 'CancelRequested', message }, now),
    };
    // The status first: the runner's last words are to meet an Execution that is being canceled.
    return { status, after: standing(jobs).map(deleteOf), requeueAfterMs: POLL_MS };
  }
  // One of the name that is not ours says as well that ours is not there.
  if (!named && observed.missing !== jobName) return { look: { at: 'job', name: jobName }, requeueAfterMs: POLL_MS };
  return endAttempt(self, validAction(scene), { phase: 'Canceled', reason: 'CancelRequested', message: '' }, now);
}

/** Of an Execution that does not fit its schema: it ends at once, and goes in its time. */
export function planPoison(
  observed: ObservedExecution,
  parsed: Parsed & { readonly ok: false },
  now: Date,
): ExecutionPlan {
  const { self, settings } = observed;
  const owned = standing(observed.jobs.filter((job) => isOwnedBy(job, self.metadata.uid))).map(deleteOf);
  const { status } = parsed;
  if (status && isFinal(status.phase)) {
    const ended = Date.parse(status.endedAt ?? self.metadata.creationTimestamp ?? '');
    const ttl = Math.max(settings.executionTtlSeconds, observed.dedupeWindowSeconds ?? WINDOW_SECONDS);
    const keep = (Number.isNaN(ended) ? now.getTime() : ended) + ttl * 1000 - now.getTime();
    const isAwaited = hasDueEvents(self) || observed.isAwaited;
    return keep > 0 || isAwaited
      ? { writes: owned, requeueAfterMs: isAwaited ? POLL_MS : sooner(keep) }
      : { writes: [...owned, { do: 'delete', object: referenceOf(self) }] };
  }
  const { reason, message } = parsed;
  const generation = self.metadata.generation;
  const observedGeneration = generation === undefined ? {} : { observedGeneration: generation };
  const condition = {
    reason,
    message: message.slice(0, 160),
    lastTransitionTime: now.toISOString(),
    ...observedGeneration,
  };
  return {
    status: {
      phase: 'Failed',
      attempt: status?.attempt ?? 1,
      reason,
      message,
      endedAt: now.toISOString(),
      ...observedGeneration,
      conditions: [
        { type: 'Ready', status: 'False', ...condition },
        { type: 'Stalled', status: 'True', ...condition },
      ],
    },
    after: owned,
    events: [{ type: 'Warning', reason, message }],
  };
}

const referenceOf = ({ apiVersion, kind, metadata }: KubeObject) => ({ apiVersion, kind, metadata });
