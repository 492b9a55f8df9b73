// operator/domain/workflow/mistral/rerun.ts — a run that has failed goes on from tasks that have: whole, or only the items that failed.
import type { Board } from './board.ts';
import { dispatch } from './commands.ts';
import { MistralFault } from './mistral-fault.ts';
import type { TaskRun } from './task-run.ts';

/** A child workflow that is to be run again from some of its tasks, named as they are in it. */
export interface ChildRerun {
  readonly key: string;
  readonly tasks: readonly string[];
  readonly reset: readonly string[];
}

/** @throws MistralFault for a run that has not failed, or a task that has not */
export function rerunFrom(
  board: Board,
  tasks: readonly string[] | undefined,
  reset: readonly string[],
): readonly ChildRerun[] {
  if (board.state !== 'ERROR') throw new MistralFault('Workflow execution is not in a rerunable state.');
  const names = tasks ?? failedNames(board);
  const found = names.map((name) => [name, placeOf(board, name)] as const);
  const missing = found.filter(([, place]) => !place).map(([name]) => name);
  if (missing.length > 0) {
    const rule = 'Only tasks in error state can be rerun.';
    const advice = 'Please make sure that the task name is correct and the task is in rerunable state.';
    throw new MistralFault(`${rule} Unable to identify rerunable tasks: ${missing.join(', ')}. ${advice}`);
  }
  board.setRunState('RUNNING', null);
  board.output = {};
  const inside = new Map<TaskRun, string[]>();
  for (const [name, place] of found) {
    if (place?.inner !== undefined) inside.set(place.run, [...(inside.get(place.run) ?? []), place.inner]);
    else if (place) dispatch(board, [{ is: 'again', run: place.run, reset: reset.includes(name), isRerun: true }]);
  }
  const asked = reset.map((name) => name.split('.').slice(1).join('.'));
  return [...inside].flatMap(([run, inner]) => reopen(board, run, inner, asked));
}

/** Those whose failure nobody handled; of a run that was failed on purpose all that failed. */
function failedNames(board: Board): readonly string[] {
  const failed = board.tasks.filter((run) => run.state === 'ERROR' && board.latest(run.task.name) === run);
  const unhandled = failed.filter((run) => !run.isErrorHandled);
  return (unhandled.length > 0 ? unhandled : failed).map(({ task }) => task.name);
}

/** `task`, or `task.inner` for one inside the workflow that a task runs. */
function placeOf(board: Board, name: string): { readonly run: TaskRun; readonly inner?: string } | undefined {
  const whole = board.latest(name);
  if (whole?.state === 'ERROR') return { run: whole };
  const dot = name.indexOf('.');
  const run = dot < 0 ? undefined : board.latest(name.slice(0, dot));
  return run?.state === 'ERROR' ? { run, inner: name.slice(dot + 1) } : undefined;
}

/** The children that failed are running again, under the keys that they had. */
function reopen(board: Board, run: TaskRun, tasks: readonly string[], reset: readonly string[]): readonly ChildRerun[] {
  const failed = run.actions.filter((action) => action.isAccepted && action.state === 'ERROR');
  board.setState(run, 'RUNNING', null);
  run.knownResult = undefined;
  run.deadline = undefined;
  if (run.items) {
    run.items.active += failed.length;
    run.items.errors -= failed.length;
  }
  for (const action of failed) {
    action.state = 'RUNNING';
    action.isAccepted = false;
    board.open.set(action.key, { run, action, after: undefined, halt: undefined });
  }
  return failed.map(({ key }) => ({ key, tasks, reset: reset.filter((name) => tasks.includes(name)) }));
}
