// operator/domain/workflow/orquesta/run.ts — the run of an orquesta workflow: entries in, children out, as StackStorm's workflow engine carries it out.
import type { Plain, Value } from '../../expression/python/values.ts';
import type { Beginning, Entry, Outside, Run, RunStatus, Step, TaskView } from '../engine.ts';
import { childOf } from './ask.ts';
import { type Asked, type ChildEntry, newStep, refusalOf, type Request, toldOf } from './asked.ts';
import { Conductor } from './conductor.ts';
import { type Execution, Executions, statusOf, workflowExecutionOf } from './executions.ts';
import { isFault, WorkflowFault } from './fault.ts';
import type { Graph, Workflow } from './model.ts';
import type { NextTask } from './next-tasks.ts';
import type { RerunRequest } from './rerun.ts';
import { rerunRequests } from './rerun-requests.ts';
import { ANSWERED, BEFORE, GOES_ON, HALTED, RESUMABLE, WANTED } from './run-statuses.ts';
import { COMPLETED, RUNNING, type Status } from './statuses.ts';

/** Rounds of tasks that end without a child, in one step: a cycle of them would go on for ever. */
const ROUNDS_MAX = 250;

/** As the reference counts, what reruns leave behind may hold a workflow that nothing goes on with any more. */
const STUCK = new WorkflowFault(
  'WorkflowExecutionException',
  'The workflow has not ended, but nothing of it is under way and no task is next. Run it again as a whole.',
);

/** A run of a definition in which inspection found nothing. `beginning.context` is the first layer of its context: `st2`, `parent`. */
export class OrquestaRun implements Run {
  readonly #workflow: Workflow;
  readonly #graph: Graph;
  readonly #beginning: Beginning;
  readonly #executions: Executions;
  /** All that are not over. */
  readonly #asked = new Map<string, Asked>();
  #conductor: Conductor | undefined;
  /** It failed before any task: its output is not looked at, and nothing that comes later changes it. */
  #isStillborn = false;
  #step = newStep();

  constructor(workflow: Workflow, graph: Graph, beginning: Beginning) {
    this.#workflow = workflow;
    this.#graph = graph;
    this.#beginning = beginning;
    this.#executions = new Executions(workflow, workflowExecutionOf(beginning));
  }

  get status(): RunStatus {
    const status = this.#conductor?.status ?? 'null';
    return BEFORE.has(status) ? 'running' : (status as RunStatus);
  }

  /** `errors` once it has failed. */
  result(): Plain {
    const output = this.#conductor?.output ?? null;
    const errors = this.#conductor?.status === 'failed' ? { errors: this.#conductor.errors } : {};
    return { output, ...errors } as unknown as Plain;
  }

  contextBytes(): number {
    return this.#conductor?.contextBytes ?? 0;
  }

  tasks(): readonly TaskView[] {
    return this.#executions.views();
  }

  /** Why a rerun from these tasks cannot be; undefined when it can. */
  whyNotRerun(tasks: readonly string[] | undefined): string | undefined {
    const requests = rerunRequests(this.#conductor, this.#workflow, this.#beginning.uid, { tasks });
    return typeof requests === 'string' ? requests : undefined;
  }

  advance(entry: Entry, outside: Outside): Step {
    this.#step = newStep();
    if (entry.is === 'start') this.#start(outside);
    else if (this.#conductor && !this.#isStillborn) this.#take(this.#conductor, entry, outside);
    return { status: this.status, ...this.#step };
  }

  #start(outside: Outside): void {
    if (this.#conductor) return;
    const { parameters, context } = this.#beginning;
    const taskRecord = (task: string, route: number) => this.#executions.shown(task, route);
    const start = { context: context as Plain, inputs: parameters as Plain, taskRecord };
    const conductor = new Conductor(this.#workflow, this.#graph, start, outside);
    this.#conductor = conductor;
    this.#isStillborn = COMPLETED.has(conductor.status);
    if (this.#isStillborn) return;
    conductor.request('requested');
    conductor.request('running');
    this.#goOn(conductor, outside);
  }

  #take(conductor: Conductor, entry: Exclude<Entry, { is: 'start' }>, outside: Outside): void {
    let before = conductor.status;
    switch (entry.is) {
      case 'child':
        this.#childChanged(conductor, entry, outside);
        break;
      case 'refused':
        this.#refused(conductor, entry.key, entry.error, outside);
        break;
      case 'request':
        this.#requested(conductor, entry.request);
        before = conductor.status;
        break;
      case 'rerun': {
        const requests = rerunRequests(conductor, this.#workflow, this.#beginning.uid, entry);
        if (typeof requests === 'string') return;
        this.#drop(conductor, requests);
        for (const { task, route } of requests) this.#executions.end(task, route, outside.nowMs);
        if (!this.#attempt(conductor, () => conductor.rerun(requests, outside))) return;
        break;
      }
    }
    this.#goOn(conductor, outside);
    this.#spread(conductor, before);
  }

  /** Children that were never made of what runs again, and of what it led to. */
  #drop(conductor: Conductor, requests: readonly RerunRequest[]): void {
    if (this.#asked.size === 0) return;
    const replaced = conductor.replacedBy(requests);
    for (const { key, execution, item } of this.#asked.values()) {
      const { state } = execution;
      const how = state && replaced.get(state);
      if (!how) continue;
      this.#asked.delete(key);
      this.#step.dropped.push(key);
      conductor.unask(state, item, how);
      if (how === 'follower') this.#executions.close(execution, 'failed', execution.startedAtMs);
    }
  }

  /** A task that is canceled, or waits for an answer, takes the whole workflow along: as if somebody had asked for it. */
  #spread(conductor: Conductor, before: Status): void {
    const { status } = conductor;
    if (status === before || !(status === 'canceling' || status === 'pausing')) return;
    this.#requested(conductor, status === 'canceling' ? 'cancel' : 'pause');
  }

  /** Asks for what is next until there is nothing more. The output is that of the first moment at which there is one: what a failure still starts has no part in it. */
  #goOn(conductor: Conductor, outside: Outside): void {
    for (let round = 0; ; round++) {
      this.#attempt(conductor, () => conductor.renderOutput(outside));
      const next = this.#next(conductor, outside);
      if (next.length === 0) break;
      if (round >= ROUNDS_MAX) {
        const message = `More than ${ROUNDS_MAX} rounds of tasks without items have ended in one step: this may be a cycle.`;
        this.#fail(conductor, new WorkflowFault('WorkflowExecutionException', message));
        break;
      }
      // All of them run before one that has no items ends: what that leads to may be one of them once more.
      const started = next.map((task) => ({ task, execution: this.#startTask(conductor, task, outside) }));
      for (const { task, execution } of started) if (execution) this.#askFor(conductor, task, execution, outside);
    }
    if (this.#asked.size === 0 && GOES_ON.has(conductor.status)) this.#fail(conductor, STUCK);
    this.#attempt(conductor, () => conductor.renderOutput(outside));
  }

  #next(conductor: Conductor, outside: Outside): readonly NextTask[] {
    let next: readonly NextTask[] = [];
    this.#attempt(conductor, () => (next = conductor.next(outside)));
    return next;
  }

  /** Undefined: it cannot be started. */
  #startTask(conductor: Conductor, task: NextTask, outside: Outside): Execution | undefined {
    const { id, route, itemsCount, actions } = task;
    const execution = this.#executions.open(task, outside.nowMs);
    const isStarted = this.#attempt(
      conductor,
      () => {
        if (itemsCount === undefined || itemsCount === 0) conductor.task(id, route, 'running', null, outside);
        for (const { item } of actions)
          if (item !== undefined) this.#tell(conductor, execution, item, 'running', null, outside);
      },
      execution,
    );
    execution.state = conductor.execution(id, route);
    return isStarted ? execution : undefined;
  }

  #askFor(conductor: Conductor, task: NextTask, execution: Execution, outside: Outside): void {
    const { id, route, itemsCount, actions } = task;
    if (itemsCount === 0) {
      this.#executions.close(execution, 'succeeded', outside.nowMs);
      this.#attempt(conductor, () => conductor.task(id, route, 'succeeded', null, outside), execution);
      return;
    }
    const isActionless = this.#workflow.tasks.get(id)?.action === undefined;
    for (const request of actions) {
      const child = childOf(task, request, execution.key, isActionless);
      if (child instanceof WorkflowFault) {
        this.#fail(conductor, child, execution);
        return;
      }
      this.#asked.set(child.key, { key: child.key, execution, item: request.item, status: 'running' });
      this.#executions.asked(execution, child.key);
      this.#step.children.push(child);
    }
  }

  #childChanged(conductor: Conductor, entry: ChildEntry, outside: Outside): void {
    const asked = this.#asked.get(entry.key);
    if (!asked || entry.status === 'pausing' || entry.status === 'canceling') return;
    const { execution, item } = asked;
    const status = statusOf(entry.status);
    const before = asked.status;
    if (status === before) return;
    asked.status = status;
    if (COMPLETED.has(status)) this.#asked.delete(entry.key);
    if (!this.#isCurrent(conductor, execution)) return; // a rerun has taken its place
    const stood = conductor.execution(execution.task, execution.route)?.status ?? 'null';
    // What is over waits for nothing, does not start once more with an item that goes on, and does not bring its workflow back.
    if (!COMPLETED.has(status) && COMPLETED.has(stood)) return;
    if (status === 'running' && !RESUMABLE.has(conductor.status)) return;
    const isActionless = this.#workflow.tasks.get(execution.task)?.action === undefined;
    const result: Value = isActionless ? null : ((entry.result as Value | undefined) ?? null);
    this.#attempt(
      conductor,
      () => {
        if (status === 'running') conductor.request('running');
        // An inquiry that was answered, or never will be, takes its workflow along, whoever paused it.
        if (before === 'pending' && ANSWERED.has(status) && HALTED.has(conductor.status)) conductor.request('resuming');
        // What ends was not at rest any more, though nobody said so.
        if (COMPLETED.has(status) && stood === 'paused') {
          this.#tell(conductor, execution, item, 'running', null, outside);
          // Its other items begin when the workflow goes on, or never: until then the task does not run.
          const { status: halt } = conductor;
          if (halt === 'pausing' || halt === 'canceling') conductor.request(halt);
        }
        this.#executions.record(execution, item, { status, result, atMs: entry.endedAtMs ?? outside.nowMs });
        this.#tell(conductor, execution, item, status, result, outside);
      },
      execution,
    );
    const now = conductor.execution(execution.task, execution.route)?.status;
    if (now && (COMPLETED.has(now) || now === 'retrying')) this.#executions.close(execution, now, outside.nowMs);
  }

  /** Of two executions that the conductor holds to be one, either may end it. Items are those of one attempt, which is over once the task waits for the next. */
  #isCurrent(conductor: Conductor, { task, route, state, list }: Execution): boolean {
    if (conductor.execution(task, route) !== state) return false;
    return !list || (state?.status !== 'retrying' && this.#executions.current(task, route)?.list === list);
  }

  #tell(
    conductor: Conductor,
    { task, route, results }: Execution,
    item: number | undefined,
    status: Status,
    result: Value,
    outside: Outside,
  ): void {
    if (item === undefined) conductor.task(task, route, status, result, outside);
    else conductor.item(task, route, { item, status, result, accumulated: results }, outside);
  }

  /** The workflow fails, whatever its definition says of a failure: nothing has run. */
  #refused(conductor: Conductor, key: string, error: string, outside: Outside): void {
    const asked = this.#asked.get(key);
    if (!asked) return;
    this.#asked.delete(key);
    const { execution, item } = asked;
    this.#executions.record(execution, item, { status: 'failed', result: null, atMs: outside.nowMs });
    this.#fail(conductor, refusalOf(error), execution, item);
  }

  #requested(conductor: Conductor, request: Request): void {
    const { status } = conductor;
    // Tasks would take in what their workflow refuses.
    if (COMPLETED.has(status) || (request === 'pause' && status === 'canceling')) return;
    if (request === 'resume' && RUNNING.has(status)) return;
    try {
      conductor.request(WANTED[request]);
    } catch (error) {
      if (!isFault(error)) throw error;
      return; // too late, or not now: StackStorm refuses it as well
    }
    this.#step.tell.push(...toldOf(this.#asked.values(), request));
  }

  /** What cannot be done fails the workflow. */
  #attempt(conductor: Conductor, run: () => void, execution?: Execution): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#fail(conductor, error, execution);
      return false;
    }
  }

  #fail(
    conductor: Conductor,
    fault: Pick<WorkflowFault, 'type' | 'message'>,
    execution?: Execution,
    item?: number,
  ): void {
    if (execution) {
      conductor.giveUp(execution.task, execution.route, item);
      this.#executions.close(execution, 'failed', execution.startedAtMs);
    } else conductor.giveUp();
    conductor.logFault(fault, execution && { task_id: execution.task, route: execution.route });
  }
}
