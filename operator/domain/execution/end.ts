// operator/domain/execution/end.ts — an attempt has ended → the status of its Execution: another attempt, or the end.
import type { ExecutionStatus, Phase } from '../../api/execution.ts';
import type { Action } from '../../api/kinds.ts';
import { type Condition, type KubeObject, setCondition } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Event } from '../plan.ts';
import type { Stored } from '../result/result.ts';
import type { Live } from './parse.ts';

type FinalPhase = Extract<Phase, 'Succeeded' | 'Failed' | 'TimedOut' | 'Abandoned' | 'Canceled'>;

export interface End {
  readonly phase: FinalPhase;
  readonly reason: Reason;
  readonly message: string;
  readonly startedAt?: string | undefined;
  readonly stored?: Stored | undefined;
  /** Whether another attempt would end in the same way: it is not made. */
  readonly isCertain?: boolean;
}

export interface Ended {
  readonly status: ExecutionStatus;
  readonly events: readonly Event[];
}

/** Characters of a message in the status and in a condition: an Execution is to stay small. */
const MESSAGE_MAX = 700;
const CONDITION_MAX = 160;

/** The one place that decides between another attempt and the end. */
export function endAttempt(self: Live, action: Action | undefined, end: End, now: Date): Ended {
  if (self.spec.control === 'cancel' || self.status.phase === 'Canceling') return finish(self, canceled(end), now);
  const retry = action?.spec.retry;
  if (!retry || !mayRetry(self.status.attempt, retry, end)) return finish(self, end, now);
  const { attempt } = self.status;
  const message = cut(
    `attempt ${attempt} of ${retry.limit + 1} ended as ${end.reason}: ${end.message}; the next one starts after ${retry.delaySeconds} s`,
    MESSAGE_MAX,
  );
  const status: ExecutionStatus = {
    phase: 'Delayed',
    attempt: attempt + 1,
    reason: 'Retrying' satisfies Reason,
    message,
    notBefore: new Date(now.getTime() + retry.delaySeconds * 1000).toISOString(),
    attempts: history(self.status, end, now),
    ...generationOf(self),
    conditions: conditionsOf(self, { ready: 'False', reason: 'Retrying', message }, now),
  };
  return { status, events: [{ type: 'Warning', reason: 'Retrying', message }] };
}

type Retry = NonNullable<Action['spec']['retry']>;

function mayRetry(attempt: number, { limit, on, onNodeLoss }: Retry, { phase, reason, isCertain }: End): boolean {
  if (attempt > limit || isCertain) return false;
  if (reason === 'NodeLost' && !onNodeLoss) return false;
  return on.some((allowed) => allowed === phase);
}

/** A canceled Execution is Canceled however its process ended; what that gave is kept. */
const canceled = ({ startedAt, stored }: End): End => ({
  phase: 'Canceled',
  reason: 'CancelRequested',
  message: 'it was canceled by spec.control',
  startedAt,
  stored,
});

function finish(self: Live, end: End, now: Date): Ended {
  const { attempt, attempts } = self.status;
  const message = cut(end.message, MESSAGE_MAX);
  const startedAt = end.startedAt ?? self.status.startedAt;
  const isWell = end.phase === 'Succeeded';
  const status: ExecutionStatus = {
    phase: end.phase,
    attempt,
    reason: end.reason,
    message,
    ...(startedAt === undefined ? {} : { startedAt }),
    endedAt: now.toISOString(),
    duration: durationText(now.getTime() - requestedAt(self)),
    ...(self.status.job ? { job: self.status.job } : {}),
    ...resultOf(end.stored),
    ...(attempts && attempts.length > 0 ? { attempts: history(self.status, end, now) } : {}),
    ...generationOf(self),
    conditions: conditionsOf(
      self,
      { ready: isWell ? 'True' : 'False', stalled: !isWell, reason: end.reason, message },
      now,
    ),
  };
  return { status, events: isWell ? [] : [{ type: 'Warning', reason: end.reason, message }] };
}

const resultOf = (stored: Stored | undefined) => {
  if (!stored) return {};
  return 'inline' in stored ? { result: stored.inline } : { resultRef: stored.ref };
};

function history({ attempt, attempts = [], startedAt }: ExecutionStatus, end: End, now: Date) {
  const started = end.startedAt ?? startedAt;
  const ended = {
    number: attempt,
    phase: end.phase,
    reason: end.reason,
    ...(started === undefined ? {} : { startedAt: started }),
    endedAt: now.toISOString(),
  };
  return [...attempts.filter(({ number }) => number !== attempt), ended].slice(-32);
}

export const generationOf = ({ metadata: { generation } }: Pick<KubeObject, 'metadata'>) =>
  generation === undefined ? {} : { observedGeneration: generation };

interface Verdict {
  readonly ready: Condition['status'];
  readonly stalled?: boolean;
  readonly reason: Reason;
  readonly message: string;
}

/** Ready and, while or because it cannot go on, Stalled; as kstatus reads them. */
export function conditionsOf(self: Live, { ready, stalled = false, reason, message }: Verdict, now: Date): Condition[] {
  const base = { reason, message: cut(message, CONDITION_MAX), ...generationOf(self) };
  const known = (self.status.conditions ?? []).filter(({ type }) => type !== 'Stalled' || stalled);
  const list = setCondition(known, { type: 'Ready', status: ready, ...base }, now);
  return stalled ? setCondition(list, { type: 'Stalled', status: 'True', ...base }, now) : list;
}

/** When it was asked for, in ms: the event knows it more exactly than the API server. */
export function requestedAt({ metadata, spec }: Live): number {
  const event = spec.request.context?.trigger?.receivedAt;
  const at = Date.parse(event ?? metadata.creationTimestamp ?? '');
  return Number.isNaN(at) ? 0 : at;
}

/** For people: 2.4s, 3m5s, 2h5m, 1d3h. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${whole % 60}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${minutes % 60}m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d${hours % 24}h`;
}

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
