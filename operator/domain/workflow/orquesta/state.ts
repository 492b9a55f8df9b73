// operator/domain/workflow/orquesta/state.ts — all that a workflow in progress consists of.
import type { Plain } from '../../expression/python/values.ts';
import { Contexts, type View } from './contexts.ts';
import { ErrorLog } from './error-log.ts';
import { type Sight, sightOf } from './evaluator.ts';
import type { Graph, GraphNode, TaskSpec, Workflow } from './model.ts';
import { Staging } from './staging.ts';
import type { Status } from './statuses.ts';
import { TaskStates } from './task-states.ts';

export interface State {
  readonly workflow: Workflow;
  readonly graph: Graph;
  readonly contexts: Contexts;
  readonly tasks: TaskStates;
  readonly staging: Staging;
  readonly errors: ErrorLog;
  status: Status;
  output: Plain | undefined;
}

export const newState = (workflow: Workflow, graph: Graph): State => ({
  workflow,
  graph,
  contexts: new Contexts(),
  tasks: new TaskStates(graph),
  staging: new Staging(),
  errors: new ErrorLog(),
  status: 'null',
  output: undefined,
});

/** What a task is when it is an engine command. */
const COMMAND: TaskSpec = {
  name: '',
  action: undefined,
  input: undefined,
  delay: undefined,
  join: undefined,
  with: undefined,
  retry: undefined,
  next: [],
};

export const specOf = ({ workflow }: State, task: string): TaskSpec => workflow.tasks.get(task) ?? COMMAND;

/** Of a task that is there. */
export const nodeOf = ({ graph }: State, task: string): GraphNode => graph.nodes.get(task) as GraphNode;

/** What the expressions of a task see; `current` is what `result()` and its like read. */
export function contextOf(state: State, view: View, current: Plain): Sight {
  const value = state.contexts.valueOf(view);
  return sightOf(() => ({ ...value, __state: state.tasks.visible(state.status), __current_task: current }));
}
