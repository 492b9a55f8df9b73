// operator/domain/workflow/mistral/complete-task.ts — a task ends: what it publishes, whether it waits or is run again, and what comes next.
import { evaluating } from '../../expression/evaluation.ts';
import { isPlain, type Plain, truthy, type Value } from '../../expression/python/values.ts';
import { jsonBytes } from '../action-chain/size.ts';
import type { Board } from './board.ts';
import { type Command, dispatch } from './commands.ts';
import { forceFail } from './ending.ts';
import { countItem, endEarly } from './items.ts';
import { markEnd } from './join.ts';
import { messageOf } from './mistral-fault.ts';
import type { Transition } from './model.ts';
import { own } from './own.ts';
import { failsOn, numberOf, retryOf } from './policies.ts';
import { nextOfReverse } from './reverse.ts';
import { PlainLayer } from './sight.ts';
import { startTimer, updateIncoming } from './start-task.ts';
import { type EndState, hasEnded } from './states.ts';
import type { ActionRun, TaskRun } from './task-run.ts';

/** What an action gave; the task ends with it, or with its last item. */
export function endAction(board: Board, run: TaskRun, action: ActionRun, end: EndState, body: Value): void {
  if (action.isSuperseded) {
    action.state = end;
    return;
  }
  try {
    takeResult(action, end, body);
  } catch (fault) {
    const facts = `[error=${messageOf(fault)}, wf=${board.name}, task=${run.task.name}]`;
    return forceFail(board, run, `Failed to handle action completion ${facts}`);
  }
  run.knownResult = undefined;
  if (!run.heeds(action)) return;
  if (run.state === 'PAUSED' && !run.hasPaused()) board.setState(run, 'RUNNING', null);
  const { items } = run;
  if (!items) {
    const { output } = action;
    const told = action.isWorkflow && isPlain(output) ? (own(output, 'result') ?? null) : output;
    return completeTask(board, run, end, end === 'SUCCESS' || !truthy(told) ? null : board.text(told));
  }
  const ended = countItem(items, end);
  if (ended) return completeTask(board, run, ended.state, ended.info);
  if (items.started >= items.todo.length) return;
  if (hasEnded(board.state) && items.active === 0) {
    const { state, info } = endEarly(items);
    return completeTask(board, run, state, info);
  }
  board.whenRunning({ do: 'items', run });
}

function takeResult(action: ActionRun, end: EndState, body: Value): void {
  action.state = end;
  action.isAccepted = true;
  if (action.isWorkflow && isPlain(body)) {
    const { tasks, extra: _, ...output } = body;
    [action.output, action.nested] = [output, tasks ?? null];
  } else action.output = end === 'SUCCESS' ? action.convert(body) : body;
}

/** Ends a task; one that has ended already stays as it is. */
export function completeTask(board: Board, run: TaskRun, state: EndState, info: string | null): void {
  if (hasEnded(run.state)) return;
  run.isWaitingAfter = false;
  board.setState(run, state, info);
  try {
    updateIncoming(board, run);
    publish(board, run);
    if (!keepsResult(board, run)) dropResult(run);
    applyPolicies(board, run);
    if (!hasEnded(run.state)) return;
    goOn(board, run);
  } catch (fault) {
    const facts = `[error=${messageOf(fault)}, wf=${board.name}, task=${run.task.name}]`;
    forceFail(board, run, `Failed to complete task ${facts}`);
  }
}

function goOn(board: Board, run: TaskRun): void {
  const commands = hasEnded(board.state) ? [] : findNext(board, run);
  run.next = commands.flatMap((one) => (one.is === 'task' ? [{ to: one.task.name, event: one.event }] : []));
  if (run.state === 'ERROR') {
    board.setErrorHandled(
      run,
      commands.some((one) => 'event' in one && one.event === 'on-error'),
    );
  }
  if (board.state === 'PAUSED') {
    board.unprocessed.push(run);
    return;
  }
  dispatch(board, commands);
  markEnd(board, run);
  board.later({ do: 'check' });
}

/** What a task that has ended leads to. @throws ExpressionFault */
export function findNext(board: Board, run: TaskRun): readonly Command[] {
  if (board.setup.workflow.type === 'reverse') return nextOfReverse(board, run);
  if (run.state !== 'SUCCESS' && run.state !== 'ERROR') return [];
  const variables = run.outgoing();
  const sight = board.sight(run, variables);
  const holds = ({ condition }: Transition) => condition === undefined || truthy(board.evaluate(condition, sight));
  return run.task.next[run.state].flatMap((transition): Command[] => {
    if (!holds(transition)) return [];
    const { to, event, parameters } = transition;
    const message = own(asPlain(board.evaluate(parameters, sight)), 'msg') ?? null;
    const task = board.setup.workflow.tasks.get(to);
    if (task) return [{ is: 'task', task, variables, trigger: run, event }];
    if (to === 'noop') return [{ is: 'noop', event }];
    if (to === 'fail' || to === 'succeed' || to === 'pause') {
      return [{ is: to, message: message === null ? null : board.text(message), event }];
    }
    return [];
  });
}

const asPlain = (value: Value): Plain => (isPlain(value) ? value : {});

function publish(board: Board, run: TaskRun): void {
  // What an attempt before it has published does not count.
  run.published = {};
  if (run.state !== 'SUCCESS' && run.state !== 'ERROR') return;
  const { branch, global } = run.task.publish[run.state];
  const sight = board.sight(run);
  if (Object.keys(branch).length > 0) {
    run.published = asPlain(board.evaluate(branch, sight));
    board.bytes += jsonBytes(run.published);
  }
  if (Object.keys(global).length === 0) return;
  const values = asPlain(board.evaluate(global, sight));
  board.bytes += jsonBytes(values);
  board.shared = merged(board.shared, values);
}

/** Both, one inside the other where both have objects. */
function merged(under: Plain, over: Plain): Plain {
  const entries = new Map<string, Value>(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const known = entries.get(key);
    entries.set(key, known !== undefined && isPlain(known) && isPlain(value) ? merged(known, value) : value);
  }
  return Object.fromEntries(entries);
}

function keepsResult(board: Board, run: TaskRun): boolean {
  const written = run.task.keepResult;
  return written === true || truthy(evaluating(board.outside, () => board.evaluate(written, board.sight(run))));
}

function dropResult(run: TaskRun): void {
  for (const action of run.actions) if (!action.isWorkflow) action.output = null;
  run.knownResult = undefined;
}

/** In Mistral's order; each may give the task another state, which the next one sees. */
function applyPolicies(board: Board, run: TaskRun): void {
  const seconds = numberOf(board, run, 'waitAfter');
  if (seconds > 0 && !run.hasWaitedAfter && hasEnded(run.state) && !hasEnded(board.state)) {
    [run.hasWaitedAfter, run.isWaitingAfter] = [true, true];
    const { state, stateInfo: info } = run;
    board.setState(run, 'DELAYED', `Delayed by 'wait-after' policy [delay=${seconds}]`);
    return startTimer(board, run, `${run.task.key}/${run.visit}/after`, seconds, { do: 'complete', run, state, info });
  }
  if (run.state === 'SUCCESS' && failsOn(board, run)) board.setState(run, 'ERROR', "Failed by 'fail-on' policy");
  const retry = retryOf(board, run);
  // A join that failed since it was never ready is not made ready by trying again.
  if (!retry || hasEnded(board.state) || !run.hasBegun) return;
  run.retryNo++;
  run.supersede();
  board.setState(run, 'DELAYED', `Delayed by 'retry' policy [delay=${retry.delaySeconds}]`);
  board.whenRunning({ do: 'attempt', run, delaySeconds: retry.delaySeconds });
}

/** Variables of a run that begins: `vars`, which see the input. @throws ExpressionFault */
export function beginShared(board: Board): void {
  const { vars } = board.setup.workflow;
  if (Object.keys(vars).length === 0) return;
  board.shared = asPlain(board.evaluate(vars, board.sight(undefined, new PlainLayer({}))));
  board.bytes += jsonBytes(board.shared);
}
