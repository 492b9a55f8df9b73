// e2e/conformance/properties/workflow-model-flow.ts — what the second interpreter of Orquesta makes of what happens to a task: where it leads, and how the workflow stands.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { ChildStatus, RunStatus } from '../../../operator/domain/workflow/engine.ts';
import { isCommand, type Transition } from './workflow-model-graph.ts';
import { itemsAfter, itemsAsked, taskAfter, workflowAfter, workflowAsked } from './workflow-model-machine.ts';
import { HAS_ENDED, type ModelState, type Staged, type Visit } from './workflow-model-state.ts';
import {
  Broken,
  brokenName,
  holds,
  isActive,
  isOver,
  Murky,
  rendered,
  type Sight,
  type TaskStatus,
} from './workflow-model-values.ts';

interface Told {
  readonly status: TaskStatus;
  readonly item?: number | undefined;
  /** As the child had it. */
  readonly raw?: ChildStatus;
  readonly result?: Value;
}

const CAN_RETRY: ReadonlySet<RunStatus> = new Set(['running', 'pausing', 'resuming', 'canceling']);
const DELTAS_MAX = 1000;

export function ask(state: ModelState, request: 'pause' | 'resume' | 'cancel' | 'run' | 'fail'): boolean {
  const isDone = !state.isBusy() && state.ready().length === 0 && !state.hasAny('paused', 'pending');
  const before = state.lasts().map((visit) => [visit, visit.status] as const);
  if (request === 'pause' || request === 'cancel') {
    for (const [visit] of before) {
      const items = state.stagedFor(visit.task, visit.route)?.items;
      if (items && isActive(visit.status)) visit.status = itemsAsked(visit.status as TaskStatus, request, items);
    }
  }
  const after = workflowAsked(state.status, request, { isBusy: state.isBusy(), isDone });
  if (after === undefined) for (const [visit, status] of before) visit.status = status;
  else state.status = after;
  return after !== undefined;
}

/** Something is told of a task, or of one of its items. */
export function tell(state: ModelState, task: string, route: number, told: Told): void {
  let staged = state.stagedFor(task, route);
  const count = staged?.items?.length ?? 0;
  let visit = state.last(task, route);
  if (!visit || isCommand(task) || (isOver(visit.status) && (told.status === 'running' || told.status === 'pending'))) {
    if (!staged) throw new Murky('a task that has ended runs');
    visit = state.visit(staged);
  }
  if (staged && !staged.items) state.unstage(staged);
  if (told.item !== undefined) {
    if (!staged?.items) {
      if (isOver(told.status) || told.status === 'pending' || told.status === 'paused')
        throw new Murky('an item of a task that is no more');
    } else staged.items[told.item] = told.status;
  }
  if (told.raw === 'failed' || task === 'fail') {
    const hasResult = told.result !== undefined && told.result !== null;
    state.log({ name: 'Execution failed', task, ...(hasResult && { result: told.result }) });
  }
  const before = visit.status;
  if (told.item === undefined) visit.status = taskAfter(before, told.status);
  else {
    const others = (staged?.items ?? []).filter((_, i) => i !== told.item);
    visit.status = itemsAfter(before, told.status, others);
  }
  if (visit.status === 'retrying') {
    if (told.status !== 'retrying' || !visit.retry) throw new Murky('a task that is between two attempts');
    visit.retry.tally++;
    visit.results = [];
    if (staged) state.unstage(staged);
    const delay = state.graph.retryOf(task)?.delay ?? 0;
    staged = state.stage(task, route, [...visit.deltas], delay);
    staged.isReady = true;
  }
  const commands: string[] = [];
  let commandRoutes: number[] = [];
  if (isOver(visit.status)) {
    const { results } = visit;
    const hasItems = state.graph.task(task)?.items !== undefined;
    if (!hasItems || visit.status !== 'failed') {
      const one = state.stagedFor(task, route);
      if (one) state.unstage(one);
    } else {
      const one = state.stagedFor(task, route);
      if (!one) throw new Murky('items that are no more');
      one.isOver = true;
    }
    const sight = sightOf(
      state,
      visit,
      hasItems ? Array.from({ length: count }, (_, i) => results[i] ?? null) : (told.result ?? null),
    );
    let mustRetry = false;
    try {
      mustRetry = CAN_RETRY.has(state.status) && isRetryDue(state, visit, sight);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      state.log({ name: brokenName(state.program.language), task, route });
      ask(state, 'fail');
      return;
    }
    if (mustRetry) {
      if (visit.status === 'canceled') throw new Murky('a canceled task is tried again');
      tell(state, task, route, { status: 'retrying' });
      return;
    }
    if (visit.status !== before) {
      const staged = leave(state, visit, sight);
      commands.push(...staged.map(({ task }) => task));
      commandRoutes = staged.map(({ route }) => route);
    }
  }
  workflowTold(state, visit);
  for (const [i, command] of commands.entries()) {
    tell(state, command, commandRoutes[i] as number, { status: command === 'fail' ? 'failed' : 'succeeded' });
  }
  if (HAS_ENDED.has(state.status)) visit.isTerminal = true;
}

function sightOf(state: ModelState, visit: Visit, result: Value): Sight {
  return { variables: state.variables(visit.deltas), status: visit.status, result };
}

function isRetryDue(state: ModelState, { task, retry, status }: Visit, sight: Sight): boolean {
  if (!retry || retry.tally >= retry.count) return false;
  const when = state.graph.retryOf(task)?.when;
  return when ? holds(when, sight) : status === 'failed';
}

/** Looks at all ways that lead from a task; gives the commands among them. */
function leave(state: ModelState, visit: Visit, sight: Sight): readonly Staged[] {
  const { task, route } = visit;
  const ways = state.graph.from(task);
  if (ways.length === 0) visit.isTerminal = true;
  const [commands, others]: [Staged[], Staged[]] = [[], []];
  for (const way of ways) {
    const at = { task, route, transition: way.id };
    let isFiring: boolean;
    try {
      isFiring = !way.when || holds(way.when, sight);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      state.log({ name: brokenName(state.program.language), ...at });
      ask(state, 'fail');
      continue;
    }
    visit.fired = new Map([...visit.fired, [way.id, isFiring]]);
    if (!isFiring) continue;
    const { values, broken } = rendered(way.publish, sight);
    if (broken > 0) {
      state.log({ name: brokenName(state.program.language), ...at });
      ask(state, 'fail');
      continue;
    }
    const staged = arrive(state, visit, way, values);
    if (isCommand(way.to)) commands.push(staged);
    else if (staged.isReady) others.push(staged);
  }
  if (commands.some(({ task }) => task === 'fail')) for (const one of others) one.runsOnFail = true;
  return commands;
}

function arrive(
  state: ModelState,
  { task, route, deltas: before }: Visit,
  { to, id }: Transition,
  published: Plain,
): Staged {
  let deltas = before;
  if (Object.keys(published).length > 0) deltas = [...before, state.deltas.push(published) - 1];
  const itsRoute = state.routeOf(to, `${task}__t${id.slice(id.lastIndexOf('__t') + 3)}`, route);
  let staged = state.stagedFor(to, itsRoute);
  if (staged) {
    if (staged.items && !staged.isOver) throw new Murky('a task whose items run is led to once more');
    staged.deltas.push(...deltas.slice(1));
    if (staged.deltas.length > DELTAS_MAX) throw new Murky('contexts beyond measure');
    staged.items = undefined;
    staged.isOver = false;
  } else staged = state.stage(to, itsRoute, [...deltas]);
  staged.isReady = state.inbound(to, route) === 'enough';
  return staged;
}

function workflowTold(state: ModelState, visit: Visit): void {
  const { task, route, status } = visit;
  if (!status || HAS_ENDED.has(state.status)) return;
  const leadsOn = state.leadsOn(task, route, false);
  state.status = workflowAfter(state.status, status, {
    isRemediated: status === 'failed' && (leadsOn || state.leadsOn(task, route, true)),
    isBusy: state.isBusy(),
    hasCanceled: state.hasAny('canceling', 'canceled'),
    hasPaused: state.hasAny('pausing', 'paused', 'pending'),
    hasMore: state.ready().length > 0 || leadsOn,
  });
  if (!HAS_ENDED.has(state.status)) return;
  const lost = state.staged.filter(
    (one) =>
      (state.graph.task(one.task)?.join ?? 0) !== 0 && !one.isReady && state.inbound(one.task, one.route) === 'never',
  );
  for (const one of lost) {
    state.status = 'failed';
    state.log({ name: 'UnreachableJoinError', task: one.task, route: one.route });
  }
}
