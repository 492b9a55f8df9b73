// operator/domain/notify/plan.ts — an Execution whose end is to be told, and what became of that → the mark goes, or it waits.
import type { ExecutionStatus } from '../../api/execution.ts';
import type { Execution } from '../../api/kinds.ts';
import type { Event, Plan } from '../plan.ts';

export interface ObservedEnd {
  readonly self: Execution;
  /** Why nothing could be told yet; undefined: all of it was, and its Executions exist. */
  readonly waits?: string | undefined;
  /** Why rules that matched led to nothing: too many events in a row were caused by executions. */
  readonly loop?: string | undefined;
}

/** How long an end waits that cannot be told now, in ms. */
const WAIT_MS = 5_000;

/** Never throws. */
export function planEnd({ self, waits, loop }: ObservedEnd): Plan<ExecutionStatus> {
  if (waits !== undefined || !self.status) return { requeueAfterMs: WAIT_MS };
  const { events: _, ...status } = self.status;
  const told: readonly Event[] =
    loop === undefined ? [] : [{ type: 'Warning', reason: 'DepthExceeded', message: loop }];
  return { status, events: told };
}
