// operator/domain/workflow/mistral/task-run.ts — one execution of a task, and of the actions under it, as they stand.
import type { Plain, Value } from '../../expression/python/values.ts';
import type { EventName, Task } from './model.ts';
import { type EndState, hasEnded, type TaskState } from './states.ts';
import type { Variables } from './variables.ts';

/** One execution of a task's action: of one item, where there are items. */
export interface ActionRun {
  readonly key: string;
  readonly id: string;
  readonly index: number;
  /** Whether it is another workflow of the definition. */
  readonly isWorkflow: boolean;
  /** What its child runs; undefined: the engine itself answers. */
  runs: { readonly action: string } | { readonly workflow: string } | undefined;
  readonly input: Plain;
  /** From what the child gave to what the task's expressions see. */
  readonly convert: (body: Value) => Value;
  state: 'RUNNING' | 'PAUSED' | EndState;
  /** Whether it counts: what is run again does not. */
  isAccepted: boolean;
  /** Whether it had not ended when its task was run again: whatever it comes to, the task does not hear of it. */
  isSuperseded: boolean;
  output: Value;
  /** Tasks of a workflow of the definition, as its result has them. */
  nested: Value;
}

/** Where a task with items stands. */
export interface ItemsState {
  readonly names: readonly string[];
  /** For each name as many values as there are items. */
  readonly values: readonly (readonly Value[])[];
  readonly count: number;
  /** Most at once; 0: all. */
  readonly concurrency: number;
  /** Numbers of the items that are to be run, and how many of them have been. */
  todo: readonly number[];
  started: number;
  active: number;
  errors: number;
}

export class TaskRun {
  readonly task: Task;
  readonly id: string;
  /** How many executions of the task there were before, from 0. */
  readonly ordinal: number;
  readonly createdMs: number;
  /** Later ones win where branches are merged. */
  readonly rank: number;
  state: TaskState = 'IDLE';
  stateInfo: string | null = null;
  updatedMs: number;
  /** Variables that came in. */
  incoming: Variables;
  published: Plain = {};
  /** Which task executions brought it about. */
  triggers: readonly TaskRun[];
  /** Tasks that it led to, and by which clause. */
  next: readonly { readonly to: string; readonly event: EventName | undefined }[] = [];
  isErrorHandled = false;
  /** Of all attempts; the latest last. */
  readonly actions: ActionRun[] = [];
  /** Keys of its children, timers too. */
  readonly keys: string[] = [];
  items: ItemsState | undefined;
  /** What `result` was last, until something changes. */
  knownResult: Value | undefined;
  visit = 0;
  /** Whether its action has been run since it was last found ready. */
  hasBegun = false;
  hasWaitedAfter = false;
  retryNo = 0;
  /** From when on it has taken too long, in ms since 1970, and what was allowed, in seconds. */
  deadline: { readonly atMs: number; readonly seconds: number } | undefined;
  /** Whether it has ended but for its wait-after. */
  isWaitingAfter = false;

  constructor(
    task: Task,
    about: { id: string; ordinal: number; nowMs: number; rank: number },
    incoming: Variables,
    triggers: readonly TaskRun[],
  ) {
    this.task = task;
    this.id = about.id;
    this.ordinal = about.ordinal;
    this.createdMs = about.nowMs;
    this.updatedMs = about.nowMs;
    this.rank = about.rank;
    this.incoming = incoming;
    this.triggers = triggers;
  }

  /** Another attempt is to come: what this one has given counts no longer, nor does what it has under way. */
  supersede(): void {
    for (const action of this.actions) {
      action.isAccepted = false;
      action.isSuperseded ||= !hasEnded(action.state);
    }
    [this.knownResult, this.items] = [undefined, undefined];
  }

  /** Whether what becomes of the action is something to the task now. */
  heeds({ isSuperseded }: ActionRun): boolean {
    return !isSuperseded && !hasEnded(this.state) && !this.isWaitingAfter;
  }

  /** Whether somebody has to go on with what it has under way. */
  hasPaused(): boolean {
    return this.actions.some(({ state, isSuperseded }) => state === 'PAUSED' && !isSuperseded);
  }

  /** Variables that go on to the next tasks. */
  outgoing(): Variables {
    return this.incoming.publish(this.published);
  }

  /** The result of its action; a list for a task with items, or where there are several or none. */
  result(): Value {
    if (this.knownResult !== undefined) return this.knownResult;
    const accepted = this.actions.filter((action) => action.isAccepted);
    if (accepted.some((action, at) => (accepted[at - 1]?.index ?? -1) > action.index)) {
      accepted.sort((a, b) => a.index - b.index);
    }
    const [only] = accepted;
    const isOne = this.task.withItems === undefined && accepted.length === 1;
    this.knownResult = isOne && only ? only.output : accepted.map(({ output }) => output);
    return this.knownResult;
  }
}
