// operator/domain/workflow/orquesta/workflow-events.ts — what is asked of a workflow, and what its tasks come to → its next status.
import { invalidEvent, WorkflowFault } from './fault.ts';
import { hasNext, unreachableJoins } from './joins.ts';
import type { State } from './state.ts';
import { ABENDED, COMPLETED, isStatus, type Status } from './statuses.ts';
import { haltedTaskStatus } from './task-machine.ts';
import { CONDITIONAL, nextWorkflowStatus, REQUESTABLE, TOLD } from './workflow-machine.ts';

const HALTS: Readonly<Partial<Record<Status, 'pause' | 'cancel'>>> = {
  pausing: 'pause',
  paused: 'pause',
  canceling: 'cancel',
  canceled: 'cancel',
};

/** Asks for a status: one of the way there may be the answer. @throws WorkflowFault when it cannot be had */
export function requestStatus(state: State, wanted: string): void {
  if (!isStatus(wanted)) throw new WorkflowFault('InvalidStatus', `Status "${wanted}" is not valid.`);
  if (!REQUESTABLE.has(wanted)) throw invalidEvent(`workflow_${wanted}`);
  const before = state.status;
  haltItems(state, HALTS[wanted]);
  const busy = state.tasks.isActive ? 'active' : 'idle';
  const isDone = before === 'paused' && (wanted === 'running' || wanted === 'resuming') && isFinished(state);
  const event = HALTS[wanted] ? `${wanted} ${busy}` : isDone ? `${wanted} completed` : wanted;
  state.status = nextWorkflowStatus(before, event) ?? before;
  if (state.status !== before || wanted === before || isUnderWay(before, wanted)) return;
  const message = `Unable to process event "workflow_${wanted}" for workflow in "${before}" status.`;
  throw new WorkflowFault('InvalidWorkflowStatusTransition', message);
}

const isUnderWay = (status: Status, wanted: Status): boolean =>
  (status === 'pausing' && wanted === 'paused') || (status === 'canceling' && wanted === 'canceled');

const isFinished = ({ tasks, staging }: State): boolean =>
  !tasks.isActive && !staging.hasPending && !tasks.hasAny('paused', 'pending');

/** Tasks with items start no more of them. */
function haltItems({ tasks, staging }: State, request: 'pause' | 'cancel' | undefined): void {
  if (!request) return;
  for (const task of tasks.active()) {
    const items = staging.get(task.id, task.route)?.items;
    const next = items && task.status && haltedTaskStatus(task.status, request, items.all());
    if (next) tasks.setStatus(task, next);
  }
}

/** Tells the workflow of a task's status. @throws WorkflowFault for a status that it does not know of tasks */
export function taskChanged(state: State, task: string, route: number, status: Status): void {
  const event = eventOf(state, task, route, status);
  const next = nextWorkflowStatus(state.status, event);
  if (!next) return;
  state.status = next;
  if (!COMPLETED.has(next)) return;
  for (const { id, route: on } of unreachableJoins(state)) {
    state.status = 'failed';
    const message = `The join task|route "${id}|${on}" is partially satisfied but unreachable.`;
    state.errors.addFault({ type: 'UnreachableJoinError', message }, { task_id: id, route: on });
  }
}

function eventOf(state: State, task: string, route: number, status: Status): string {
  const { tasks, staging } = state;
  const next = hasNext(state, task, route);
  const isRemediated = ABENDED.has(status) && next !== undefined;
  if (!isRemediated && !TOLD.has(status)) throw invalidEvent(`task_${status}`);
  const event = isRemediated ? 'task remediated' : `task ${status}`;
  if (!CONDITIONAL.has(event)) return event;
  const told = `${event} ${tasks.isActive ? 'active' : 'idle'}`;
  if (!isRemediated && status !== 'succeeded') return told;
  if (tasks.hasAny('canceling', 'canceled')) return `${told} canceled`;
  if (tasks.hasAny('pausing', 'paused', 'pending')) return `${told} paused`;
  return `${told} ${staging.hasPending || next === 'next' ? 'incomplete' : 'completed'}`;
}
