// operator/domain/workflow/mistral/states.ts — the states of tasks and runs as Mistral calls them, and what they are elsewhere.
import type { ChildStatus } from '../engine.ts';

export type TaskState = 'IDLE' | 'WAITING' | 'RUNNING' | 'DELAYED' | 'PAUSED' | EndState;
export type EndState = 'SUCCESS' | 'ERROR' | 'CANCELLED';
export type RunState = 'RUNNING' | 'PAUSED' | EndState;

const ENDED: ReadonlySet<string> = new Set(['SUCCESS', 'ERROR', 'CANCELLED']);
export const hasEnded = (state: TaskState | RunState): state is EndState => ENDED.has(state);

/** How a child that has ended counts; undefined for one that has not. */
export const END_OF: ReadonlyMap<ChildStatus, EndState> = new Map<ChildStatus, EndState>([
  ['succeeded', 'SUCCESS'],
  ['failed', 'ERROR'],
  ['timedOut', 'ERROR'],
  ['abandoned', 'ERROR'],
  ['canceled', 'CANCELLED'],
]);
