// operator/domain/workflow/mistral/run.ts — the run of a Mistral workflow: entries in, children out.
import type { Value, Plain } from '../../expression/python/values.ts';
import type { Beginning, Entry, Outside, Run, RunStatus, Step, TaskView } from '../engine.ts';
import { type MistralSettings, setUp } from './begin.ts';
import { Board } from './board.ts';
import { breakCircle } from './circle.ts';
import { type Command, dispatch } from './commands.ts';
import { beginShared, completeTask, endAction } from './complete-task.ts';
import { resumeRun, takeStatus } from './control.ts';
import { cancelRun, checkRun, failRun, pauseRun } from './ending.ts';
import type { Job } from './jobs.ts';
import { blockedMessage, judgeJoin } from './join.ts';
import { messageOf, type MistralFault } from './mistral-fault.ts';
import type { MistralDefinition } from './model.ts';
import { rerunFrom, whyNotFrom } from './rerun.ts';
import { startOfReverse } from './reverse.ts';
import { attemptTask, startAgain, startMoreItems, startTask } from './start-task.ts';
import { hasEnded, type RunState } from './states.ts';
import { bodyOf, lensOf } from './user-model.ts';
import { Variables } from './variables.ts';

/** A run of a workflow of the definition. What makes it impossible fails it when it is started. */
export const newMistralRun = (
  definition: MistralDefinition,
  beginning: Beginning,
  settings: MistralSettings = {},
): MistralRun => {
  const { setup, fault } = setUp(definition, beginning, settings);
  return new MistralRun(new Board(setup), fault);
};

type Of<Is extends Job['do']> = Extract<Job, { readonly do: Is }>;
type Jobs = { readonly [Is in Job['do']]: (board: Board, job: Of<Is>) => void };

const JOBS: Jobs = {
  start: (board, { run }) => {
    // A join may have been found ready twice before it could begin.
    if (run.task.join === undefined || run.state === 'WAITING') startTask(board, run);
  },
  again: (board, { run, reset, isRerun }) => startAgain(board, run, { reset, isRerun }),
  attempt: (board, { run, delaySeconds }) => attemptTask(board, run, delaySeconds),
  items: (board, { run }) => {
    if (!hasEnded(run.state) && !run.isWaitingAfter) startMoreItems(board, run);
  },
  act: (board, { run, action, end, body }) => endAction(board, run, action, end, body),
  complete: (board, { run, state, info }) => completeTask(board, run, state, info),
  join: (board, { run }) => {
    if (run.state !== 'WAITING' || hasEnded(board.state)) return;
    const judged = judgeJoin(board, run);
    if (judged.is === 'fail') completeTask(board, run, 'ERROR', judged.message);
    else if (judged.is === 'go') board.whenRunning({ do: 'start', run });
  },
  check: (board) => checkRun(board),
};

/** How a run stands for others: it ends when all its children have. */
const STATUSES: Readonly<Record<RunState, readonly [withChildren: RunStatus, without: RunStatus]>> = {
  RUNNING: ['running', 'running'],
  PAUSED: ['pausing', 'paused'],
  SUCCESS: ['running', 'succeeded'],
  ERROR: ['running', 'failed'],
  CANCELLED: ['canceling', 'canceled'],
};

export class MistralRun implements Run {
  readonly #board: Board;
  readonly #fault: MistralFault | undefined;
  #hasStarted = false;
  constructor(board: Board, fault: MistralFault | undefined) {
    this.#board = board;
    this.#fault = fault;
    board.lens = lensOf(board);
  }

  get status(): RunStatus {
    const { halted, open, state } = this.#board;
    const active = state === 'PAUSED' ? open.size - halted.size : open.size;
    return STATUSES[state][active > 0 ? 0 : 1];
  }

  whyNotRerun(tasks: readonly string[] | undefined): string | undefined {
    return whyNotFrom(this.#board, tasks);
  }

  advance(entry: Entry, outside: Outside): Step {
    const board = this.#board;
    board.outside = outside;
    this.#take(entry, outside);
    this.#work();
    return { status: this.status, ...board.takeStep() };
  }

  #take(entry: Entry, { nowMs }: Outside): void {
    const board = this.#board;
    switch (entry.is) {
      case 'start':
        if (!this.#hasStarted) this.#start(nowMs);
        return;
      case 'child':
        return takeStatus(board, entry.key, entry.status, (entry.result ?? null) as Value, nowMs);
      case 'refused':
        return takeStatus(board, entry.key, 'failed', entry.error, nowMs);
      case 'request':
        return this.#request(entry.request);
      case 'rerun':
        return this.#rerun(entry.tasks, entry.reset ?? []);
    }
  }

  #start(nowMs: number): void {
    const board = this.#board;
    this.#hasStarted = true;
    [board.startedMs, board.updatedMs] = [nowMs, nowMs];
    try {
      if (this.#fault) throw this.#fault;
      beginShared(board);
      dispatch(board, this.#firstCommands());
      board.later({ do: 'check' });
    } catch (fault) {
      failRun(board, messageOf(fault));
    }
  }

  #firstCommands(): readonly Command[] {
    const { workflow } = this.#board.setup;
    if (workflow.type === 'reverse') return startOfReverse(this.#board);
    const [trigger, event] = [undefined, undefined];
    return workflow.startTasks.map((task) => ({ is: 'task', task, variables: Variables.NONE, trigger, event }));
  }

  #request(request: 'pause' | 'resume' | 'cancel'): void {
    const board = this.#board;
    if (request === 'resume') resumeRun(board);
    else if (request === 'cancel') cancelRun(board, null);
    else {
      pauseRun(board, null);
      board.isPausedByChild = false;
    }
  }

  #rerun(tasks: readonly string[] | undefined, reset: readonly string[]): void {
    try {
      rerunFrom(this.#board, tasks, reset);
    } catch (fault) {
      this.#board.stateInfo = messageOf(fault);
    }
  }

  /** Until nothing is left to do but to wait for children. */
  #work(): void {
    const board = this.#board;
    let isDone: boolean;
    do {
      isDone = board.work((job) => carryOut(board, job));
      if (!isDone) breakCircle(board);
    } while (!isDone || this.#unblock());
  }

  /** Fails a join that would wait for ever: nothing runs that might lead to it. */
  #unblock(): boolean {
    const board = this.#board;
    const isStuck = board.state === 'RUNNING' && board.open.size === 0 && board.counts.incomplete > 0;
    const run = isStuck ? board.tasks.find(({ state }) => state === 'WAITING') : undefined;
    if (run) board.later({ do: 'complete', run, state: 'ERROR', info: blockedMessage(board, run) });
    return run !== undefined;
  }

  result(): Plain {
    const { state, output } = this.#board;
    return bodyOf(this.#board, hasEnded(state) ? output : {}) as Plain;
  }

  contextBytes(): number {
    return this.#board.bytes;
  }

  tasks(): readonly TaskView[] {
    return this.#board.tasks.map(({ task, keys, state }) => ({ task: task.name, children: keys, status: state }));
  }
}

function carryOut<Is extends Job['do']>(board: Board, job: Of<Is>): void {
  const run: (board: Board, job: Of<Is>) => void = JOBS[job.do as Is];
  run(board, job);
}
