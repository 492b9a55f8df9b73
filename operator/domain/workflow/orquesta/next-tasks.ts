// operator/domain/workflow/orquesta/next-tasks.ts — the tasks that are to run now, with the actions that they ask for.
import { typeFault } from '../../expression/fault.ts';
import { compare, compareText } from '../../expression/python/compare.ts';
import { isInt } from '../../expression/python/numbers.ts';
import { type Plain, truthy, type Value } from '../../expression/python/values.ts';
import type { Evaluator } from './evaluator.ts';
import { isFault } from './fault.ts';
import { Items } from './items.ts';
import type { TaskSpec } from './model.ts';
import { type ActionRequest, isSteady, type Rendered, renderTask } from './render.ts';
import type { Staged } from './staging.ts';
import { contextOf, specOf, type State } from './state.ts';
import { RUNNING } from './statuses.ts';
import type { RetryState } from './task-states.ts';
import { requestStatus } from './workflow-events.ts';

export interface NextTask {
  readonly id: string;
  readonly route: number;
  readonly actions: readonly ActionRequest[];
  /** In seconds; undefined: the task says nothing. */
  readonly delay?: Value;
  /** Of a task with items alone. */
  readonly itemsCount?: number;
  /** Null: all at once. */
  readonly concurrency?: Value;
  /** How its items stand: the same ones as long as it goes through the same list. */
  readonly items?: Items;
  readonly retry?: RetryState;
  /** What the task sees. */
  readonly context: Plain;
}

/** Sorted by task, then route. A task that cannot be rendered fails the workflow, and nothing is next. @throws WorkflowFault */
export function nextTasks(state: State, evaluator: Evaluator): readonly NextTask[] {
  const pending = state.staging.pending();
  const onFail = state.status === 'failed' ? pending.filter(({ runsOnFail }) => runsOnFail) : [];
  if (!RUNNING.has(state.status) && onFail.length === 0) return [];
  const next: NextTask[] = [];
  let isBroken = false;
  for (const staged of onFail.length > 0 ? onFail : pending) {
    try {
      const task = nextTask(state, staged, evaluator);
      if (task.actions.length > 0 || task.itemsCount === 0) next.push(task);
    } catch (error) {
      if (!isFault(error)) throw error;
      isBroken = true;
      state.errors.addFault(error, { task_id: staged.id, route: staged.route });
    }
  }
  if (!isBroken) return next.toSorted((a, b) => compareText(a.id, b.id) || a.route - b.route);
  requestStatus(state, 'failed');
  return [];
}

function nextTask(state: State, { id, route, retry }: Staged, evaluator: Evaluator): NextTask {
  const staged = state.staging.get(id, route) as Staged; // of two for the same the first one counts
  const spec = specOf(state, id);
  const context = state.contexts.valueOf(staged.view);
  const rendered = renderedOf(state, staged, spec, context, evaluator);
  const task = {
    id,
    route,
    context,
    ...(rendered.delay !== undefined && { delay: rendered.delay }),
    ...(retry && { retry, delay: evaluator.within(() => (truthy(retry.delay) ? retry.delay : 0)) }),
  };
  if (!spec.with) return { ...task, actions: rendered.actions };
  const { actions: all } = rendered;
  const offer = itemsOf(staged, rendered, evaluator);
  return { ...task, ...offer, itemsCount: all.length };
}

/** Items are rendered once, and not anew for each item that ends, where that gives the same. */
function renderedOf(state: State, staged: Staged, spec: TaskSpec, context: Plain, evaluator: Evaluator): Rendered {
  const { id, route, view, rendered: kept } = staged;
  if (kept?.of === context) return kept.rendered;
  const rendered = renderTask(spec, contextOf(state, view, { id, route }), evaluator);
  if (spec.with && isSteady(spec)) staged.rendered = { of: context, rendered };
  return rendered;
}

/** The items that there is room for. */
function itemsOf(staged: Staged, { actions, concurrency = null }: Rendered, evaluator: Evaluator) {
  if (!staged.items || staged.items.length === 0) staged.items = new Items(actions.length);
  const { items } = staged;
  if (concurrency === null) return { items, concurrency, actions: requests(items, actions, Number.POSITIVE_INFINITY) };
  // Less than one would never start anything.
  const limit = evaluator.within(() => (compare('<=', concurrency, 0) ? 1 : concurrency));
  if (!isInt(limit) && typeof limit !== 'boolean') {
    throw typeFault('slice indices must be integers or None or have an __index__ method');
  }
  return { items, concurrency: limit, actions: requests(items, actions, Math.max(0, Number(limit) - items.active)) };
}

const requests = (items: Items, actions: readonly ActionRequest[], limit: number): readonly ActionRequest[] =>
  items.notRun(Math.min(limit, actions.length)).flatMap((at) => actions[at] ?? []);
