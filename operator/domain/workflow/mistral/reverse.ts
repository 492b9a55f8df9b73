// operator/domain/workflow/mistral/reverse.ts — tasks that require others: which of them the wanted one needs, and which may begin.
import type { Board } from './board.ts';
import type { Command } from './commands.ts';
import { MistralFault } from './mistral-fault.ts';
import type { Task } from './model.ts';
import type { TaskRun } from './task-run.ts';
import { Variables } from './variables.ts';

/** What is still missing, by task; only of tasks that the target needs. */
interface Needs {
  readonly missing: Map<string, Set<string>>;
  readonly wantedBy: Map<string, string[]>;
}

const needsOf = new WeakMap<Board, Needs>();

/** The tasks that require nothing. @throws MistralFault for a target that there is not */
export function startOfReverse(board: Board): readonly Command[] {
  const { workflow, target } = board.setup;
  const wanted = workflow.tasks.get(target ?? '');
  if (!wanted) throw new MistralFault(`Invalid task name [workflow=${workflow.name}, task_name=${target ?? 'None'}]`);
  const needs: Needs = { missing: new Map(), wantedBy: new Map() };
  const order = inOrder(workflow.tasks, wanted);
  for (const task of order) {
    needs.missing.set(task.name, new Set(task.requires));
    for (const name of task.requires) needs.wantedBy.set(name, [...(needs.wantedBy.get(name) ?? []), task.name]);
  }
  needsOf.set(board, needs);
  return order.filter(({ requires }) => requires.length === 0).map((task) => commandOf(board, task));
}

/** The tasks that a task needs, and itself at the end: each after those that it requires. */
function inOrder(tasks: ReadonlyMap<string, Task>, wanted: Task): readonly Task[] {
  const [found, seen] = [new Set<Task>(), new Set<string>()];
  const open: { readonly task: Task; readonly isLeft: boolean }[] = [{ task: wanted, isLeft: false }];
  for (let at = open.pop(); at; at = open.pop()) {
    if (at.isLeft) found.add(at.task);
    if (at.isLeft || seen.has(at.task.name)) continue;
    seen.add(at.task.name);
    open.push({ task: at.task, isLeft: true });
    for (const name of at.task.requires.toReversed()) {
      const task = tasks.get(name);
      if (task) open.push({ task, isLeft: false });
    }
  }
  return [...found];
}

/** The tasks that waited for this one only; while the run is paused none: it is asked again when that goes on. */
export function nextOfReverse(board: Board, run: TaskRun): readonly Command[] {
  const needs = needsOf.get(board);
  if (!needs || run.state !== 'SUCCESS' || board.state === 'PAUSED') return [];
  const { name } = run.task;
  return (needs.wantedBy.get(name) ?? []).flatMap((waiting): Command[] => {
    const missing = needs.missing.get(waiting);
    const task = board.setup.workflow.tasks.get(waiting);
    if (!task || !missing?.delete(name) || missing.size > 0) return [];
    return [commandOf(board, task)];
  });
}

/** With the variables of all that it requires. */
function commandOf(board: Board, task: Task): Command {
  const required = task.requires.map((name) => board.latest(name)).filter((run) => run !== undefined);
  const ordered = required.sort((a, b) => a.rank - b.rank).map((run) => run.outgoing());
  return { is: 'task', task, variables: Variables.merge(ordered), trigger: undefined, event: undefined };
}
