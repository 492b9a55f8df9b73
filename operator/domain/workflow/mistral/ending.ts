// operator/domain/workflow/mistral/ending.ts — how a run ends, pauses, and what it then gives: outputs, and why it failed.
import { isPlain, type Plain, truthy, type Value } from '../../expression/python/values.ts';
import type { Board } from './board.ts';
import { messageOf } from './mistral-fault.ts';
import { hasEnded } from './states.ts';
import type { TaskRun } from './task-run.ts';
import { Variables } from './variables.ts';

/** Ends the run when nothing is left of it: no task that has not ended. */
export function checkRun(board: Board): void {
  if (board.state !== 'RUNNING' || board.counts.incomplete > 0) return;
  if (board.counts.canceled > 0) return cancelRun(board, `Cancelled tasks: ${namesOf(board, 'CANCELLED')}`);
  const blocked = board.counts.errors > 0 ? failureOf(board) : cycleOf(board);
  if (blocked !== undefined) return failRun(board, blocked);
  succeedRun(board, null);
}

export function succeedRun(board: Board, message: string | null): void {
  try {
    const output = outputOf(board, board.setup.workflow.output);
    board.setRunState('SUCCESS', message);
    board.output = output;
  } catch (fault) {
    failRun(
      board,
      `Failed to check and complete [wf_ex_id=${board.setup.id}, wf_name=${board.name}]: ${messageOf(fault)}`,
    );
  }
}

/** Does nothing to a run that is paused: what has failed fails it when it is resumed. */
export function failRun(board: Board, message: string | null): void {
  if (board.state === 'PAUSED' || hasEnded(board.state)) return;
  const { outputOnError } = board.setup.workflow;
  let [info, output]: [string | null, Value] = [message, {}];
  try {
    output = outputOf(board, outputOnError);
  } catch (fault) {
    const shown = `output-on-error: '${board.text(outputOnError)}', exception: '${messageOf(fault)}'`;
    info = `Failed to evaluate expression in output-on-error! (${shown} Cause: '${message ?? 'None'}'`;
  }
  board.setRunState('ERROR', info);
  board.output = { result: info, ...(isPlain(output) ? output : {}) };
}

export function cancelRun(board: Board, message: string | null): void {
  if (hasEnded(board.state)) return;
  board.setRunState('CANCELLED', message);
  board.output = { result: message };
  for (const key of board.open.keys()) board.tell(key, 'cancel');
}

/** Whatever runs goes on; workflows among the children pause too. */
export function pauseRun(board: Board, message: string | null): void {
  if (board.state !== 'RUNNING') return;
  board.setRunState('PAUSED', message);
  board.isPausedByChild = false;
  for (const [key, child] of board.open) if (!child.halt && child.action) board.tell(key, 'pause');
}

/** Ends a task whose definition cannot be carried out, and with it the run: nothing handles that. */
export function forceFail(board: Board, run: TaskRun, message: string): void {
  board.setState(run, 'ERROR', message);
  if (board.state === 'PAUSED') board.unprocessed.push(run);
  failRun(board, message);
}

/** What is written as output; without that all variables. @throws ExpressionFault */
function outputOf(board: Board, written: Plain): Value {
  const variables = finalVariables(board);
  const output = board.evaluate(written, board.sight(undefined, variables));
  return truthy(output) ? output : variables.plain();
}

/** The variables of the tasks that led nowhere; of a reverse workflow those of its target. */
function finalVariables(board: Board): Variables {
  const { workflow, target } = board.setup;
  if (workflow.type === 'reverse') return board.latest(target ?? '')?.outgoing() ?? Variables.NONE;
  const ends = board.tasks.filter((run) => hasEnded(run.state) && run.next.length === 0);
  return Variables.merge(ends.sort((a, b) => a.rank - b.rank).map((run) => run.outgoing()));
}

const namesOf = (board: Board, state: 'CANCELLED'): string =>
  board.tasks
    .filter((run) => run.state === state)
    .map(({ task }) => task.name)
    .sort()
    .join(', ');

/** Which tasks failed, and what each says; a task with an on-error clause is no cause, though none of it came true. */
function failureOf(board: Board): string {
  const failed = board.tasks
    .filter((run) => run.state === 'ERROR' && !run.task.handlesErrors)
    .sort((a, b) => (a.task.name < b.task.name ? -1 : Number(a.task.name > b.task.name)));
  const lines = failed.map((run) => {
    const actions = run.actions.map((action, index) => {
      const kind = action.isWorkflow ? 'wf_ex_id' : 'action_ex_id';
      return action.state === 'ERROR'
        ? `    [${kind}=${action.id}, idx=${index}]: ${shown(board, action.output)}\n`
        : '';
    });
    return `\n  ${run.task.name} [task_ex_id=${run.id}] -> ${run.stateInfo ?? 'None'}\n${actions.join('')}`;
  });
  return `Failure caused by error in tasks: ${failed.map(({ task }) => task.name).join(', ')}\n${lines.join('')}`;
}

const shown = (board: Board, output: Value): string => (output === null ? 'Unknown' : board.text(output));

/** Reverse: tasks that require each other, so that none can begin. */
function cycleOf(board: Board): string | undefined {
  const { workflow, target } = board.setup;
  if (workflow.type !== 'reverse' || board.latest(target ?? '') !== undefined) return undefined;
  return `Tasks that '${target}' requires require each other`;
}
