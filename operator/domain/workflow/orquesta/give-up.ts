// operator/domain/workflow/orquesta/give-up.ts — a workflow that cannot go on fails at once; the task that it stopped at can be rerun.
import type { State } from './state.ts';
import { COMPLETED } from './statuses.ts';
import { requestStatus } from './workflow-events.ts';

/** A task that has ended stays as it is, and so does a workflow that is canceled. */
export function giveUp(state: State, id: string | undefined, route: number, item?: number): void {
  if (state.status !== 'canceled') requestStatus(state, 'failed');
  const task = id === undefined ? undefined : state.tasks.latest(id, route);
  if (task && item !== undefined) state.staging.get(task.id, route)?.items?.set(item, 'failed');
  if (!task || (task.status && COMPLETED.has(task.status))) return;
  state.tasks.setStatus(task, 'failed');
  task.isTerminal = true;
  const staged = state.staging.get(task.id, route);
  if (staged?.items) state.staging.setCompleted(staged, true);
  else state.staging.remove(task.id, route);
}
