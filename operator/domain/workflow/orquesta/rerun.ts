// operator/domain/workflow/orquesta/rerun.ts — a workflow that has ended goes on from some of its tasks.
import { compareText } from '../../expression/python/compare.ts';
import type { Evaluator } from './evaluator.ts';
import { WorkflowFault } from './fault.ts';
import { taskKey } from './keys.ts';
import { specOf, type State } from './state.ts';
import { ABENDED, COMPLETED } from './statuses.ts';
import { startTask } from './task-events.ts';
import type { TaskState } from './task-states.ts';

/** A task that is to run again. */
export interface RerunRequest {
  readonly task: string;
  readonly route: number;
  /** All of its items, not only those that failed. */
  readonly resetItems?: boolean;
}

/** Without requests it goes on from the ends that failed. @throws WorkflowFault when it is not over or has no such task */
export function rerun(state: State, requests: readonly RerunRequest[] | undefined, evaluator: Evaluator): void {
  if (!COMPLETED.has(state.status)) {
    const message = 'Unable to rerun workflow because it is not in a completed state.';
    throw new WorkflowFault('WorkflowIsActiveAndNotRerunableError', message);
  }
  const wanted = new Map((requests ?? []).map((request) => [taskKey(request.task, request.route), request]));
  const missing = [...wanted].flatMap(([key, { task, route }]) => (state.tasks.has(key) ? [] : [`${task}|${route}`]));
  if (missing.length > 0) {
    const message = `Unable to rerun task|route(s) because it doesn't exist or isn't rerunnable: ${missing.join(', ')}`;
    throw new WorkflowFault('InvalidTaskRerunRequest', message);
  }
  for (const task of candidates(state, wanted)) {
    rerunTask(state, task, wanted.get(taskKey(task.id, task.route))?.resetItems ?? false, evaluator);
  }
  // What it leads to goes on by itself. As in the reference, of several executions of a task only the last is looked at.
  const leading = state.tasks.terminal().filter(({ next }) => next.values().some((holds) => holds));
  for (const task of lastOfEach(leading)) task.isTerminal = false;
  state.output = undefined;
  state.status = 'resuming';
}

/** How an execution of a task is replaced: it runs again itself, or what led to it does, and may lead elsewhere. */
export type Replaced = 'itself' | 'follower';

/** What a rerun replaces. */
export function replacedBy(state: State, requests: readonly RerunRequest[]): ReadonlyMap<TaskState, Replaced> {
  const wanted = new Map(requests.map((request) => [taskKey(request.task, request.route), request]));
  const replaced = new Map<TaskState, Replaced>();
  for (const task of candidates(state, wanted)) replaced.set(task, 'itself');
  const followers = followersOf(state);
  for (const task of replaced.keys())
    for (const next of followers.get(taskKey(task.id, task.route)) ?? [])
      if (!replaced.has(next)) replaced.set(next, 'follower');
  return replaced;
}

/** Its items are as if they had not been asked for; a follower waits for what led to it. */
export function unask({ tasks, staging }: State, task: TaskState, item: number | undefined, how: Replaced): void {
  if (!tasks.isLatest(task)) return;
  if (item !== undefined) staging.get(task.id, task.route)?.items?.set(item, 'null');
  if (!task.status || !COMPLETED.has(task.status)) tasks.setStatus(task, 'failed');
  if (how === 'itself') return;
  task.isTerminal = false;
  staging.remove(task.id, task.route);
}

/** Sorted by task, then route. */
function candidates(state: State, wanted: ReadonlyMap<string, RerunRequest>): readonly TaskState[] {
  const found = wanted.size > 0 ? asked(state, wanted) : lost(state);
  return found.toSorted((a, b) => compareText(a.id, b.id) || a.route - b.route);
}

function lost({ tasks }: State): TaskState[] {
  return lastOfEach(tasks.terminal().filter(({ status }) => status && ABENDED.has(status)));
}

const lastOfEach = (executions: readonly TaskState[]): TaskState[] => [
  ...new Map(executions.map((task) => [taskKey(task.id, task.route), task])).values(),
];

/** A task all of whose own is among what every other request leads to would run twice: it is left out. */
function asked(state: State, wanted: ReadonlyMap<string, RerunRequest>): TaskState[] {
  const all = [...wanted.values()].map(({ task, route }) => state.tasks.latest(task, route) as TaskState);
  if (all.length === 1) return all;
  const followers = followersOf(state);
  const sequences = all.map((task) => new Set([task, ...(followers.get(taskKey(task.id, task.route)) ?? [])]));
  return all.filter((_, i) => {
    const own = [...(sequences[i] as Set<TaskState>)];
    return sequences.some((other) => own.some((task) => !other.has(task)));
  });
}

/** By task and route: the executions that it led to directly. */
function followersOf({ tasks: { sequence } }: State): ReadonlyMap<string, readonly TaskState[]> {
  const followers = new Map<string, TaskState[]>();
  for (const task of sequence) {
    for (const at of task.previous.values()) {
      const { id, route } = sequence[at] as TaskState;
      const key = taskKey(id, route);
      const known = followers.get(key);
      if (known) known.push(task);
      else followers.set(key, [task]);
    }
  }
  return followers;
}

function rerunTask(state: State, ended: TaskState, resetItems: boolean, evaluator: Evaluator): void {
  const { tasks, staging, errors } = state;
  const { id, route } = ended;
  const task = tasks.latest(id, route) as TaskState;
  task.isTerminal = false;
  const staged = staging.get(id, route);
  if (staged) staging.setCompleted(staged, false);
  errors.forget(id);
  if (specOf(state, id).with) {
    if (!staged) throw new WorkflowFault('AttributeError', "'NoneType' object has no attribute 'get'");
    staged.items?.reset(resetItems);
    staged.rendered = undefined;
  } else {
    const { view } = task;
    const previous = new Map(task.previous);
    startTask(state, id, route, view, previous, evaluator);
    staging.add({ id, route, view, previous, retry: undefined, isReady: true });
  }
  (tasks.latest(id, route) as TaskState).isTerminal = false;
  for (const next of followersOf(state).get(taskKey(id, route)) ?? []) next.isTerminal = false;
}
