// operator/domain/execution/attempt.ts — the current attempt's Job is there: wait, watch, or see why it ended.
import type { ExecutionStatus } from '../../api/execution.ts';
import { PENDING_TIMEOUT_SECONDS } from '../job/job.ts';
import { PENDING_ANNOTATION, secondsIn, TIMEOUT_ANNOTATION } from '../job/names.ts';
import { type JobEnd, jobOutcome, lostAtMs, NEEDS_ROOT, type Obstacle } from '../job/outcome.ts';
import type { Job } from '../job/shapes.ts';
import { containerResult } from '../result/result.ts';
import { conditionsOf, type End, endAttempt, generationOf } from './end.ts';
import type { ExecutionPlan } from './observed.ts';
import { deleteOf, isContainer, type Scene, validAction } from './scene.ts';
import { sooner } from './settle.ts';

/** Short actions are known before anybody could read that they run: no write for those, in ms from the start. */
const UNSAID_MS = 2_000;
/** Warnings are asked for after this time of silence, and again, in ms. */
const SILENCE_MS = 20_000;
/** A running Job is looked at this often though nothing changes, in ms. */
const RUNNING_LOOK_MS = 300_000;
/** How long the store may be behind the handler that has taken the result, in ms. */
const RESULT_LAG_MS = 2_000;
/** Exit code in the result of a container that ran too long: StackStorm's for a timeout. */
const TIMED_OUT_CODE = -9;

export function planAttempt(scene: Scene, job: Job): ExecutionPlan {
  const outcome = jobOutcome(job, scene.pod, scene.now, scene.observed.warned);
  switch (outcome.state) {
    case 'waiting':
      return pend(scene, job, outcome.obstacle);
    case 'running':
      return run(scene, job, outcome.startedAt);
    case 'ended':
      return isContainer(job) ? endContainer(scene, job, outcome.end) : endRunner(scene, job, outcome.end);
  }
}

/** Ends the attempt and stops what may still run of it. */
function kill(scene: Scene, job: Job, end: End): ExecutionPlan {
  return { ...endAttempt(scene.self, validAction(scene), end, scene.now), after: [deleteOf(job)] };
}

function pend(scene: Scene, job: Job, obstacle: Obstacle | undefined): ExecutionPlan {
  const { now, observed, pod, self } = scene;
  // It ran already: its pod is gone, and the Job is about to say so.
  if (self.status.phase === 'Running' && !pod) return { requeueAfterMs: 2_000 };
  const created = Date.parse(job.metadata.creationTimestamp ?? '');
  const age = Number.isNaN(created) ? 0 : now.getTime() - created;
  const pendingSeconds = secondsIn(job, PENDING_ANNOTATION, PENDING_TIMEOUT_SECONDS);
  const left = pendingSeconds * 1000 - age;
  if (!obstacle && (age >= SILENCE_MS || left <= 0) && !observed.warned)
    return { look: { at: 'warnings', uid: (pod ?? job).metadata.uid }, requeueAfterMs: SILENCE_MS };
  if (left <= 0) {
    const why = obstacle ? `: ${obstacle.message}` : '; look at the pod and at the load of the cluster';
    const message = `the process did not start within ${pendingSeconds} s${why}`;
    // What is known to be wrong says more than that it took too long.
    const isKnown = obstacle && obstacle.graceMs !== Number.POSITIVE_INFINITY;
    return kill(scene, job, {
      phase: isKnown ? 'Failed' : 'TimedOut',
      reason: isKnown ? obstacle.reason : 'PendingTimedOut',
      message,
    });
  }
  if (!obstacle || obstacle.graceMs === Number.POSITIVE_INFINITY)
    return { requeueAfterMs: sooner(Math.min(left, SILENCE_MS)) };
  const { reason, message, graceMs } = obstacle;
  const stalled = self.status.conditions?.find(
    (c) => c.type === 'Stalled' && c.status === 'True' && c.reason === reason,
  );
  const grace = (stalled ? Date.parse(stalled.lastTransitionTime) - now.getTime() : 0) + graceMs;
  if (grace <= 0) return kill(scene, job, { phase: 'Failed', reason, message, isCertain: graceMs === 0 });
  const requeueAfterMs = sooner(Math.min(left, grace));
  if (stalled) return { requeueAfterMs };
  const conditions = conditionsOf(self, { ready: 'False', stalled: true, reason, message }, now);
  return { status: { ...self.status, reason, message, ...generationOf(self), conditions }, requeueAfterMs };
}

function run(scene: Scene, job: Job, startedAt: string): ExecutionPlan {
  const { self, now, observed, pod } = scene;
  const since = Date.parse(startedAt);
  const age = Number.isNaN(since) ? Number.POSITIVE_INFINITY : now.getTime() - since;
  const timeoutSeconds = secondsIn(job, TIMEOUT_ANNOTATION, Number.POSITIVE_INFINITY);
  const left =
    isContainer(job) && Number.isFinite(age) && timeoutSeconds > 0
      ? timeoutSeconds * 1000 - age
      : Number.POSITIVE_INFINITY;
  if (left <= 0) {
    const message = `Action failed to complete in ${timeoutSeconds} seconds; raise timeoutSeconds of the Action or make it faster`;
    if (!observed.stored && pod)
      return {
        look: { at: 'log', pod: pod.metadata.name, exitCode: TIMED_OUT_CODE, message: '', hasSecrets: job.hasSecrets },
        requeueAfterMs: 1000,
      };
    return kill(scene, job, {
      phase: 'TimedOut',
      reason: 'ActionTimedOut',
      message,
      startedAt,
      stored: observed.stored,
    });
  }
  // A node that dies tells nothing more: the plan has to look again by itself.
  const lostAt = pod && lostAtMs(pod);
  const lostIn = lostAt === undefined ? Number.POSITIVE_INFINITY : Math.max(lostAt - now.getTime(), 0) + 1;
  const requeue = { requeueAfterMs: sooner(Math.min(left, lostIn, RUNNING_LOOK_MS)) };
  if (self.status.phase === 'Running' && self.status.job?.uid === job.metadata.uid) return requeue;
  // A node's clock that is ahead must not put it off for ever.
  if (age > -UNSAID_MS && age < UNSAID_MS) return { requeueAfterMs: sooner(Math.min(UNSAID_MS - age, left)) };
  const { notBefore: _, ...status } = self.status;
  const message = `attempt ${status.attempt} runs in Job ${job.metadata.name}`;
  const running: ExecutionStatus = {
    ...status,
    phase: 'Running',
    reason: 'Started',
    message,
    ...(Number.isNaN(since) ? {} : { startedAt: new Date(since).toISOString() }),
    job: { name: job.metadata.name, uid: job.metadata.uid },
    ...generationOf(self),
    conditions: conditionsOf(self, { ready: 'Unknown', reason: 'Started', message }, now),
  };
  return { status: running, ...requeue };
}

const ROOT_COMPLAINTS =
  /\b(?:must|needs?|has|have|required?) (?:to )?(?:be )?(?:run(?:ning)? )?(?:as|by) (?:the )?root\b|are you root|\bonly root\b|requires? root|must be (?:the )?(?:root|superuser)|\(13: permission denied\)/i;

function endContainer(scene: Scene, { hasSecrets }: Job, end: JobEnd): ExecutionPlan {
  const { observed, self, now, pod } = scene;
  const container = pod?.status.container;
  if (pod && container?.is === 'terminated' && !observed.stored) {
    const { exitCode, message } = container;
    return { look: { at: 'log', pod: pod.metadata.name, exitCode, message, hasSecrets }, requeueAfterMs: 1000 };
  }
  const startedAt = end.startedAt;
  const stored =
    observed.stored ?? (end.by === 'exit' ? { inline: containerResult(end.exitCode, end.message, '') } : undefined);
  const finish = (ending: Pick<End, 'phase' | 'reason' | 'message' | 'isCertain'>): ExecutionPlan =>
    endAttempt(self, validAction(scene), { ...ending, startedAt, stored }, now);
  if (end.by === 'cause') return finish(causeEnd(end));
  if (end.exitCode === 0)
    return finish({ phase: 'Succeeded', reason: 'ActionSucceeded', message: 'the action ended well' });
  const code = `the container ended with exit code ${end.exitCode}`;
  if (ROOT_COMPLAINTS.test(observed.log ?? ''))
    return finish({ phase: 'Failed', reason: 'ImageNeedsRoot', message: `${code}: ${NEEDS_ROOT}`, isCertain: true });
  return finish({ phase: 'Failed', reason: 'ActionFailed', message: `${code}; see status.result` });
}

/** A runner whose result has not arrived. */
function endRunner(scene: Scene, job: Job, end: JobEnd): ExecutionPlan {
  const { self, now, pod } = scene;
  const { startedAt } = end;
  const finish = (ending: Pick<End, 'phase' | 'reason' | 'message' | 'isCertain'>): ExecutionPlan =>
    endAttempt(
      { ...self, status: { ...self.status, job: { name: job.metadata.name, uid: job.metadata.uid } } },
      validAction(scene),
      { ...ending, startedAt },
      now,
    );
  if (end.by === 'cause') return finish(causeEnd(end));
  const container = pod?.status.container;
  const endedAt = container?.is === 'terminated' ? Date.parse(container.endedAt ?? '') : Number.NaN;
  const age = now.getTime() - endedAt;
  if (age >= 0 && age < RESULT_LAG_MS) return { requeueAfterMs: sooner(RESULT_LAG_MS - age) };
  return finish({ phase: 'Failed', reason: 'RunnerDied', message: deathOf(end.exitCode) });
}

/** The runner's exit codes are in its contract; above 128 a signal ended it. */
function deathOf(exitCode: number): string {
  const log = 'read the log of the pod if it is still there';
  if (exitCode === 69) return `the runner could not reach the operator to deliver its result; ${log}`;
  if (exitCode === 77) return `the operator refused the runner's start or result; ${log}`;
  if (exitCode === 64)
    return 'the runner could not read its task; check that runner image and operator have the same version';
  if (exitCode === 75) return 'the pod was told to stop before the action began';
  if (exitCode > 128)
    return `the runner was killed by signal ${exitCode - 128}, maybe for want of memory; raise pod.resources.limits.memory`;
  return `the runner ended with exit code ${exitCode} and delivered no result; ${log}`;
}

const causeEnd = ({ reason, message }: JobEnd & { readonly by: 'cause' }) =>
  ({
    phase: reason === 'DeadlineExceeded' ? 'TimedOut' : 'Failed',
    reason,
    message,
    isCertain: reason === 'ImageNeedsRoot',
  }) as const;
