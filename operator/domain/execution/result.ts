// operator/domain/execution/result.ts — a runner's envelope → the Execution's next status, accepted once.
import type { ExecutionStatus } from '../../api/execution.ts';
import type { ResultEnvelope } from '../../api/envelope.ts';
import type { Action } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import { causeOfStop } from '../job/outcome.ts';
import type { Pod } from '../job/shapes.ts';
import type { Audience } from '../notify/audience.ts';
import { withDueEvents } from '../notify/due.ts';
import type { Event } from '../plan.ts';
import type { Stored } from '../result/result.ts';
import { type End, endAttempt } from './end.ts';
import { isFinal, parseExecution } from './parse.ts';

/** A result at the operator's door; token and pod have been checked. */
export interface Delivery {
  readonly envelope: ResultEnvelope;
  /** The result is in the store already where it is too large for the status. */
  readonly stored: Stored;
  /** The Job that controls the pod which delivers. */
  readonly job: { readonly name: string; readonly uid: string };
  /** That pod, where it is known: it says who stopped the runner. */
  readonly pod?: Pod | undefined;
  /** Whether the Job is gone. */
  readonly isJobGone?: boolean;
  /** Who would hear of the end. Default: nobody. */
  readonly audience?: Audience;
}

export type ResultPlan =
  | { readonly accept: true; readonly status: ExecutionStatus; readonly events: readonly Event[] }
  /** To be answered with 409: the runner stops. */
  | { readonly accept: false; readonly message: string };

/** Never throws. The status is to be replaced with the resourceVersion that was read; on 409 read again and ask again. */
export function planResult(self: KubeObject, action: Action | undefined, delivery: Delivery, now: Date): ResultPlan {
  const parsed = parseExecution(self);
  const name = self.metadata.name;
  if (!parsed.ok) return refuse(`Execution "${name}" is not valid: ${parsed.message}`);
  const { execution } = parsed;
  const { phase, attempt, job } = execution.status;
  if (isFinal(phase)) return refuse(`Execution "${name}" has ended as ${phase} already`);
  if (delivery.envelope.attempt !== attempt)
    return refuse(
      `Execution "${name}" is at attempt ${attempt}, the result is of attempt ${delivery.envelope.attempt}`,
    );
  if (job && job.uid !== delivery.job.uid)
    return refuse(`attempt ${attempt} of Execution "${name}" belongs to another Job`);
  const withJob = { ...execution, status: { ...execution.status, job: { ...delivery.job } } };
  const ended = endAttempt(withJob, action, endOf(delivery, now), now);
  return {
    accept: true,
    ...ended,
    status: withDueEvents(self, ended.status, { audience: delivery.audience, callee: action }),
  };
}

const refuse = (message: string): ResultPlan => ({ accept: false, message });

const OUTCOMES: Readonly<Record<ResultEnvelope['outcome'], { phase: End['phase']; reason: Reason; message: string }>> =
  {
    succeeded: { phase: 'Succeeded', reason: 'ActionSucceeded', message: 'the action ended well' },
    failed: { phase: 'Failed', reason: 'ActionFailed', message: 'the action failed; see status.result' },
    timedOut: { phase: 'TimedOut', reason: 'ActionTimedOut', message: 'the action ran longer than its timeout' },
    abandoned: { phase: 'Abandoned', reason: 'ActionAbandoned', message: 'the action was stopped from outside' },
  };

function endOf({ envelope, stored, pod, isJobGone }: Delivery, now: Date): End {
  const { outcome, startedAt, message } = envelope;
  const said = OUTCOMES[outcome];
  const base = { startedAt: new Date(startedAt).toISOString(), stored };
  if (outcome !== 'abandoned') {
    const text = outcome === 'succeeded' ? said.message : (message ?? said.message);
    return { ...said, ...base, message: text };
  }
  if (isJobGone) return { phase: 'Failed', reason: 'JobDeleted', message: JOB_DELETED, ...base };
  const cause = pod && causeOfStop(pod, now);
  return cause ? { phase: 'Failed', ...cause, ...base } : { ...said, ...base, message: message ?? said.message };
}

export const JOB_DELETED = 'the Job was deleted while it ran; re-run the Execution if that was a mistake';
