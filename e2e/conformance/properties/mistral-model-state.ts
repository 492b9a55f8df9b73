// e2e/conformance/properties/mistral-model-state.ts — all that the second interpreter of Mistral remembers; everything else is looked up anew.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { ChildStatus } from '../../../operator/domain/workflow/engine.ts';
import type { Variables } from './mistral-model-values.ts';
import type { MistralAim, MistralProgram, MistralTaskProgram } from './mistral-programs.ts';

export type TaskState = 'WAITING' | 'RUNNING' | 'SUCCESS' | 'ERROR' | 'CANCELLED';
export type WorkflowState = 'RUNNING' | 'PAUSED' | 'SUCCESS' | 'ERROR' | 'CANCELLED';

export interface Exec {
  readonly task: MistralTaskProgram;
  /** Of those that meet the higher one wins where nothing else tells. */
  readonly rank: number;
  state: TaskState;
  variables: Variables;
  /** How often it was tried before. */
  retries: number;
  /** Of a task with items: what they are, and what came of them. */
  items: readonly Value[] | undefined;
  begun: number;
  results: (Value | undefined)[];
  failed: number;
  published: Plain;
  result: Value;
  /** What it leads to, commands too. */
  leads: readonly string[];
  /** The tasks among that; undefined: it is not known yet. */
  next: readonly string[] | undefined;
  isHandled: boolean;
  /** Of a join: tasks that have led to it. */
  ledBy: ReadonlySet<string>;
}

export interface ModelChild {
  readonly exec: Exec;
  readonly item: number | undefined;
  /** Undefined: it has ended. */
  status: ChildStatus | undefined;
}

/** What a task that has ended leads to. */
export interface Command {
  readonly to: string;
  readonly from: Exec | undefined;
  readonly variables: Variables;
}

/** A child that is asked for. */
export interface MistralAsked {
  readonly task: string;
  readonly item: number | undefined;
  readonly input: Plain;
  readonly delay: number;
  /** What tells two apart that look the same. */
  readonly variables: Variables;
}

/** A step that is to be taken. */
export type Todo =
  | { readonly is: 'begin' | 'go on' | 'judge'; readonly exec: Exec }
  | { readonly is: 'end'; readonly exec: Exec; readonly state: TaskState; readonly result: Value }
  | {
      readonly is: 'item ended';
      readonly exec: Exec;
      readonly item: number;
      readonly state: TaskState;
      readonly result: Value;
    };

export const isDone = (state: TaskState): boolean => state !== 'WAITING' && state !== 'RUNNING';

/** All that a task may lead to. */
export const leadsOf = (task: MistralTaskProgram | undefined): readonly MistralAim[] =>
  task ? [...task.onSuccess, ...task.onError, ...task.onComplete] : [];

export class MistralState {
  readonly program: MistralProgram;
  readonly execs: Exec[] = [];
  readonly children: ModelChild[] = [];
  /** Of each task the execution that has begun or ended last. */
  readonly latest = new Map<string, Exec>();
  readonly begun: Variables;
  state: WorkflowState = 'RUNNING';
  readonly todo: Todo[] = [];
  /** What waits until a paused workflow goes on: work, commands after a pause, tasks that have ended. */
  held: Todo[] = [];
  backlog: readonly Command[] = [];
  ended: Exec[] = [];
  /** Why it has paused. */
  pausedBy: 'request' | 'question' | 'child' | undefined;
  rank = 0;
  output: Plain | undefined;
  /** What came of the last entry; of what children were told `request task item`. */
  asked: MistralAsked[] = [];
  told: string[] = [];

  constructor(program: MistralProgram) {
    this.program = program;
    const values: Readonly<Record<string, Value>> = { p: 3, x: 0, y: 'begun', l: program.list };
    this.begun = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, times: 0 }]));
  }

  task(name: string): MistralTaskProgram | undefined {
    return this.program.tasks.find((one) => one.name === name);
  }

  /** Tasks of which a clause names it. */
  into(name: string): readonly MistralTaskProgram[] {
    return this.program.tasks.filter((task) => leadsOf(task).some(({ to }) => to === name));
  }

  last(name: string): Exec | undefined {
    return this.execs.findLast(({ task }) => task.name === name);
  }

  open(): readonly ModelChild[] {
    return this.children.filter(({ status }) => status !== undefined);
  }

  /** Whether something may still lead to a task that has not run. */
  isPossible(name: string, seen: ReadonlySet<string> = new Set()): boolean {
    const from = this.into(name);
    if (from.length === 0) return true;
    return from.some((task) => {
      const exec = this.last(task.name);
      if (exec) return !isDone(exec.state) || exec.next === undefined || exec.next.includes(name);
      return !seen.has(task.name) && this.isPossible(task.name, new Set([...seen, name]));
    });
  }

  /** How a join stands with a task that may lead to it. */
  induced(from: MistralTaskProgram, join: string): 'led' | 'not' | 'perhaps' {
    const exec = this.latest.get(from.name);
    if (!exec) return this.isPossible(from.name) ? 'perhaps' : 'not';
    // A join that waits once more has led on before.
    if (exec.state === 'RUNNING' || exec.next === undefined) return 'perhaps';
    return exec.next.includes(join) ? 'led' : 'not';
  }

  joinOf({ name, join }: MistralTaskProgram): 'ready' | 'never' | 'waits' {
    const induced = this.into(name).map((from) => this.induced(from, name));
    const count = (what: string) => induced.filter((one) => one === what).length;
    const wanted = join === 'all' ? induced.length : join === 'one' ? 1 : (join as number);
    if (count('led') >= wanted) return 'ready';
    return count('not') > induced.length - wanted ? 'never' : 'waits';
  }

  /** All executions that have led to a join, those that win first. */
  triggers(join: string): readonly Exec[] {
    const led = this.execs.filter(({ state, next }) => isDone(state) && next?.includes(join));
    return led.toSorted((a, b) => b.rank - a.rank);
  }

  /** Tasks that have led to nothing further, those that win first. */
  ends(): readonly Exec[] {
    const ends = this.execs.filter(({ state, leads }) => isDone(state) && !leads.some((to) => this.task(to)));
    return ends.toSorted((a, b) => b.rank - a.rank);
  }

  isOver(): boolean {
    return this.state !== 'RUNNING' && this.state !== 'PAUSED';
  }

  whenRunning(todo: Todo): void {
    if (this.state === 'RUNNING') this.todo.push(todo);
    else if (this.state === 'PAUSED') this.held.push(todo);
  }

  pause(by: 'request' | 'question' | 'child'): void {
    this.pausedBy = by;
    if (this.state === 'RUNNING') this.tellAll('pause', (status) => status === 'running');
    this.state = 'PAUSED';
  }

  cancel(): void {
    this.state = 'CANCELLED';
    this.tellAll('cancel', () => true);
  }

  tellAll(request: string, to: (status: ChildStatus | undefined) => boolean): void {
    const children = this.open().filter(({ status }) => to(status));
    for (const { exec, item } of children) this.told.push(`${request} ${exec.task.name} ${item ?? ''}`);
  }
}
