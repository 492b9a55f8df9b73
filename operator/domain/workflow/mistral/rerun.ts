// operator/domain/workflow/mistral/rerun.ts — a run that has failed goes on from tasks that have: whole, or only the items that failed.
import type { Board } from './board.ts';
import { dispatch } from './commands.ts';
import { uuidOf } from './ids.ts';
import { MistralFault } from './mistral-fault.ts';
import type { ActionRun, TaskRun } from './task-run.ts';

/** @throws MistralFault for a run that has not failed, or a task that has not */
export function rerunFrom(board: Board, tasks: readonly string[] | undefined, reset: readonly string[]): void {
  const found = placesOf(board, tasks);
  if (typeof found === 'string') throw new MistralFault(found);
  board.setRunState('RUNNING', null);
  board.output = {};
  const inside = new Map<TaskRun, string[]>();
  for (const [name, place] of found) {
    if (place.inner !== undefined) inside.set(place.run, [...(inside.get(place.run) ?? []), place.inner]);
    else dispatch(board, [{ is: 'again', run: place.run, reset: reset.includes(name), isRerun: true }]);
  }
  const asked = reset.map((name) => name.split('.').slice(1).join('.'));
  for (const [run, inner] of inside) goOnInside(board, run, inner, asked);
}

/** Why a run cannot go on from these tasks; undefined when it can. */
export function whyNotFrom(board: Board, tasks: readonly string[] | undefined): string | undefined {
  const found = placesOf(board, tasks);
  return typeof found === 'string' ? found : undefined;
}

function placesOf(board: Board, tasks: readonly string[] | undefined): readonly (readonly [string, Place])[] | string {
  if (board.state !== 'ERROR') return 'Workflow execution is not in a rerunable state.';
  const found = (tasks ?? failedNames(board)).map((name) => [name, placeOf(board, name)] as const);
  const missing = found.filter(([, place]) => !place).map(([name]) => name);
  if (missing.length === 0) return found.flatMap(([name, place]) => (place ? [[name, place] as const] : []));
  const rule = 'Only tasks in error state can be rerun.';
  const advice = 'Please make sure that the task name is correct and the task is in rerunable state.';
  return `${rule} Unable to identify rerunable tasks: ${missing.join(', ')}. ${advice}`;
}

/** Those whose failure nobody handled; of a run that was failed on purpose all that failed. */
function failedNames(board: Board): readonly string[] {
  const failed = board.tasks.filter((run) => run.state === 'ERROR' && board.latest(run.task.name) === run);
  const unhandled = failed.filter((run) => !run.isErrorHandled);
  return (unhandled.length > 0 ? unhandled : failed).map(({ task }) => task.name);
}

interface Place {
  readonly run: TaskRun;
  readonly inner?: string;
}

/** `task`, or `task.inner` for one inside the workflow that a task runs. */
function placeOf(board: Board, name: string): Place | undefined {
  const whole = board.latest(name);
  if (whole?.state === 'ERROR') return { run: whole };
  const dot = name.indexOf('.');
  const run = dot < 0 ? undefined : board.latest(name.slice(0, dot));
  return run?.state === 'ERROR' && run.task.workflow !== undefined ? { run, inner: name.slice(dot + 1) } : undefined;
}

/** Children that go on from those that failed take their places. */
function goOnInside(board: Board, run: TaskRun, tasks: readonly string[], asked: readonly string[]): void {
  const failed = run.actions.filter((action) => action.isAccepted && action.state === 'ERROR' && action.runs);
  const reset = asked.filter((name) => tasks.includes(name));
  board.setState(run, 'RUNNING', null);
  [run.knownResult, run.deadline] = [undefined, undefined];
  if (run.items) {
    run.items.active += failed.length;
    run.items.errors -= failed.length;
  }
  for (const before of failed) {
    if (!before.runs) continue;
    before.isAccepted = false;
    const key = `${before.key}/again`;
    const fresh = { state: 'RUNNING', isAccepted: false, output: null, nested: null } as const;
    const action: ActionRun = { ...before, ...fresh, key, id: uuidOf(board.setup.id, key) };
    run.actions.push(action);
    const item = run.items ? { item: before.index } : {};
    const again = { key: before.key, tasks, reset };
    board.ask(
      { key, task: run.task.name, ...item, ...before.runs, input: before.input, again, delaySeconds: 0 },
      { run, action, after: undefined, halt: undefined },
    );
  }
}
