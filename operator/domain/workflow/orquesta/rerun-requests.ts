// operator/domain/workflow/orquesta/rerun-requests.ts — names of tasks → the executions to run again, or why that cannot be.
import type { Conductor } from './conductor.ts';
import { ENGINE_COMMANDS, type Workflow } from './model.ts';
import type { RerunRequest } from './rerun.ts';
import { ABENDED, COMPLETED } from './statuses.ts';
import type { TaskState } from './task-states.ts';

interface Wanted {
  readonly tasks?: readonly string[] | undefined;
  readonly reset?: readonly string[] | undefined;
}

/** Of a named task all routes; without names the ends that failed. `id` is that of the execution. */
export function rerunRequests(
  conductor: Conductor | undefined,
  workflow: Workflow,
  id: string,
  { tasks, reset = [] }: Wanted,
): readonly RerunRequest[] | string {
  if (!conductor || !COMPLETED.has(conductor.status)) {
    return `Unable to rerun workflow execution "${id}" because it is not in a completed state.`;
  }
  const last = conductor.executions.filter((state) => conductor.execution(state.id, state.route) === state);
  const missing = (tasks ?? []).filter((name) => !last.some((state) => state.id === name && workflow.tasks.has(name)));
  if (missing.length > 0) {
    return `Unable to rerun workflow because one or more tasks is not found: ${missing.join(',')}`;
  }
  const wanted = tasks ? last.filter((state) => tasks.includes(state.id)) : lost(conductor, last);
  if (wanted.length === 0) return `Unable to rerun workflow execution "${id}" because no task of it has failed.`;
  const gone = wanted.find((state) => workflow.tasks.get(state.id)?.with && !conductor.isStaged(state.id, state.route));
  if (gone) return `Unable to rerun task "${gone.id}" because its items have all succeeded, or never ran.`;
  return wanted.map((state) => ({ task: state.id, route: state.route, resetItems: reset.includes(state.id) }));
}

/** For a `fail` the tasks that led to it. */
function lost(conductor: Conductor, last: readonly TaskState[]): readonly TaskState[] {
  const ends = last.filter((state) => state.isTerminal && state.status && ABENDED.has(state.status));
  const tasks = ends.flatMap((state) =>
    ENGINE_COMMANDS.has(state.id)
      ? [...state.previous.values()].flatMap((at) => conductor.executions[at] ?? [])
      : state,
  );
  return [...new Set(tasks)];
}
