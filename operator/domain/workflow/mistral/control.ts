// operator/domain/workflow/mistral/control.ts — pause, resume, and children that pause, ask, or end: what a run does about it.
import type { Value } from '../../expression/python/values.ts';
import type { ChildStatus } from '../engine.ts';
import type { Board, OpenChild } from './board.ts';
import { dispatch } from './commands.ts';
import { findNext } from './complete-task.ts';
import { forceFail, pauseRun } from './ending.ts';
import { markEnd } from './join.ts';
import { messageOf } from './mistral-fault.ts';
import { END_OF, hasEnded } from './states.ts';

/** Goes on with all that was put off; the children that pause are told so. */
export function resumeRun(board: Board): void {
  if (board.state !== 'PAUSED') return;
  board.setRunState('RUNNING', null);
  for (const [key, child] of board.open) if (child.halt === 'paused') board.tell(key, 'resume');
  const [held, ended] = [board.held, board.unprocessed];
  [board.held, board.unprocessed] = [[], []];
  for (const run of board.tasks.filter(({ state }) => state === 'IDLE')) {
    board.later({ do: 'again', run, reset: true, isRerun: false });
  }
  for (const job of held) board.later(job);
  const commands = ended.flatMap((run) => {
    try {
      const found = findNext(board, run);
      // What was to pause it has been resumed already.
      return found.filter(({ is }) => is !== 'pause');
    } catch (fault) {
      forceFail(
        board,
        run,
        `Failed to complete task [error=${messageOf(fault)}, wf=${board.name}, task=${run.task.name}]`,
      );
      return [];
    }
  });
  dispatch(board, commands);
  for (const run of ended) markEnd(board, run);
  board.later({ do: 'check' });
}

/** A child has another status. */
export function takeStatus(board: Board, key: string, status: ChildStatus, body: Value, nowMs: number): void {
  const child = board.open.get(key);
  if (!child) return;
  const end = END_OF.get(status);
  if (!end) return takeProgress(board, child, status);
  board.open.delete(key);
  const wasPending = child.halt === 'pending';
  halt(board, child, undefined);
  const { run, action, after } = child;
  const { deadline } = run;
  if (status === 'timedOut' && deadline && nowMs >= deadline.atMs && !hasEnded(run.state)) {
    run.deadline = undefined;
    board.later({ do: 'complete', run, state: 'ERROR', info: `Task timed out [timeout(s)=${deadline.seconds}].` });
  } else if (after) {
    if (end !== 'CANCELLED' || board.state !== 'CANCELLED') board.later(after);
  } else if (action) board.later({ do: 'act', run, action, end, body });
  if (wasPending && board.halted.size === 0 && board.isPausedByChild) resumeRun(board);
}

function takeProgress(board: Board, child: OpenChild, status: ChildStatus): void {
  const { run, action } = child;
  if (status === 'paused' || status === 'pending') {
    halt(board, child, status);
    if (action) action.state = 'PAUSED';
    const isBegun = action ? run.heeds(action) : !run.isWaitingAfter;
    if (isBegun && (run.state === 'RUNNING' || run.state === 'DELAYED')) board.setState(run, 'PAUSED', null);
    if (board.state === 'RUNNING') {
      pauseRun(board, null);
      board.isPausedByChild = status === 'pending';
    }
    return;
  }
  if (status !== 'running') return;
  halt(board, child, undefined);
  if (action?.state === 'PAUSED') action.state = 'RUNNING';
  const isBegun = run.state === 'DELAYED' && action !== undefined && run.heeds(action);
  const isResumed = run.state === 'PAUSED' && !run.hasPaused();
  if (isBegun || isResumed) board.setState(run, 'RUNNING', null);
}

function halt(board: Board, child: OpenChild, status: OpenChild['halt']): void {
  child.halt = status;
  if (status) board.halted.add(child);
  else board.halted.delete(child);
}
