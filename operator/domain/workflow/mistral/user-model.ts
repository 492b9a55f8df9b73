// operator/domain/workflow/mistral/user-model.ts — a run as its own expressions see it: task(), tasks(), execution().
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import type { Board } from './board.ts';
import { timeText } from './ids.ts';
import type { Lens, TaskFilter } from './lens.ts';
import { own } from './own.ts';
import type { TaskRun } from './task-run.ts';

export const lensOf = (board: Board): Lens => ({
  env: board.setup.env,
  task: (name, current) => {
    const byId = current === undefined ? undefined : currentRun(board, name, current);
    const run = byId ?? (typeof name === 'string' ? board.latest(name) : undefined);
    return run ? modelOf(board, run) : null;
  },
  tasks: (filter) => tasksOf(board, filter),
  execution: () => ({
    id: board.setup.id,
    name: board.name,
    spec: board.setup.workflow.spec,
    input: board.setup.input,
    params: { env: board.setup.env, ...(board.setup.target === undefined ? {} : { task_name: board.setup.target }) },
    state: board.state,
    created_at: timeText(board.startedMs),
    updated_at: timeText(board.updatedMs),
    root_execution_id: null,
  }),
  shared: (name) => (typeof name === 'string' ? (own(board.shared, name) ?? null) : null),
});

/** The current task, when it is asked for without a name or by its own. */
function currentRun(board: Board, name: Value, current: string): TaskRun | undefined {
  const names = typeof name === 'string' && name !== '' ? [name] : undefined;
  for (const one of names ?? board.byName.keys()) {
    const run = board.byName.get(one)?.findLast(({ id }) => id === current);
    if (run) return run;
  }
  return undefined;
}

function modelOf(board: Board, run: TaskRun): Plain {
  return {
    id: run.id,
    name: run.task.name,
    spec: run.task.spec,
    state: run.state,
    state_info: run.stateInfo,
    result: run.result(),
    published: run.published,
    type: run.task.workflow === undefined ? 'ACTION' : 'WORKFLOW',
    workflow_execution_id: board.setup.id,
    created_at: timeText(run.createdMs),
    updated_at: timeText(run.updatedMs),
  };
}

/** Tasks of this run, and of the workflows under it where they are asked for; of other runs it knows nothing. */
function tasksOf(board: Board, { workflowId, recursive, state, flat }: TaskFilter): Value {
  if (workflowId !== null && workflowId !== board.setup.id) return [];
  const isMeant = (run: TaskRun) =>
    (state === null || run.state === state) &&
    (!flat || run.task.workflow === undefined || run.actions.every((action) => action.state !== run.state));
  const own = board.tasks.filter(isMeant).map((run) => modelOf(board, run));
  if (!recursive) return own;
  const nested = board.tasks
    .flatMap(({ actions }) => actions.flatMap((action) => (isList(action.nested) ? action.nested : [])))
    .filter((task) => state === null || (isPlain(task) && task['state'] === state));
  return [...own, ...nested];
}

/** The result of a run, as StackStorm shows it: its output, its tasks, and how it stands. */
export function bodyOf(board: Board, output: Value): Plain {
  return {
    ...(isPlain(output) ? output : {}),
    tasks: board.tasks.map((run) => ({
      id: run.id,
      name: run.task.name,
      workflow_execution_id: board.setup.id,
      workflow_name: board.name,
      created_at: timeText(run.createdMs),
      updated_at: timeText(run.updatedMs),
      state: run.state,
      state_info: run.stateInfo,
      input: run.task.withItems === undefined ? (run.actions.at(-1)?.input ?? {}) : {},
      published: run.published,
      result: run.result(),
    })),
    extra: { state: board.state, state_info: board.stateInfo },
  };
}
