// e2e/conformance/properties/mistral-model.ts — a second interpreter of Mistral, naive on purpose: entries in, children out.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { Entry, RunStatus } from '../../../operator/domain/workflow/engine.ts';
import { askTask } from './mistral-model-asking.ts';
import { childEnded, childTold, itemEnded, requested } from './mistral-model-control.ts';
import { endTask, lead, meet, succeed } from './mistral-model-flow.ts';
import { type MistralAsked, MistralState, type TaskState, type Todo } from './mistral-model-state.ts';
import { met } from './mistral-model-values.ts';
import type { MistralProgram, MistralTaskProgram } from './mistral-programs.ts';
import { Murky } from './workflow-model-values.ts';

const STEPS_MAX = 300;

export interface MistralResult {
  /** Of a workflow that succeeded. */
  readonly output: Plain | undefined;
  readonly tasks: readonly {
    readonly name: string;
    readonly state: TaskState;
    readonly published: Plain;
    readonly result: Value;
  }[];
}

export class MistralModel {
  readonly #flow: MistralState;

  constructor(program: MistralProgram) {
    this.#flow = new MistralState(program);
  }

  get status(): RunStatus {
    const open = this.#flow.open();
    const isBusy = open.some(({ status }) => status === 'running');
    switch (this.#flow.state) {
      case 'RUNNING':
        return 'running';
      case 'PAUSED':
        return isBusy ? 'pausing' : 'paused';
      case 'CANCELLED':
        return open.length > 0 ? 'canceling' : 'canceled';
      case 'SUCCESS':
        return open.length > 0 ? 'running' : 'succeeded';
      case 'ERROR':
        return open.length > 0 ? 'running' : 'failed';
    }
  }

  /** @throws Murky when nobody can say what comes of it */
  advance(entry: Entry, childIndex = -1): readonly MistralAsked[] {
    const flow = this.#flow;
    [flow.asked, flow.told] = [[], []];
    if (entry.is === 'start') start(flow);
    else if (entry.is === 'request') requested(flow, entry.request);
    else if (entry.is === 'rerun') throw new Murky('rerun');
    else {
      const child = flow.children[childIndex];
      if (child?.status === undefined) throw new Error(`no child ${childIndex}`);
      if (entry.is === 'refused') childEnded(flow, child, 'ERROR', entry.error);
      else childTold(flow, child, entry.status, entry.result ?? null);
    }
    goOn(flow);
    return flow.asked;
  }

  /** What children were told by the last entry: `request task item`. */
  get told(): readonly string[] {
    return this.#flow.told;
  }

  result(): MistralResult {
    const { state, execs, output } = this.#flow;
    const tasks = execs.map(({ task, state, published, result }) => ({ name: task.name, state, published, result }));
    return { output: state === 'SUCCESS' ? output : undefined, tasks };
  }
}

function start(flow: MistralState): void {
  const { program, begun } = flow;
  if (program.target !== undefined) return requireMore(flow);
  const roots = program.tasks.filter(({ name }) => flow.into(name).length === 0);
  lead(
    flow,
    roots.map(({ name }) => ({ to: name, from: undefined, variables: begun })),
  );
}

/** Takes all steps that can be taken. */
function goOn(flow: MistralState): void {
  for (let steps = 0; ; steps++) {
    if (steps > STEPS_MAX) throw new Murky('a circle');
    const todo = flow.todo.shift();
    if (todo) take(flow, todo);
    else if (!isAtEnd(flow)) return;
  }
}

function take(flow: MistralState, todo: Todo): void {
  const { exec } = todo;
  if (todo.is === 'end') return endTask(flow, exec, todo.state, todo.result);
  if (todo.is === 'item ended') return itemEnded(flow, todo);
  if (todo.is === 'go on') return askTask(flow, exec);
  if (todo.is === 'begin') {
    flow.latest.set(exec.task.name, exec);
    if (exec.task.join !== undefined) {
      if (exec.state !== 'WAITING') return;
      exec.state = 'RUNNING';
      meet(flow, exec);
      [exec.retries, exec.items, exec.next] = [0, undefined, undefined];
    }
    return askTask(flow, exec);
  }
  if (exec.state !== 'WAITING' || flow.isOver()) return;
  const stands = flow.joinOf(exec.task);
  if (stands === 'never') endTask(flow, exec, 'ERROR', []);
  if (stands === 'ready') flow.whenRunning({ is: 'begin', exec });
}

/** Of a reverse workflow: what is wanted of the target, and has all that it requires. */
function requireMore(flow: MistralState): void {
  const { program, begun } = flow;
  if (program.target === undefined || flow.state !== 'RUNNING') return;
  const wanted = new Set<MistralTaskProgram>();
  const want = (name: string): void => {
    const task = flow.task(name);
    for (const one of task?.requires ?? []) want(one);
    if (task) wanted.add(task);
  };
  want(program.target);
  const ready = [...wanted].filter(({ name, requires }) => {
    const isMet = requires.every((one) => flow.last(one)?.state === 'SUCCESS');
    return isMet && !flow.last(name);
  });
  const commands = ready.map(({ name, requires }) => {
    const from = requires.flatMap((one) => flow.last(one) ?? []).toSorted((a, b) => b.rank - a.rank);
    return {
      to: name,
      from: undefined,
      variables: from.length > 0 ? met(from.map(({ variables }) => variables)) : begun,
    };
  });
  lead(flow, commands);
}

/** Whether there is more to do after all. */
function isAtEnd(flow: MistralState): boolean {
  if (flow.state !== 'RUNNING') return false;
  requireMore(flow);
  if (flow.todo.length > 0) return true;
  const { execs } = flow;
  if (execs.some(({ state }) => state === 'RUNNING')) return false;
  // Nothing can lead to it any more.
  const waiting = execs.find(({ state }) => state === 'WAITING');
  if (waiting) endTask(flow, waiting, 'ERROR', []);
  else if (execs.some(({ state }) => state === 'CANCELLED')) flow.cancel();
  else if (execs.some(({ state, isHandled }) => state === 'ERROR' && !isHandled)) flow.state = 'ERROR';
  else succeed(flow);
  return waiting !== undefined;
}
