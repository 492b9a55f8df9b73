// operator/domain/workflow/orquesta/task-events.ts — what an action, an item or an engine command did → task, workflow and what comes next.
import type { Value } from '../../expression/python/values.ts';
import type { View } from './contexts.ts';
import type { Evaluator } from './evaluator.ts';
import { nothingThere, WorkflowFault } from './fault.ts';
import { type EngineCommand, ENGINE_COMMANDS } from './model.ts';
import { isToRetry, newRetry } from './retry.ts';
import type { Staged } from './staging.ts';
import { contextOf, nodeOf, specOf, type State } from './state.ts';
import { ABENDED, ACTIVE, COMPLETED, STARTING, type Status } from './statuses.ts';
import { commandedTaskStatus, DECISIVE, nextTaskStatus } from './task-machine.ts';
import type { TaskState } from './task-states.ts';
import { takeTransitions } from './transitions.ts';
import { taskChanged } from './workflow-events.ts';

export type TaskEvent =
  | { readonly is: 'action'; readonly status: Status; readonly result: Value }
  | {
      readonly is: 'item';
      readonly status: Status;
      readonly result: Value;
      readonly item: number;
      /** The results of all items, null where there is none yet. */
      readonly accumulated: readonly Value[];
    }
  | { readonly is: 'engine'; readonly status: Status; readonly command: EngineCommand };

/** @throws WorkflowFault for what does not fit; ExpressionFault when a condition of a retry fails */
export function updateTask(state: State, id: string, route: number, event: TaskEvent, evaluator: Evaluator): TaskState {
  if (!state.graph.nodes.has(id)) throw new WorkflowFault('InvalidTask', `Task "${id}" does not exist.`);
  const { staging, tasks } = state;
  const staged = staging.get(id, route);
  const task = executionFor(state, id, route, staged, event, evaluator);
  if (staged && !staged.items) staging.remove(id, route);
  if (staged && event.is === 'item') setItem(staged, event.item, event.status);
  if (event.status === 'failed') {
    state.errors.add(FAILED, { task_id: id }, event.is === 'engine' ? null : event.result);
  }
  const before = task.status;
  const status = nextStatus(task.status ?? 'null', event, staging.get(id, route));
  if (status) tasks.setStatus(task, status);
  if (task.status === 'retrying') stageAgain(state, task);
  const commands = task.status && COMPLETED.has(task.status) ? ended(state, task, before, event, evaluator) : [];
  if (commands === 'retried') return task;
  if (!task.status) throw new WorkflowFault('KeyError', "'status'");
  taskChanged(state, id, route, task.status);
  for (const { id: command, route: on } of commands) {
    updateTask(state, command, on, commandEvent(command as EngineCommand), evaluator);
  }
  if (COMPLETED.has(state.status)) task.isTerminal = true;
  return task;
}

const FAILED = 'Execution failed. See result for details.';

const commandEvent = (command: EngineCommand): TaskEvent => ({
  is: 'engine',
  status: command === 'fail' ? 'failed' : command === 'retry' ? 'retrying' : 'succeeded',
  command,
});

/** The execution that an event belongs to: the last one, or a new one where a task starts, or starts again. */
function executionFor(
  state: State,
  id: string,
  route: number,
  staged: Staged | undefined,
  event: TaskEvent,
  evaluator: Evaluator,
): TaskState {
  const last = state.tasks.latest(id, route);
  if (!staged && !last) {
    const message = `Task "${id}" is not staged or has not started yet.`;
    throw new WorkflowFault('InvalidTaskStateEntry', message);
  }
  const isOver = last?.status !== undefined && COMPLETED.has(last.status);
  if (last && !ENGINE_COMMANDS.has(id) && !(isOver && STARTING.has(event.status))) return last;
  if (!staged) throw nothingThere();
  return startTask(state, id, staged.route, staged.view, staged.previous, evaluator);
}

/** Adds an execution that has no status yet. @throws WorkflowFault, ExpressionFault for a retry without numbers */
export function startTask(
  state: State,
  id: string,
  route: number,
  view: View,
  previous: ReadonlyMap<string, number>,
  evaluator: Evaluator,
): TaskState {
  const spec = nodeOf(state, id).retry;
  const context = spec && state.contexts.valueOf(view);
  const retry = spec && context && newRetry(id, spec, () => context, evaluator);
  return state.tasks.add({ id, route, view, previous, retry });
}

function setItem(staged: Staged, item: number, status: Status): void {
  if (!staged.items) throw new WorkflowFault('KeyError', "'items'");
  staged.items.set(item, status);
}

function nextStatus(status: Status, event: TaskEvent, staged: Staged | undefined): Status | undefined {
  switch (event.is) {
    case 'engine':
      return commandedTaskStatus(status, event.command);
    case 'action':
      return nextTaskStatus(status, event.status);
    case 'item': {
      if (!DECISIVE.has(event.status)) return nextTaskStatus(status, event.status);
      if (!staged) throw nothingThere();
      if (!staged.items) throw new WorkflowFault('KeyError', "'items'");
      return nextTaskStatus(status, event.status, staged.items.others(event.item));
    }
  }
}

function stageAgain({ staging }: State, task: TaskState): void {
  const { id, route, view, retry } = task;
  if (retry) retry.tally++;
  staging.remove(id, route);
  staging.add({ id, route, view, previous: new Map(task.previous), retry, isReady: true });
}

/** Tries the task again, or takes its transitions. */
function ended(
  state: State,
  task: TaskState,
  before: Status | undefined,
  event: TaskEvent,
  evaluator: Evaluator,
): readonly Staged[] | 'retried' {
  const { id, route } = task;
  const hasItems = specOf(state, id).with !== undefined;
  unstage(state, task, hasItems);
  const current = { id, route, result: resultOf(event, hasItems) };
  const sight = contextOf(state, task.view, current);
  if (ACTIVE.has(state.status) && isToRetry(task, sight, evaluator)) {
    updateTask(state, id, route, commandEvent('retry'), evaluator);
    return 'retried';
  }
  return task.status === before ? [] : takeTransitions(state, task, sight, evaluator);
}

/** A task with items that failed stays, for its other items to be run again. */
function unstage({ staging }: State, { id, route, status }: TaskState, hasItems: boolean): void {
  if (!hasItems || !status || !ABENDED.has(status)) {
    staging.remove(id, route);
    return;
  }
  const staged = staging.get(id, route);
  if (!staged) throw new WorkflowFault('TypeError', "'NoneType' object does not support item assignment");
  staging.setCompleted(staged, true);
}

function resultOf(event: TaskEvent, hasItems: boolean): Value {
  if (event.is === 'engine') return hasItems ? [] : null;
  if (!hasItems) return event.result;
  return event.is === 'item' ? [...event.accumulated] : (event.result ?? []); // the list goes on being filled by who gave it
}
