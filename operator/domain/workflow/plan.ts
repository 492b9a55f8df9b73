// operator/domain/workflow/plan.ts — a run as it stands → the status of its Execution, its children to be made, and when to look again.
import type { ExecutionStatus, Phase } from '../../api/execution.ts';
import type { Execution } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import { conditionsOf, type End, endAttempt, generationOf } from '../execution/end.ts';
import type { Live as LiveExecution } from '../execution/parse.ts';
import { type Listening, withDueEvents } from '../notify/due.ts';
import type { Plan, Write } from '../plan.ts';
import { bytesOf, type Stored } from '../result/result.ts';
import { childDraft } from './children.ts';
import type { Finding, RunStatus } from './engine.ts';
import type { LiveRun, Wish } from './live.ts';

/** A run and what is known of its children; `self` is a checked Execution. */
export interface ObservedRun {
  readonly self: KubeObject;
  readonly execution: LiveExecution;
  /** Why there is no run: the Execution ends with it. */
  readonly refused?: { readonly reason: Reason; readonly message: string; readonly findings?: readonly Finding[] };
  /** Why a run has not begun: it is paused, or goes on from another's that has not come to rest; and what people want of it. */
  readonly awaiting?: { readonly message: string; readonly wish: Wish };
  readonly live?: LiveRun;
  /** Name of the ControllerRevision that has its definition. */
  readonly revision?: string;
  /** Executions of children that are there and have not ended, by name. */
  readonly children?: ReadonlyMap<string, Execution>;
  /** Its result, where it has ended. */
  readonly stored?: Stored;
  /** Who would hear of its end. Default: nobody. */
  readonly listening?: Listening;
  /** When something that is known may be told, in ms from now: not more than so often a second. */
  readonly heldMs?: number;
}

const PHASES: Readonly<Record<RunStatus, Phase>> = {
  running: 'Running',
  resuming: 'Running',
  pausing: 'Pausing',
  paused: 'Paused',
  canceling: 'Canceling',
  canceled: 'Canceled',
  succeeded: 'Succeeded',
  failed: 'Failed',
  timedOut: 'TimedOut',
};
const CANCELED = { phase: 'Canceled', reason: 'CancelRequested', message: 'it was canceled' } as const;
const ENDS: Readonly<Partial<Record<RunStatus, Pick<End, 'phase' | 'reason' | 'message'>>>> = {
  succeeded: { phase: 'Succeeded', reason: 'WorkflowSucceeded', message: 'the workflow ended well' },
  failed: { phase: 'Failed', reason: 'WorkflowFailed', message: 'the workflow failed; see status.result' },
  timedOut: { phase: 'TimedOut', reason: 'WorkflowFailed', message: 'the last task of the workflow took too long' },
  canceled: CANCELED,
};
/** A look though nothing is known to change, in ms. */
const LOOK_MS = 300_000;
/** The same for one that waits for another's children, in ms: what it missed of them it sees then. */
const AWAITING_LOOK_MS = 10_000;

/** Findings in the result of a run that never began, in bytes of JSON: half of what a status keeps. */
const FINDINGS_MAX_BYTES = 8192;

export const hasRunEnded = (status: RunStatus): boolean => ENDS[status] !== undefined;

/** Never throws. */
export function planRun(observed: ObservedRun, now: Date): Plan<ExecutionStatus> {
  const plan = decide(observed, now);
  return plan.status ? { ...plan, status: withDueEvents(observed.self, plan.status, observed.listening ?? {}) } : plan;
}

function decide(observed: ObservedRun, now: Date): Plan<ExecutionStatus> {
  const { execution, refused, awaiting, live } = observed;
  if (awaiting) return wait(execution, awaiting, now);
  if (refused) {
    const { findings, ...why } = refused;
    const stored = findings && { stored: { inline: { errors: fitting(findings), output: null } } };
    const ended = endAttempt(execution, undefined, { phase: 'Failed', isCertain: true, ...why, ...stored }, now);
    // What is still under way goes on to its end; workflows among it are told to begin nothing more.
    const known = live ? stateOf(observed, live) : execution.status.workflow;
    return known ? { ...ended, status: { ...ended.status, workflow: { ...known, tells: 'cancel' } } } : ended;
  }
  if (!live) return {};
  const workflow = stateOf(observed, live);
  const end = ENDS[live.status];
  if (end) {
    const startedAt = new Date(live.startedAtMs).toISOString();
    const ended = endAttempt(
      execution,
      undefined,
      { ...end, startedAt, stored: observed.stored, isCertain: true },
      now,
    );
    // What was asked for and is not there will never be.
    const running = [...live.open].filter(({ name }) => observed.children?.has(name)).length;
    const tasks = { ...workflow.tasks, running };
    return { ...ended, status: { ...ended.status, workflow: { ...workflow, tasks } } };
  }
  const made = childrenOf(observed, live, now);
  return {
    status: { ...statusOf(observed, live, now), workflow },
    after: made.writes,
    requeueAfterMs: made.requeueAfterMs,
  };
}

/** Nothing of it has begun: it is as it was asked for. */
function wait(
  execution: LiveExecution,
  { message, wish }: NonNullable<ObservedRun['awaiting']>,
  now: Date,
): Plan<ExecutionStatus> {
  if (wish === 'cancel') return endAttempt(execution, undefined, { ...CANCELED, isCertain: true }, now);
  const isPaused = wish === 'pause';
  const reason: Reason = isPaused ? 'PauseRequested' : 'RerunWaits';
  const said = { reason, message };
  const conditions = conditionsOf(execution, { ready: 'Unknown', ...said }, now);
  const phase = isPaused ? 'Paused' : 'Requested';
  return {
    status: { ...execution.status, phase, ...said, ...generationOf(execution), conditions },
    requeueAfterMs: isPaused ? LOOK_MS : AWAITING_LOOK_MS,
  };
}

/** As many as a status has room for. */
function fitting(findings: readonly Finding[]): readonly Finding[] {
  let bytes = 0;
  return findings.filter((finding) => (bytes += bytesOf(JSON.stringify(finding))) <= FINDINGS_MAX_BYTES);
}

const stateOf = ({ revision = '' }: ObservedRun, live: LiveRun) => ({
  revision,
  startedAt: new Date(live.startedAtMs).toISOString(),
  journal: [...live.journal],
  tells: live.tells,
  ...(live.pauses > 0 && { pauses: live.pauses }),
  tasks: live.counts,
});

const REASONS: Readonly<Partial<Record<Phase, Reason>>> = { Canceling: 'CancelRequested', Running: 'Started' };

/** Of one that has paused though nobody had asked for that. */
function howItGoesOn({ execution, children }: ObservedRun, live: LiveRun): string {
  const { name } = execution.metadata;
  const halted = [...live.open].filter(({ status }) => status === 'paused' || status === 'pending');
  const held = halted.find((child) => children?.get(child.name)?.spec.control === 'pause');
  const resume = (...names: readonly string[]) => names.map((one) => `squall execution resume ${one}`).join(', then ');
  // It has told its steps to pause: none of them goes on without it, and who pauses one himself lets it go first.
  if (halted.length > 0 && live.tells === 'pause') {
    return held
      ? `it waits for ${held.name}, which is paused; go on with: ${resume(held.name, name)}`
      : `it has paused with what it waits for; go on with: ${resume(name)}`;
  }
  const first = held ?? halted[0];
  if (first) return `it waits for ${first.name}, which is paused; go on with: ${resume(first.name)}`;
  return `it has paused by itself; it goes on when spec.resumes is ${live.pauses}: ${resume(name)}`;
}

function statusOf(observed: ObservedRun, live: LiveRun, now: Date): ExecutionStatus {
  const { execution } = observed;
  const phase = PHASES[live.status];
  const { running, succeeded, failed } = live.counts;
  const counted = `${succeeded} tasks done, ${failed} failed, ${running} under way`;
  const isOwnPause = phase === 'Paused' && live.pausedAtMs !== undefined;
  const message = isOwnPause ? `${counted}; ${howItGoesOn(observed, live)}` : counted;
  const reason: Reason = isOwnPause ? 'PausedByWorkflow' : (REASONS[phase] ?? 'PauseRequested');
  const { notBefore: _, ...status } = execution.status;
  return {
    ...status,
    phase,
    reason,
    message,
    startedAt: new Date(live.startedAtMs).toISOString(),
    ...generationOf(execution),
    conditions: conditionsOf(execution, { ready: 'Unknown', reason, message: phase }, now),
  };
}

/** Children that are due. */
function childrenOf({ execution, children, heldMs }: ObservedRun, live: LiveRun, now: Date) {
  const writes: Write[] = [];
  let next = heldMs ?? LOOK_MS;
  for (const child of live.open) {
    const there = children?.get(child.name);
    const { timeoutSeconds } = child.child;
    if (timeoutSeconds !== undefined) next = Math.min(next, child.dueAtMs + timeoutSeconds * 1000 - now.getTime());
    if (there === undefined) {
      const waitMs = child.dueAtMs - now.getTime();
      if (waitMs > 0) next = Math.min(next, waitMs);
      else if (child.wish !== 'cancel')
        writes.push({ do: 'create', object: childDraft(execution, child, live.engine) });
    }
  }
  return { writes, requeueAfterMs: Math.max(1, Math.ceil(next)) };
}
