// operator/domain/workflow/mistral/policies.ts — what a task's policies come to: expressions evaluated, types checked.
import { compileSchema } from '../../action/json-schema.ts';
import { bestProblem } from '../../action/schema-problem.ts';
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { repr } from '../../expression/python/repr.ts';
import { truthy, type Value } from '../../expression/python/values.ts';
import type { Board } from './board.ts';
import { MistralFault } from './mistral-fault.ts';
import type { TaskRun } from './task-run.ts';

type Numeric = 'waitBefore' | 'waitAfter' | 'timeout' | 'concurrency';

/** As Mistral names them in messages. */
const TITLES: Readonly<Record<Numeric | 'pauseBefore' | 'retry', string>> = {
  waitBefore: 'WaitBeforePolicy',
  waitAfter: 'WaitAfterPolicy',
  timeout: 'TimeoutPolicy',
  concurrency: 'ConcurrencyPolicy',
  pauseBefore: 'PauseBeforePolicy',
  retry: 'RetryPolicy',
};

const WHOLE = compileSchema({ type: 'integer', minimum: 0 });
const BOOLEAN = compileSchema({ type: 'boolean' });

/** A whole number of 0 or more; 0 where there is no such policy. @throws MistralFault, ExpressionFault */
export function numberOf(board: Board, run: TaskRun, policy: Numeric): number {
  const written = run.task.policies[policy];
  return written === undefined ? 0 : evaluated(board, run, written, WHOLE, TITLES[policy], Number);
}

/** @throws MistralFault, ExpressionFault */
export function isPausedBefore(board: Board, run: TaskRun): boolean {
  const written = run.task.policies.pauseBefore;
  return written !== undefined && evaluated(board, run, written, BOOLEAN, TITLES.pauseBefore, truthy);
}

/** @throws ExpressionFault */
export function failsOn(board: Board, run: TaskRun): boolean {
  const written = run.task.policies.failOn;
  return written !== undefined && truthy(board.evaluate(written, board.sight(run)));
}

/** Whether a task that has ended is to be run again, and after how many seconds. @throws MistralFault, ExpressionFault */
export function retryOf(board: Board, run: TaskRun): { readonly delaySeconds: number } | undefined {
  const { retry } = run.task.policies;
  if (!retry) return undefined;
  const whole = (written: Value) => evaluated(board, run, written, WHOLE, TITLES.retry, Number);
  const [count, delaySeconds] = [whole(retry.count), whole(retry.delay)];
  if (count === 0) return undefined;
  const sight = board.sight(run, run.outgoing());
  const holds = (condition: string | undefined) => condition !== undefined && truthy(board.evaluate(condition, sight));
  const [goesOn, breaks] = [holds(retry.continueOn), holds(retry.breakOn)];
  if (run.state !== 'SUCCESS' && run.state !== 'ERROR') return undefined;
  if (run.retryNo >= count) return undefined;
  if (run.state === 'ERROR' && breaks) return undefined;
  if (retry.continueOn === undefined ? run.state === 'SUCCESS' : !goesOn) return undefined;
  return { delaySeconds };
}

function evaluated<T>(
  board: Board,
  run: TaskRun,
  written: Value,
  check: ReturnType<typeof compileSchema>,
  title: string,
  read: (value: Value) => T,
): T {
  const value = typeof written === 'string' ? board.evaluate(written, board.sight(run)) : written;
  const problem = evaluating(NOWHEN, () => bestProblem(check(value)));
  if (!problem) return read(value);
  const wrong = evaluating(NOWHEN, () => problem.text(repr));
  const advice = 'Value(s) can be shown after YAQL evaluating. If you use YAQL here, please correct it.';
  throw new MistralFault(`Invalid data type in ${title}: ${wrong}. ${advice}`);
}
