// operator/domain/workflow/mistral/rerun.ts — a run that has failed goes on from tasks that have: whole, or only the items that failed.
import type { Board } from './board.ts';
import { dispatch } from './commands.ts';
import { uuidOf } from './ids.ts';
import { resumeItems } from './items.ts';
import { joinsAfter, unmark } from './join.ts';
import { MistralFault } from './mistral-fault.ts';
import type { ActionRun, TaskRun } from './task-run.ts';

/** @throws MistralFault for a run that has not failed, or a task that has not */
export function rerunFrom(board: Board, tasks: readonly string[] | undefined, reset: readonly string[]): void {
  const found = placesOf(board, tasks);
  if (typeof found === 'string') throw new MistralFault(found);
  board.setRunState('RUNNING', null);
  board.output = {};
  // What was to pause the run would never begin: nobody resumes a run that has failed.
  for (const run of board.tasks) {
    if (run.state === 'IDLE') board.later({ do: 'again', run, reset: true, isRerun: false });
  }
  const whole = new Map(found.flatMap(([name, { run, inner }]) => (inner === undefined ? [[run, name] as const] : [])));
  for (const [run, name] of whole) dispatch(board, [{ is: 'again', run, reset: reset.includes(name), isRerun: true }]);
  const inside = Map.groupBy(found, ([, { run }]) => run);
  const asked = reset.map((name) => name.split('.').slice(1).join('.'));
  for (const [run, places] of inside) {
    const inner = places.flatMap(([, place]) => place.inner ?? []);
    if (!whole.has(run)) goOnInside(board, run, inner, asked);
  }
}

/** Why a run cannot go on from these tasks; undefined when it can. */
export function whyNotFrom(board: Board, tasks: readonly string[] | undefined): string | undefined {
  const found = placesOf(board, tasks);
  return typeof found === 'string' ? found : undefined;
}

const RULE = 'Only tasks in error state can be rerun.';
const NONE_NAMED =
  'No tasks to rerun are named. Name tasks in error state, or leave the list out: then all that failed run again.';
const NONE_FAILED = `${RULE} No task of this workflow execution is. Please run it again as a whole.`;

function placesOf(board: Board, tasks: readonly string[] | undefined): readonly (readonly [string, Place])[] | string {
  if (board.state !== 'ERROR') return 'Workflow execution is not in a rerunable state.';
  if (!tasks) {
    const failed = failedRuns(board).map((run) => [run.task.name, { run }] as const);
    return failed.length > 0 ? failed : NONE_FAILED;
  }
  if (tasks.length === 0) return NONE_NAMED;
  const found = [...new Set(tasks)].map((name) => [name, placeOf(board, name)] as const);
  const missing = found.filter(([, place]) => !place).map(([name]) => name);
  if (missing.length === 0) return found.flatMap(([name, place]) => (place ? [[name, place] as const] : []));
  const advice = 'Please make sure that the task name is correct and the task is in rerunable state.';
  return `${RULE} Unable to identify rerunable tasks: ${missing.join(', ')}. ${advice}`;
}

/** Those whose failure nobody handled; of a run that was failed on purpose all that failed. Of each task the last. */
function failedRuns(board: Board): readonly TaskRun[] {
  const failed = board.tasks.filter((run) => run.state === 'ERROR');
  const unhandled = failed.filter((run) => !run.isErrorHandled);
  const runs = unhandled.length > 0 ? unhandled : failed;
  const isJoin = ({ task, hasBegun }: TaskRun) => task.join !== undefined && !hasBegun;
  const begun = runs.filter((run) => !isJoin(run));
  const { tasks } = board.setup.workflow;
  const reached = new Set(begun.flatMap(({ task }) => [...joinsAfter(tasks, task.name)]));
  // A join that has failed for one of the others waits for it again.
  const last = new Map(runs.filter((run) => !isJoin(run) || !reached.has(run.task.name)).map((run) => [run.task, run]));
  return [...last.values()];
}

interface Place {
  readonly run: TaskRun;
  readonly inner?: string;
}

/** `task`, or `task.inner` for one inside the workflow that a task runs; of several executions the last that has failed. */
function placeOf(board: Board, name: string): Place | undefined {
  const failed = (task: string) => board.byName.get(task)?.findLast(({ state }) => state === 'ERROR');
  const whole = failed(name);
  if (whole) return { run: whole };
  const dot = name.indexOf('.');
  const run = dot < 0 ? undefined : failed(name.slice(0, dot));
  const isInside = run?.task.workflow !== undefined && failedInside(run).length > 0;
  return run && isInside ? { run, inner: name.slice(dot + 1) } : undefined;
}

const failedInside = ({ actions }: TaskRun): readonly ActionRun[] =>
  actions.filter(({ isAccepted, state, runs }) => isAccepted && state === 'ERROR' && runs);

/** Children that go on from those that failed take their places. */
function goOnInside(board: Board, run: TaskRun, tasks: readonly string[], asked: readonly string[]): void {
  board.drop(run);
  const failed = failedInside(run);
  const reset = asked.filter((name) => tasks.includes(name));
  board.setState(run, 'RUNNING', null);
  unmark(board, run);
  [run.knownResult, run.deadline] = [undefined, undefined];
  if (run.items && resumeItems(run, run.items, failed.length)) {
    run.visit = board.nextVisit(run.task);
    board.later({ do: 'items', run });
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
