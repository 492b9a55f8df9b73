// cli/phases.ts — phases of Executions → how a node of a tree or graph looks, one by one and many together.
import type { Phase } from '../operator/api/execution.ts';
import type { NodeStatus } from '../operator/domain/workflow/graph/model.ts';
import { LOOKS } from '../operator/domain/workflow/graph/signs.ts';

const STATUSES: Readonly<Record<Phase, NodeStatus>> = {
  Requested: 'waiting',
  Delayed: 'waiting',
  Running: 'running',
  Pausing: 'running',
  Paused: 'paused',
  Canceling: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  TimedOut: 'failed',
  Abandoned: 'failed',
  Canceled: 'canceled',
};

export const statusOfPhase = (phase: Phase): NodeStatus => STATUSES[phase];
export const signOf = (phase: Phase): string => LOOKS[STATUSES[phase]].sign;

const ENDED: ReadonlySet<NodeStatus> = new Set<NodeStatus>(['succeeded', 'failed', 'canceled']);
export const isFinalPhase = (phase: Phase): boolean => ENDED.has(STATUSES[phase]);

/** What all of them together are, by the first of these that one of them is. */
const TOGETHER: readonly Phase[] = [
  'Running',
  'Canceling',
  'Pausing',
  'Delayed',
  'Requested',
  'Paused',
  'Failed',
  'TimedOut',
  'Abandoned',
  'Canceled',
];

/** What is partly done runs, though the rest of it waits. */
export function phaseTogether(phases: Iterable<Phase>): Phase {
  const all = new Set(phases);
  const found = TOGETHER.find((phase) => all.has(phase)) ?? 'Succeeded';
  const isPartlyDone = STATUSES[found] === 'waiting' && [...all].some((phase) => STATUSES[phase] !== 'waiting');
  return isPartlyDone ? 'Running' : found;
}

const COUNTED: Readonly<Record<NodeStatus, string>> = {
  succeeded: LOOKS.succeeded.sign,
  running: 'running',
  waiting: 'waiting',
  paused: 'paused',
  failed: LOOKS.failed.sign,
  canceled: 'canceled',
  skipped: 'skipped',
};

/** How many stand how, for example `950 ✓ 30 running 20 ✗`. */
export function countsText(phases: Iterable<Phase>): string {
  const counts = new Map<NodeStatus, number>();
  for (const phase of phases) counts.set(STATUSES[phase], (counts.get(STATUSES[phase]) ?? 0) + 1);
  return (Object.keys(COUNTED) as NodeStatus[])
    .flatMap((status) => (counts.has(status) ? [`${counts.get(status)} ${COUNTED[status]}`] : []))
    .join(' ');
}
