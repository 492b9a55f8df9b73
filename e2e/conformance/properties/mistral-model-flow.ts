// e2e/conformance/properties/mistral-model-flow.ts — what follows what in the second interpreter of Mistral: ends of tasks, commands, joins.
import type { Value } from '../../../operator/domain/expression/python/values.ts';
import { type Command, type Exec, isDone, leadsOf, type MistralState, type TaskState } from './mistral-model-state.ts';
import { met, mistralHolds, mistralPublished, type MistralSight, withPublished } from './mistral-model-values.ts';
import type { MistralAim } from './mistral-programs.ts';
import { Broken, Murky } from './workflow-model-values.ts';

const isChange = ({ to }: Command): boolean => to === 'fail' || to === 'succeed' || to === 'pause';

/** A task has come to an end; perhaps it is tried once more. */
export function endTask(flow: MistralState, exec: Exec, state: TaskState, result: Value): void {
  if (isDone(exec.state)) return;
  const { task } = exec;
  if (task.join !== undefined) meet(flow, exec);
  const hasRun = exec.state === 'RUNNING';
  exec.state = state;
  exec.result = result;
  exec.published = {};
  try {
    const publish = state === 'SUCCESS' ? task.publish : state === 'ERROR' ? task.publishOnError : [];
    exec.published = mistralPublished(publish, { variables: exec.variables, result });
    const variables = withPublished(exec.variables, exec.published);
    if (isAgain(flow, exec, { variables, result }) && hasRun) {
      exec.state = 'RUNNING';
      exec.retries++;
      [exec.items, exec.result] = [undefined, []];
      return flow.whenRunning({ is: 'go on', exec });
    }
    exec.variables = variables;
    note(flow, exec, result);
  } catch (error) {
    return broken(flow, error, exec);
  }
  if (flow.state === 'PAUSED') flow.ended.push(exec);
  else if (flow.state === 'RUNNING') {
    lead(flow, commandsOf(exec));
    judgeAfter(flow, exec);
  }
}

function isAgain(flow: MistralState, { task, retries, state }: Exec, sight: MistralSight): boolean {
  if (!task.retry || task.retry.count === 0) return false;
  const { count, breakOn, continueOn } = task.retry;
  const goesOn = continueOn !== undefined && mistralHolds(continueOn, sight);
  const isBroken = breakOn !== undefined && mistralHolds(breakOn, sight);
  if (flow.isOver() || state === 'CANCELLED' || retries >= count || (state === 'ERROR' && isBroken)) return false;
  return continueOn === undefined ? state === 'ERROR' : goesOn;
}

/** Where it leads. */
function note(flow: MistralState, exec: Exec, result: Value): void {
  if (flow.isOver()) return;
  const { task, state, variables } = exec;
  const holds = ({ when }: MistralAim) => mistralHolds(when, { variables, result });
  const first = (state === 'SUCCESS' ? task.onSuccess : state === 'ERROR' ? task.onError : []).filter(holds);
  const all = [...first, ...(state === 'CANCELLED' ? [] : task.onComplete.filter(holds))];
  exec.isHandled = first.length > 0;
  exec.leads = all.map(({ to }) => to);
  // What ends while the workflow is paused counts for joins when that goes on.
  if (flow.state !== 'PAUSED') reveal(flow, exec);
}

export function reveal(flow: MistralState, exec: Exec): void {
  flow.latest.set(exec.task.name, exec);
  exec.next = exec.leads.filter((to) => flow.task(to));
}

export function commandsOf(exec: Exec): readonly Command[] {
  return exec.leads.map((to) => ({ to, from: exec, variables: exec.variables }));
}

/** Does commands: joins last, and nothing after one that ends the workflow. */
export function lead(flow: MistralState, commands: readonly Command[]): void {
  const meant = commands.filter(({ to }) => to !== 'noop');
  const at = meant.findIndex(isChange);
  const before = at < 0 ? meant : meant.slice(0, at);
  const isJoin = ({ to }: Command) => flow.task(to)?.join !== undefined;
  const ordered = [...before.filter((one) => !isJoin(one)), ...before.filter(isJoin)];
  flow.rank += ordered.length;
  // Of those that begin together the first wins.
  for (const [i, command] of ordered.entries()) {
    if (flow.isOver()) return;
    if (flow.state === 'PAUSED') flow.backlog = [...flow.backlog, command];
    else carryOut(flow, command, flow.rank - i);
  }
  const change = at < 0 ? undefined : meant[at];
  if (!change || flow.isOver()) return;
  const rest = change.to === 'pause' ? meant.slice(at + 1) : [];
  if (flow.state === 'PAUSED') flow.backlog = [...flow.backlog, change, ...rest];
  else if (change.to === 'fail') flow.state = 'ERROR';
  else if (change.to === 'succeed') succeed(flow);
  else {
    flow.pause('request');
    flow.backlog = [...flow.backlog, ...rest];
  }
}

function carryOut(flow: MistralState, { to, from, variables }: Command, rank: number): void {
  const task = flow.task(to);
  if (!task) return;
  if (task.join !== undefined) {
    const known = flow.last(to);
    if (known && isDone(known.state) && isNewRound(flow, known, from)) known.state = 'WAITING';
    if (known) return void flow.todo.push({ is: 'judge', exec: known });
  }
  const exec: Exec = {
    task,
    rank,
    state: task.join === undefined ? 'RUNNING' : 'WAITING',
    variables,
    retries: 0,
    items: undefined,
    begun: 0,
    results: [],
    failed: 0,
    published: {},
    result: [],
    leads: [],
    next: undefined,
    isHandled: false,
    ledBy: new Set(),
  };
  flow.execs.push(exec);
  flow.todo.push({ is: task.join === undefined ? 'begin' : 'judge', exec });
}

/** A join that has ended begins once more when a task leads to it for the second time. */
function isNewRound(flow: MistralState, { task, state, ledBy }: Exec, from: Exec | undefined): boolean {
  if (!from) return false;
  const isSecond = flow.execs.filter((one) => one.task === from.task).length > 1;
  // What leads there in a circle may have led there before in vain, of which nobody says what it counts.
  if (isSecond && (task.join !== 'all' || state === 'ERROR')) throw new Murky('another round');
  if (state === 'ERROR') return flow.joinOf(task) !== 'never';
  return task.join === 'all' || ledBy.has(from.task.name);
}

/** Joins that can be reached from a task that has ended may begin, or fail. */
export function judgeAfter(flow: MistralState, { task }: Exec): void {
  const reached = new Set([task.name]);
  for (const name of reached) for (const { to } of leadsOf(flow.task(name))) reached.add(to);
  for (const exec of flow.execs)
    if (exec.state === 'WAITING' && reached.has(exec.task.name)) flow.todo.push({ is: 'judge', exec });
}

/** A join has the variables of all that has led to it until it ends. */
export function meet(flow: MistralState, exec: Exec): void {
  const triggers = flow.triggers(exec.task.name);
  exec.ledBy = new Set(triggers.map(({ task }) => task.name));
  if (triggers.length > 0) exec.variables = met(triggers.map(({ variables }) => variables));
}

export function succeed(flow: MistralState): void {
  const { program, begun } = flow;
  const target = program.target === undefined ? undefined : flow.last(program.target);
  const ends = target ? [target] : flow.ends();
  const variables = { ...begun, ...met(ends.map((one) => one.variables)) };
  try {
    flow.output = program.output
      ? mistralPublished(program.output, { variables })
      : Object.fromEntries(
          Object.entries(variables)
            .filter(([, { times }]) => times > 0)
            .map(([name, { value }]) => [name, value]),
        );
    flow.state = 'SUCCESS';
  } catch (error) {
    broken(flow, error);
  }
}

/** What cannot be evaluated fails the workflow, whatever handles errors. */
export function broken(flow: MistralState, error: unknown, exec?: Exec): void {
  if (!(error instanceof Broken)) throw error;
  if (flow.state === 'PAUSED') throw new Murky('broken while it is paused');
  if (exec) exec.state = 'ERROR';
  if (!flow.isOver()) flow.state = 'ERROR';
}
