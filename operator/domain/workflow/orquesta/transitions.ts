// operator/domain/workflow/orquesta/transitions.ts — a task that has ended → the tasks that its transitions lead to.
import { type Plain, truthy, type Value } from '../../expression/python/values.ts';
import { joined, viewWith } from './contexts.ts';
import { define } from './define.ts';
import type { Evaluator, Sight } from './evaluator.ts';
import { isEvaluationFault, isFault } from './fault.ts';
import { inboundOf } from './joins.ts';
import { transitionId } from './keys.ts';
import { type Edge, ENGINE_COMMANDS } from './model.ts';
import type { Staged } from './staging.ts';
import { nodeOf, specOf, type State } from './state.ts';
import { stored } from './stored.ts';
import type { TaskState } from './task-states.ts';
import { requestStatus } from './workflow-events.ts';

/** Looks at all transitions, stages what they lead to, and gives the engine commands among it. @throws WorkflowFault, ExpressionFault */
export function takeTransitions(state: State, task: TaskState, sight: Sight, evaluator: Evaluator): readonly Staged[] {
  const { out } = nodeOf(state, task.id);
  if (out.length === 0) task.isTerminal = true;
  const commands: Staged[] = [];
  const others: Staged[] = [];
  for (const edge of out) {
    if (!holds(state, task, edge, sight, evaluator)) continue;
    const published = publish(state, task, edge, sight, evaluator);
    if (!published) continue;
    const staged = stage(state, task, edge, published);
    if (ENGINE_COMMANDS.has(staged.id)) commands.push(staged);
    else if (staged.isReady) others.push(staged);
  }
  if (commands.some(({ id }) => id === 'fail')) for (const staged of others) staged.runsOnFail = true;
  return commands;
}

function holds(state: State, task: TaskState, edge: Edge, sight: Sight, evaluator: Evaluator): boolean {
  try {
    const values = edge.criteria.map((criterion) => evaluator.value(criterion, sight));
    const all = values.every((value) => evaluator.within(() => truthy(value)));
    state.tasks.setNext(task, edge.target, edge.key, all);
    return all;
  } catch (error) {
    if (!isFault(error)) throw error;
    fail(state, task, edge, [error]);
    return false;
  }
}

function fail(state: State, task: TaskState, edge: Edge, errors: readonly { type: string; message: string }[]): void {
  const where = { task_id: task.id, route: task.route, task_transition_id: transitionId(edge.target, edge.key) };
  for (const error of errors) state.errors.addFault(error, where);
  requestStatus(state, 'failed');
}

/** The new variables, each of which sees those before it; undefined when one of them fails. */
function publish(
  state: State,
  task: TaskState,
  edge: Edge,
  sight: Sight,
  evaluator: Evaluator,
): Readonly<Record<string, Value>> | undefined {
  const published: Record<string, Value> = {};
  const errors: { type: string; message: string }[] = [];
  const assign = evaluator.assigner(sight);
  for (const { name, value } of specOf(state, task.id).next[edge.ref]?.publish ?? []) {
    try {
      define(published, name, stored(assign(name, value)));
    } catch (error) {
      if (!isEvaluationFault(error)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === 0) return published;
  fail(state, task, edge, errors);
  return undefined;
}

function stage(state: State, task: TaskState, edge: Edge, published: Plain): Staged {
  const { staging, contexts } = state;
  const layer = Object.keys(published).length > 0 ? contexts.add(published) : undefined;
  const view = viewWith(task.view, layer);
  const route = routeAfter(state, task.route, edge);
  const from = transitionId(task.id, edge.key);
  let staged = staging.get(edge.target, route);
  if (staged) {
    staged.view = joined(staged.view, view);
    staged.previous.set(from, task.index);
    staged.items = undefined;
    staged.rendered = undefined;
    staging.setCompleted(staged, false);
  } else {
    const previous = new Map([[from, task.index]]);
    staged = staging.add({ id: edge.target, route, view, previous, retry: undefined, isReady: false });
  }
  // What has led there is written down on the route that it came from.
  staging.setReady(staged, inboundOf(state, edge.target, task.route) === 'satisfied');
  return staged;
}

/** A task that several lead to without a join runs once for each: on routes of their own. */
function routeAfter({ graph, tasks }: State, route: number, { source, target, key }: Edge): number {
  const node = graph.nodes.get(target);
  if (!node?.isSplit || node.inCycle) return route;
  const from = transitionId(source, key);
  const taken = tasks.routes[route] ?? [];
  return taken.includes(from) ? route : tasks.routes.push([...taken, from]) - 1;
}
