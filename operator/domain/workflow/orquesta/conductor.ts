// operator/domain/workflow/orquesta/conductor.ts — a workflow in progress, told step by step what happened, asked what is next.
import type { Plain, Value } from '../../expression/python/values.ts';
import type { Outside } from '../engine.ts';
import { begin } from './begin.ts';
import type { ErrorEntry } from './error-log.ts';
import { Evaluator, type TaskRecords } from './evaluator.ts';
import { type Fault, WorkflowFault } from './fault.ts';
import { giveUp } from './give-up.ts';
import type { Graph, Workflow } from './model.ts';
import { type NextTask, nextTasks } from './next-tasks.ts';
import { renderOutput, terminalContext } from './output.ts';
import { type Replaced, replacedBy, rerun, type RerunRequest, unask } from './rerun.ts';
import { newState, type State } from './state.ts';
import { isStatus, type Status } from './statuses.ts';
import { updateTask } from './task-events.ts';
import type { TaskState } from './task-states.ts';
import { requestStatus } from './workflow-events.ts';

/** What a workflow is begun with. */
export interface Start {
  /** The first layer of its context: `st2`, `parent`. */
  readonly context: Plain;
  readonly inputs: Plain;
  /** What `task(x)` gives; undefined where nothing is known of a task. */
  readonly taskRecord?: TaskRecords | undefined;
}

/**
 * The one thing with a memory: the same calls in the same order lead to the same state. What does not fit is refused with a
 * WorkflowFault (an ExpressionFault for a retry's condition); what it has changed by then stays, as in the reference.
 */
export class Conductor {
  readonly #state: State;
  readonly #taskRecord: TaskRecords | undefined;

  constructor(workflow: Workflow, graph: Graph, start: Start, outside: Outside) {
    this.#state = newState(workflow, graph);
    this.#taskRecord = start.taskRecord;
    begin(this.#state, start.context, start.inputs, this.#evaluator(outside));
  }

  #evaluator = (outside: Outside): Evaluator => new Evaluator(outside, this.#taskRecord);

  get status(): Status {
    return this.#state.status;
  }

  get errors(): readonly ErrorEntry[] {
    return this.#state.errors.entries;
  }

  /** Undefined: there is none, or it is empty. */
  get output(): Plain | undefined {
    return this.#state.output;
  }

  /** All executions of tasks, in the order in which they started. */
  get executions(): readonly TaskState[] {
    return this.#state.tasks.sequence;
  }

  get routes(): readonly (readonly string[])[] {
    return this.#state.tasks.routes;
  }

  get contextBytes(): number {
    return this.#state.contexts.bytes;
  }

  /** The last execution of a task on a route. */
  execution(task: string, route: number): TaskState | undefined {
    return this.#state.tasks.latest(task, route);
  }

  /** What the ends of the branches have come to. */
  terminalContext(): Plain {
    return terminalContext(this.#state);
  }

  /** @throws WorkflowFault */
  request(status: string): void {
    requestStatus(this.#state, status);
  }

  /** What the action of a task has come to. @throws WorkflowFault, ExpressionFault */
  task(task: string, route: number, status: string, result: Value, outside: Outside): void {
    updateTask(this.#state, task, route, { is: 'action', status: known(status), result }, this.#evaluator(outside));
  }

  /** What the action of an item has come to; `accumulated` has the results of all items. @throws WorkflowFault, ExpressionFault */
  item(
    task: string,
    route: number,
    of: {
      readonly item: number;
      readonly status: string;
      readonly result: Value;
      readonly accumulated: readonly Value[];
    },
    outside: Outside,
  ): void {
    updateTask(this.#state, task, route, { is: 'item', ...of, status: known(of.status) }, this.#evaluator(outside));
  }

  /** The tasks to run now. Asking is not pure: a task that cannot be rendered fails the workflow. @throws WorkflowFault */
  next(outside: Outside): readonly NextTask[] {
    return nextTasks(this.#state, this.#evaluator(outside));
  }

  /** Renders the output once the workflow has ended. @throws ExpressionFault */
  renderOutput(outside: Outside): void {
    renderOutput(this.#state, this.#evaluator(outside));
  }

  /** Goes on from these tasks, or from what failed. @throws WorkflowFault */
  rerun(requests: readonly RerunRequest[] | undefined, outside: Outside): void {
    rerun(this.#state, requests, this.#evaluator(outside));
  }

  /** Executions of tasks whose place a rerun takes. */
  replacedBy(requests: readonly RerunRequest[]): ReadonlyMap<TaskState, Replaced> {
    return replacedBy(this.#state, requests);
  }

  /** An action that was asked for and never run, of a task that a rerun replaces. */
  unask(task: TaskState, item: number | undefined, how: Replaced): void {
    unask(this.#state, task, item, how);
  }

  /** Whether a task is to run, or stays for a rerun of its items. */
  isStaged(task: string, route: number): boolean {
    return this.#state.staging.get(task, route) !== undefined;
  }

  /** Fails the workflow, unless it is over, and the task (and its item) with it, as one that led to nothing. */
  giveUp(task?: string, route = 0, item?: number): void {
    giveUp(this.#state, task, route, item);
  }

  logFault(fault: Pick<Fault, 'type' | 'message'>, where?: { readonly task_id: string; readonly route: number }): void {
    this.#state.errors.addFault(fault, where);
  }
}

function known(status: string): Status {
  if (!isStatus(status)) throw new WorkflowFault('InvalidStatus', `Status "${status}" is not valid.`);
  return status;
}
