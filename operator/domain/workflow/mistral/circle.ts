// operator/domain/workflow/mistral/circle.ts — tasks that lead to each other and wait for nothing: the end of what would have no end.
import type { Board } from './board.ts';
import { completeTask } from './complete-task.ts';
import { failRun } from './ending.ts';
import { hasEnded } from './states.ts';

const MESSAGE = 'The workflow goes on and on without waiting for anything: its tasks lead in a circle.';

/** Fails the run, and the tasks that were under way in it: nothing would ever end them. What waits for a child ends with that. */
export function breakCircle(board: Board): void {
  failRun(board, MESSAGE);
  const waiting = [...board.open.values()].filter(({ run, action }) => !action || run.heeds(action));
  const runs = new Set(waiting.map(({ run }) => run));
  for (const run of board.tasks) {
    if (!hasEnded(run.state) && !runs.has(run)) completeTask(board, run, 'ERROR', MESSAGE);
  }
}
