// operator/domain/workflow/mistral/start-task.ts — a task begins: its policies first, then its action or workflow, once or for each item.
import { isPlain, type Plain, truthy, typeName, type Value } from '../../expression/python/values.ts';

import { isForAction, isOfPack, planAction, resolveAction, type Target } from './action-call.ts';
import type { Board } from './board.ts';
import type { Doing } from './doing.ts';
import { forceFail, pauseRun } from './ending.ts';
import { prepareItems } from './items.ts';
import { joined, triggersOf, unmark } from './join.ts';
import { messageOf, MistralFault } from './mistral-fault.ts';
import { own } from './own.ts';
import { isPausedBefore, numberOf } from './policies.ts';
import { type Layer, PlainLayer } from './sight.ts';
import { TIMER_ACTION } from './std-actions.ts';
import type { ActionRun, TaskRun } from './task-run.ts';
import { uuidOf } from './ids.ts';

/** Does something of a task's start; what its definition makes impossible fails the task and the run. */
function guarded(board: Board, run: TaskRun, what: () => void): void {
  try {
    what();
  } catch (fault) {
    const facts = `[error=${messageOf(fault)}, wf=${board.name}, task=${run.task.name}]`;
    forceFail(board, run, `Failed to run task ${facts}`);
  }
}

/** A task that is new, or run again as if it were. */
export function startTask(board: Board, run: TaskRun): void {
  guarded(board, run, () => {
    board.setState(run, 'RUNNING', null);
    unmark(board, run);
    if (isPausedBefore(board, run)) {
      board.setState(run, 'IDLE', "Set by 'pause-before' policy");
      pauseRun(board, null);
      return;
    }
    const delaySeconds = numberOf(board, run, 'waitBefore');
    const seconds = numberOf(board, run, 'timeout');
    if (seconds > 0) run.deadline = { atMs: board.outside.nowMs + seconds * 1000, seconds };
    if (delaySeconds > 0) board.setState(run, 'DELAYED', `Delayed by 'wait-before' policy [delay=${delaySeconds}]`);
    attempt(board, run, delaySeconds);
  });
}

/** A task that was stopped before it began, or has failed and is run again: all of it, or with items only what failed. */
export function startAgain(
  board: Board,
  run: TaskRun,
  how: { readonly reset: boolean; readonly isRerun: boolean },
): void {
  const isPart = !how.reset && run.task.withItems !== undefined;
  const kept = run.actions.filter(({ isAccepted, state }) => isPart && isAccepted && state === 'SUCCESS');
  run.supersede();
  for (const action of kept) action.isAccepted = true;
  if (how.isRerun) {
    board.drop(run);
    [run.retryNo, run.hasWaitedAfter, run.isWaitingAfter, run.deadline] = [0, false, false, undefined];
    return startTask(board, run);
  }
  guarded(board, run, () => {
    board.setState(run, 'RUNNING', null);
    unmark(board, run);
    const seconds = numberOf(board, run, 'timeout');
    if (seconds > 0) run.deadline = { atMs: board.outside.nowMs + seconds * 1000, seconds };
    attempt(board, run, 0);
  });
}

/** Runs the action of a task that is running: the first time, or by its retry policy. */
export function attemptTask(board: Board, run: TaskRun, delaySeconds: number): void {
  guarded(board, run, () => attempt(board, run, delaySeconds));
}

function attempt(board: Board, run: TaskRun, delaySeconds: number): void {
  const { task } = run;
  updateIncoming(board, run);
  run.hasBegun = true;
  run.visit = board.nextVisit(task);
  const target = task.workflow === undefined ? resolveAction(board, nameOf(board, run, task.action)) : undefined;
  if (task.withItems === undefined) {
    const input = inputOf(board, run, target);
    act(board, run, { target, input, index: 0, key: `${task.key}/${run.visit}`, delaySeconds });
    return;
  }
  prepareItems(board, run);
  startItems(board, run, delaySeconds);
}

/** What has led to a join since it was made comes in too. */
export function updateIncoming(board: Board, run: TaskRun): void {
  if (run.task.join === undefined) return;
  run.triggers = triggersOf(board, run);
  if (run.triggers.length > 0) run.incoming = joined(run.triggers);
}

/** As many items as may run at once; all that is left for a task without limit. */
export function startMoreItems(board: Board, run: TaskRun): void {
  guarded(board, run, () => startItems(board, run, 0));
}

function startItems(board: Board, run: TaskRun, delaySeconds: number): void {
  const { items, task } = run;
  if (!items) return;
  if (items.todo.length === 0) return board.later({ do: 'complete', run, state: 'SUCCESS', info: null });
  const target = task.workflow === undefined ? resolveAction(board, nameOf(board, run, task.action)) : undefined;
  while (items.started < items.todo.length && (items.concurrency === 0 || items.active < items.concurrency)) {
    const index = items.todo[items.started++] ?? 0;
    const layer = new PlainLayer(
      Object.fromEntries(items.names.map((name, at) => [name, items.values[at]?.[index] ?? null])),
    );
    const input = inputOf(board, run, target, layer);
    items.active++;
    const isGoing = act(board, run, { target, input, index, key: `${task.key}/${run.visit}/${index}`, delaySeconds });
    if (!isGoing) return;
  }
}

function nameOf(board: Board, run: TaskRun, written: string): string {
  const name = board.evaluate(written, board.sight(run));
  return truthy(name) ? board.text(name) : 'std.noop';
}

function inputOf(board: Board, run: TaskRun, target: Target | undefined, ...layers: readonly Layer[]): Plain {
  const { input, name } = run.task;
  const kept = target && isOfPack(target) ? isForAction : undefined;
  const value = board.evaluate(input, board.sight(run, ...layers), kept);
  if (!isPlain(value)) {
    const facts = `Actual type: <class '${typeName(value)}'>. Actual value: ${board.text(value)}`;
    throw new MistralFault(`Wrong dynamic input for task: ${name}. Dict type is expected. ${facts}`);
  }
  return { ...defaultsOf(board.setup.env, target?.name), ...value };
}

/** Input that the environment has for all uses of an action. */
function defaultsOf(env: Plain, action: string | undefined): Plain {
  const actions = own(env, '__actions');
  const found = action !== undefined && actions !== undefined && isPlain(actions) ? own(actions, action) : undefined;
  return found !== undefined && isPlain(found) ? found : {};
}

interface Act {
  readonly target: Target | undefined;
  readonly input: Plain;
  readonly index: number;
  readonly key: string;
  readonly delaySeconds: number;
}

/** Runs an action once; false when it is one that cannot be run, which ends the task. */
function act(board: Board, run: TaskRun, how: Act): boolean {
  if (!how.target) {
    askWorkflow(board, run, how);
    return true;
  }
  let doing: Doing;
  try {
    doing = planAction(board, run, how.target, how.input);
  } catch (fault) {
    board.later({ do: 'complete', run, state: 'ERROR', info: messageOf(fault) });
    return false;
  }
  const action = addAction(board, run, how, doing.is === 'child' ? doing.convert : (body) => body);
  if (doing.is === 'child') {
    ask(board, run, how, { action: doing.action, input: doing.input }, action);
  } else if (doing.is === 'wait' || how.delaySeconds > 0) {
    const seconds = how.delaySeconds + (doing.is === 'wait' ? doing.seconds : 0);
    const end = doing.is === 'wait' ? 'SUCCESS' : doing.state;
    startTimer(board, run, how.key, seconds, { do: 'act', run, action, end, body: doing.output });
  } else {
    board.later({ do: 'act', run, action, end: doing.state, body: doing.output });
  }
  return true;
}

function addAction(
  board: Board,
  run: TaskRun,
  how: Act,
  convert: (body: Value) => Value,
  isWorkflow = false,
): ActionRun {
  const action: ActionRun = {
    key: how.key,
    id: uuidOf(board.setup.id, how.key),
    index: how.index,
    isWorkflow,
    runs: undefined,
    input: how.input,
    convert,
    state: 'RUNNING',
    isAccepted: false,
    isSuperseded: false,
    output: null,
    nested: null,
  };
  run.actions.push(action);
  return action;
}

/** Another workflow of the definition, by its own name or with the workbook's before it; else a workflow as an action of a pack. */
function askWorkflow(board: Board, run: TaskRun, how: Act): void {
  const { definition } = board.setup;
  const name = board.text(board.evaluate(run.task.workflow ?? '', board.sight(run)));
  const prefix = `${definition.name}.`;
  const local = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const workflow = [name, local].find((one) => definition.workflows.has(one) && definition.isWorkbook);
  if (workflow === undefined && !name.includes('.')) {
    throw new MistralFault(`Failed to find workflow [name=${name}] [namespace=]`);
  }
  const action = addAction(board, run, how, (body) => body, workflow !== undefined);
  const { input } = how;
  ask(board, run, how, workflow === undefined ? { action: name, input } : { workflow, input }, action);
}

type What = { readonly input: Plain } & ({ readonly action: string } | { readonly workflow: string });

function ask(board: Board, run: TaskRun, how: Act, what: What, action: ActionRun): void {
  const item = run.items ? { item: how.index } : {};
  const child = { key: how.key, task: run.task.name, ...item, ...what, delaySeconds: how.delaySeconds };
  action.runs = 'workflow' in what ? { workflow: what.workflow } : { action: what.action };
  board.ask(
    { ...child, input: what.input as Plain, ...timeoutOf(board, run) },
    { run, action, after: undefined, halt: undefined },
  );
}

/** A child that does nothing, put off by as long as there is to wait. */
export function startTimer(
  board: Board,
  run: TaskRun,
  key: string,
  delaySeconds: number,
  after: NonNullable<Parameters<Board['ask']>[1]['after']>,
): void {
  const child = { key, task: run.task.name, action: TIMER_ACTION, input: {}, delaySeconds };
  board.ask({ ...child, ...timeoutOf(board, run) }, { run, action: undefined, after, halt: undefined });
}

/** What is left of the time that the task may take, from now. */
function timeoutOf(board: Board, run: TaskRun): { readonly timeoutSeconds?: number } {
  if (!run.deadline) return {};
  return { timeoutSeconds: Math.max(0, (run.deadline.atMs - board.outside.nowMs) / 1000) };
}
