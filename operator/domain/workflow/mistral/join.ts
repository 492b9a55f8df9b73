// operator/domain/workflow/mistral/join.ts — tasks that wait for others: which of them have led here, and whether enough still may.
import type { Board } from './board.ts';
import type { EventName, Task } from './model.ts';
import { hasEnded } from './states.ts';
import type { TaskRun } from './task-run.ts';
import { Variables } from './variables.ts';

/** What the tasks before a join have come to, kept as they end, so that none is looked at twice. */
interface Marks {
  /** Tasks that led here, and those that never will. */
  readonly led: Set<string>;
  readonly lost: Set<string>;
  /** Whether a way here may have been lost before it was gone. */
  isDoubtful: boolean;
}

const marksOf = new WeakMap<Board, Map<string, Marks>>();
const reachable = new WeakMap<ReadonlyMap<string, Task>, Map<string, ReadonlySet<string>>>();

function marksFor(board: Board, join: string): Marks {
  let all = marksOf.get(board);
  if (!all) marksOf.set(board, (all = new Map()));
  let marks = all.get(join);
  if (!marks) all.set(join, (marks = { led: new Set(), lost: new Set(), isDoubtful: true }));
  return marks;
}

interface Arrival {
  readonly variables: Variables;
  readonly trigger: TaskRun | undefined;
  readonly event: EventName | undefined;
}

/** One of the tasks before has led to a join: there is one execution of it, however many lead there. */
export function deferJoin(board: Board, task: Task, arrival: Arrival, rank: number): void {
  const known = board.latest(task.name);
  const run = known ?? board.add(task, rank, arrival.variables, []);
  if (!known || (hasEnded(run.state) && isNewRound(board, run, arrival))) {
    board.setState(run, 'WAITING', 'Task is waiting.');
    forgetRound(run);
  }
  resolveLater(board, task.name);
}

/**
 * Whether a join that has ended is to run again: when a task has led to it a second time. One that has failed has done so for all that
 * lead to it the first time, unless what was lost has come after all: by a rerun.
 */
function isNewRound(board: Board, run: TaskRun, { trigger }: Arrival): boolean {
  if (run.state === 'ERROR') return (trigger?.ordinal ?? 0) > 0 || judgeJoin(board, run).is !== 'fail';
  if (run.task.join === 'all') return true;
  return run.triggers.some(({ task }) => task.name === trigger?.task.name);
}

/** What came of a join when it ran before is nothing to the next round. */
function forgetRound(run: TaskRun): void {
  run.supersede();
  run.deadline = undefined;
  [run.hasBegun, run.hasWaitedAfter, run.retryNo] = [false, false, 0];
}

/** A task begins once more: what it led to before does not count any longer. */
export function unmark(board: Board, { task }: TaskRun): void {
  for (const name of task.outbound) {
    if (board.setup.workflow.tasks.get(name)?.join === undefined) continue;
    const marks = marksFor(board, name);
    marks.led.delete(task.name);
    marks.lost.delete(task.name);
  }
}

/** A task has ended: joins that it leads to, or that can only be reached through it, may begin or fail. */
export function markEnd(board: Board, run: TaskRun): void {
  const { tasks } = board.setup.workflow;
  const taken = new Set(run.next.map(({ to }) => to));
  for (const name of run.task.outbound) {
    const isTaken = taken.has(name);
    const join = tasks.get(name)?.join;
    if (join !== undefined) {
      const marks = marksFor(board, name);
      marks[isTaken ? 'led' : 'lost'].add(run.task.name);
      marks[isTaken ? 'lost' : 'led'].delete(run.task.name);
      resolveLater(board, name);
    }
    if (isTaken) continue;
    for (const further of joinsAfter(tasks, name)) {
      marksFor(board, further).isDoubtful = true;
      resolveLater(board, further);
    }
  }
}

function resolveLater(board: Board, name: string): void {
  const run = board.latest(name);
  if (run?.state === 'WAITING') board.later({ do: 'join', run });
}

/** The joins that a task leads to, over whatever ways. */
export function joinsAfter(tasks: ReadonlyMap<string, Task>, from: string): ReadonlySet<string> {
  let known = reachable.get(tasks);
  if (!known) reachable.set(tasks, (known = new Map()));
  const before = known.get(from);
  if (before) return before;
  const [seen, joins] = [new Set([from]), new Set<string>()];
  for (const name of seen) {
    for (const next of tasks.get(name)?.outbound ?? []) {
      seen.add(next);
      if (tasks.get(next)?.join !== undefined) joins.add(next);
    }
  }
  known.set(from, joins);
  return joins;
}

/** What becomes of a join now: it begins, fails, or goes on waiting. */
export function judgeJoin(
  board: Board,
  run: TaskRun,
): { readonly is: 'go' | 'wait' } | { readonly is: 'fail'; readonly message: string } {
  const { task } = run;
  const marks = marksFor(board, task.name);
  if (marks.isDoubtful) findLost(board, task, marks);
  const needed = task.join === 'all' ? task.inbound.length : (task.join ?? 0);
  if (marks.led.size >= needed) return { is: 'go' };
  if (marks.lost.size <= task.inbound.length - needed) return { is: 'wait' };
  return { is: 'fail', message: `Failed by tasks: ${listed(task.inbound.filter((name) => marks.lost.has(name)))}` };
}

/** Of a join that nothing can lead to any more, though no way is known to be lost. */
export function blockedMessage(board: Board, { task }: TaskRun): string {
  const { led, lost } = marksFor(board, task.name);
  return `Blocked by tasks: ${listed(task.inbound.filter((name) => !led.has(name) && !lost.has(name)))}`;
}

const listed = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(', ')}]`;

function findLost(board: Board, task: Task, marks: Marks): void {
  marks.isDoubtful = false;
  for (const name of task.inbound) {
    if (board.latest(name) === undefined && !mayRun(board, name)) marks.lost.add(name);
  }
}

/** Whether some way still leads to a task that has not run: from one that has not ended, or that has led on. */
function mayRun(board: Board, name: string): boolean {
  const seen = new Set([name]);
  for (const to of seen) {
    for (const from of board.setup.workflow.tasks.get(to)?.inbound ?? []) {
      const run = board.latest(from);
      if (!run) seen.add(from);
      else if (!hasEnded(run.state) || run.next.some((next) => next.to === to)) return true;
    }
  }
  return false;
}

/** The executions that have led to a join, in the order in which they win; what ended in a pause leads on when that is over. */
export function triggersOf(board: Board, { task }: TaskRun): readonly TaskRun[] {
  const putOff = new Set(board.unprocessed);
  return task.inbound
    .flatMap((name) => board.byName.get(name) ?? [])
    .filter((run) => hasEnded(run.state) && !putOff.has(run) && run.next.some(({ to }) => to === task.name))
    .sort((a, b) => a.rank - b.rank);
}

/** The variables that come into a join: of all that have led to it. */
export const joined = (triggers: readonly TaskRun[]): Variables =>
  Variables.merge(triggers.map((run) => run.outgoing()));
