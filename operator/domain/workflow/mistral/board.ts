// operator/domain/workflow/mistral/board.ts — all that a run is in memory: its tasks, children, variables, and what is still to be done.
import { evaluating } from '../../expression/evaluation.ts';
import { str } from '../../expression/python/repr.ts';
import type { Plain, Value } from '../../expression/python/values.ts';
import { jsonBytes } from '../action-chain/size.ts';
import type { Child, Outside, Step } from '../engine.ts';
import type { Command } from './commands.ts';
import { evaluateMistral } from './embedded.ts';
import { uuidOf } from './ids.ts';
import { type Job, Jobs } from './jobs.ts';
import { type Lens, LensHolder, scopeOf } from './lens.ts';
import { messageOf } from './mistral-fault.ts';
import type { MistralDefinition, Task, Workflow } from './model.ts';
import { type Layer, PlainLayer, Sight } from './sight.ts';
import { hasEnded, type RunState, type TaskState } from './states.ts';
import { type ActionRun, TaskRun } from './task-run.ts';
import type { Variables } from './variables.ts';

/** A child that has not ended. */
export interface OpenChild {
  readonly run: TaskRun;
  /** Undefined for a timer. */
  readonly action: ActionRun | undefined;
  /** What a timer is for. */
  readonly after: Job | undefined;
  /** Whether somebody has to go on with it: it is paused, or asks something. */
  halt: 'paused' | 'pending' | undefined;
}

/** What a run is made of. */
export interface Setup {
  readonly definition: MistralDefinition;
  readonly workflow: Workflow;
  readonly id: string;
  readonly input: Plain;
  readonly env: Plain;
  readonly user: string;
  /** Reverse: the task that is wanted. */
  readonly target: string | undefined;
}

export class Board {
  readonly setup: Setup;
  state: RunState = 'RUNNING';
  stateInfo: string | null = null;
  output: Value = {};
  /** `vars`, and what tasks publish for all. */
  shared: Plain = {};
  outside: Outside = { nowMs: 0, seed: 0, datastore: undefined };
  startedMs = 0;
  updatedMs = 0;
  readonly tasks: TaskRun[] = [];
  readonly byName = new Map<string, TaskRun[]>();
  readonly open = new Map<string, OpenChild>();
  readonly halted = new Set<OpenChild>();
  /** Whether a child that asks something is why the run is paused: it goes on with the answer. */
  isPausedByChild = false;
  /** Commands that came after a `pause`. */
  backlog: Command[] = [];
  /** Tasks that ended while the run was paused. */
  unprocessed: TaskRun[] = [];
  /** What would start something, put off until the run is resumed. */
  held: Job[] = [];
  /** Tasks that have not ended, errors that nobody handles, tasks that were canceled. */
  readonly counts = { incomplete: 0, errors: 0, canceled: 0 };
  lens: Lens | undefined;
  bytes = 0;
  readonly #jobs = new Jobs();
  #children: Child[] = [];
  #tell: Step['tell'][number][] = [];
  #dropped: string[] = [];
  readonly #visits = new Map<string, number>();
  #rank = 0;

  constructor(setup: Setup) {
    this.setup = setup;
    this.bytes = jsonBytes(setup.input) + jsonBytes(setup.env);
  }

  /** Name of the workflow, with that of its workbook. */
  get name(): string {
    const { definition, workflow } = this.setup;
    return definition.isWorkbook ? `${definition.name}.${workflow.name}` : workflow.name;
  }

  later(job: Job): void {
    this.#jobs.add(job);
  }

  /** Does what is to be done, and what comes of it; false when that never ends. */
  work(carryOut: (job: Job) => void): boolean {
    return this.#jobs.work(carryOut);
  }

  /** Starts something now, or once the run is resumed; of a run that has ended never. */
  whenRunning(job: Job): void {
    if (this.state === 'PAUSED') this.held.push(job);
    else if (!hasEnded(this.state)) this.later(job);
  }

  /** What the current entry has led to. */
  takeStep(): Omit<Step, 'status'> {
    const step = { children: this.#children, tell: this.#tell, dropped: this.#dropped };
    [this.#children, this.#tell, this.#dropped] = [[], [], []];
    this.#jobs.restart();
    return step;
  }

  /** Of a task that runs again: its children that were asked for and never made are not wanted any more. */
  drop(run: TaskRun): void {
    for (const [key, child] of this.open) {
      if (child.run !== run) continue;
      this.open.delete(key);
      this.halted.delete(child);
      this.#dropped.push(key);
    }
  }

  ask(child: Child, open: OpenChild): void {
    this.#children.push(child);
    this.open.set(child.key, open);
    open.run.keys.push(child.key);
  }
  tell(key: string, request: 'pause' | 'resume' | 'cancel'): void {
    this.#tell.push({ key, request });
  }

  nextVisit(task: Task): number {
    const visit = (this.#visits.get(task.name) ?? 0) + 1;
    this.#visits.set(task.name, visit);
    return visit;
  }

  /** Room for so many ranks: the first of them. */
  takeRanks(count: number): number {
    const first = this.#rank;
    this.#rank += count;
    return first;
  }

  add(task: Task, rank: number, incoming: Variables, triggers: readonly TaskRun[]): TaskRun {
    const same = this.byName.get(task.name) ?? [];
    const id = uuidOf(this.setup.id, `${task.name}/${same.length}`);
    const about = { id, ordinal: same.length, nowMs: this.outside.nowMs, rank };
    const run = new TaskRun(task, about, incoming, triggers);
    this.tasks.push(run);
    this.byName.set(task.name, same);
    same.push(run);
    this.counts.incomplete++;
    return run;
  }

  latest(name: string): TaskRun | undefined {
    return this.byName.get(name)?.at(-1);
  }

  setState(run: TaskRun, state: TaskState, info: string | null): void {
    this.#count(run, -1);
    run.state = state;
    run.stateInfo = info;
    run.updatedMs = this.outside.nowMs;
    if (state !== 'ERROR') run.isErrorHandled = false;
    this.#count(run, 1);
  }
  setErrorHandled(run: TaskRun, isHandled: boolean): void {
    this.#count(run, -1);
    run.isErrorHandled = isHandled;
    this.#count(run, 1);
  }
  #count(run: TaskRun, by: 1 | -1): void {
    if (!hasEnded(run.state)) this.counts.incomplete += by;
    if (run.state === 'ERROR' && !run.isErrorHandled) this.counts.errors += by;
    if (run.state === 'CANCELLED') this.counts.canceled += by;
  }

  setRunState(state: RunState, info: string | null): void {
    this.state = state;
    this.stateInfo = info;
    this.updatedMs = this.outside.nowMs;
  }

  /** What an expression of a task sees: `first` before all else, then the environment, what came in, shared variables, input. */
  sight(current: TaskRun | undefined, ...first: readonly Layer[]): Sight {
    const about = current ? [new PlainLayer({ __task_execution: { id: current.id, name: current.task.name } })] : [];
    return new Sight(this.scope(current), [
      ...about,
      ...first,
      new PlainLayer({ __env: this.setup.env, __execution: { id: this.setup.id } }),
      ...(current ? [current.incoming] : []),
      new PlainLayer(this.shared),
      new PlainLayer(this.setup.input),
    ]);
  }

  scope(current: TaskRun | undefined) {
    if (!this.lens) throw new Error('a run of Mistral has no lens');
    return scopeOf(new LensHolder(this.lens, current?.id), this.outside.datastore, this.setup.user);
  }

  /** @throws ExpressionFault */
  evaluate(value: Value, sight: Sight, isKept?: (text: string) => boolean): Value {
    return evaluating(this.outside, () => evaluateMistral(value, sight, isKept));
  }

  /** Never throws: what is too deep or too long for a text is told as such. */
  text(value: Value): string {
    try {
      return evaluating(this.outside, () => str(value));
    } catch (fault) {
      return `(a value that cannot be written out: ${messageOf(fault)})`;
    }
  }
}
