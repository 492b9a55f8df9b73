// operator/domain/workflow/mistral/commands.ts — what is to be done next in a workflow, and the order in which it is done.
import type { Board } from './board.ts';
import { failRun, pauseRun, succeedRun } from './ending.ts';
import { deferJoin } from './join.ts';
import type { EventName, Task } from './model.ts';
import { hasEnded } from './states.ts';
import type { TaskRun } from './task-run.ts';
import type { Variables } from './variables.ts';

export type Command =
  | {
      readonly is: 'task';
      readonly task: Task;
      readonly variables: Variables;
      readonly trigger: TaskRun | undefined;
      readonly event: EventName | undefined;
    }
  /** A task that was stopped before it began, or one that is run again. */
  | { readonly is: 'again'; readonly run: TaskRun; readonly reset: boolean; readonly isRerun: boolean }
  | { readonly is: 'noop'; readonly event: EventName }
  | { readonly is: 'fail' | 'succeed' | 'pause'; readonly message: string | null; readonly event: EventName };

const isStateChange = ({ is }: Command): boolean => is === 'fail' || is === 'succeed' || is === 'pause';

/** Does what a `pause` has put off, then the commands. */
export function dispatch(board: Board, commands: readonly Command[]): void {
  const backlog = board.backlog;
  board.backlog = [];
  carryOut(board, backlog);
  carryOut(board, commands);
}

function carryOut(board: Board, commands: readonly Command[]): void {
  const ordered = arrange(commands);
  const added = ordered.filter(({ is }) => is === 'task').length;
  // Mistral creates tasks that start together in the reverse of their order, and lets the last one win where branches meet.
  let rank = board.takeRanks(added) + added;
  for (const command of ordered) {
    if (hasEnded(board.state)) return;
    rank -= command.is === 'task' ? 1 : 0;
    if (board.state === 'PAUSED') board.backlog.push(command);
    else carryOutOne(board, command, rank);
  }
}

/** Commands without `noop`, those for joins last; nothing after a `fail` or `succeed`. */
function arrange(commands: readonly Command[]): readonly Command[] {
  const meant = commands.filter(({ is }) => is !== 'noop');
  const at = meant.findIndex(isStateChange);
  const [before, change] = at < 0 ? [meant, undefined] : [meant.slice(0, at), meant[at]];
  const isJoin = (command: Command) => command.is === 'task' && command.task.join !== undefined;
  const sorted = [...before.filter((one) => !isJoin(one)), ...before.filter(isJoin)];
  if (!change) return sorted;
  return change.is === 'pause' ? [...sorted, change, ...meant.slice(at + 1)] : [...sorted, change];
}

function carryOutOne(board: Board, command: Command, rank: number): void {
  switch (command.is) {
    case 'task':
      return command.task.join === undefined
        ? runTask(board, command, rank)
        : deferJoin(board, command.task, command, rank);
    case 'again':
      return board.later({ do: 'again', run: command.run, reset: command.reset, isRerun: command.isRerun });
    case 'fail':
      return failRun(board, command.message);
    case 'succeed':
      return succeedRun(board, command.message);
    case 'pause':
      return pauseRun(board, command.message);
    case 'noop':
      return undefined;
  }
}

function runTask(board: Board, command: Command & { readonly is: 'task' }, rank: number): void {
  const { task, variables, trigger } = command;
  const run = board.add(task, rank, variables, trigger ? [trigger] : []);
  board.later({ do: 'start', run });
}
