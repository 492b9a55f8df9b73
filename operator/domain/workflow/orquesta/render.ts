// operator/domain/workflow/orquesta/render.ts — a staged task and what it sees → the actions that it asks for.
import { typeFault } from '../../expression/fault.ts';
import { Tuple } from '../../expression/python/collections.ts';
import { isInt } from '../../expression/python/numbers.ts';
import { isList, type Value } from '../../expression/python/values.ts';
import { define } from './define.ts';
import type { Evaluator, Sight } from './evaluator.ts';
import type { ItemsSpec, TaskSpec } from './model.ts';
import { stored } from './stored.ts';

/** An action that a task asks for. */
export interface ActionRequest {
  /** Null: the task has none. */
  readonly action: Value;
  /** Null: the task says nothing. */
  readonly input: Value;
  /** Of a task with items: which one, from 0. */
  readonly item?: number;
}

/** A task with the values of its expressions. */
export interface Rendered {
  readonly actions: readonly ActionRequest[];
  readonly delay: Value | undefined;
  /** Of a task with items alone; null: all at once. */
  readonly concurrency: Value | undefined;
}

/** @throws ExpressionFault for expressions that fail and for values of the wrong type */
export function renderTask(task: TaskSpec, sight: Sight, evaluator: Evaluator): Rendered {
  const actions = task.with ? renderItems(task, task.with, sight, evaluator) : [requestOf(task, sight, evaluator)];
  const delay = renderDelay(task, sight, evaluator);
  const concurrency = task.with && evaluator.value(task.with.concurrency ?? null, sight);
  return { actions, delay, concurrency };
}

function requestOf(task: TaskSpec, sight: Sight, evaluator: Evaluator): Omit<ActionRequest, 'item'> {
  const action = evaluator.value(task.action ?? null, sight);
  const input = evaluator.value(task.input ?? null, sight);
  return { action, input: stored(input) };
}

function renderItems(task: TaskSpec, spec: ItemsSpec, sight: Sight, evaluator: Evaluator): readonly ActionRequest[] {
  const items = evaluator.value(spec.expression, sight);
  if (!isList(items)) throw typeFault(`The value of "${spec.expression}" is not type of list.`);
  const scope: Record<string, Value> = { ...sight() };
  return items.map((item, i) => {
    scope['__current_item'] = itemOf(item, spec.names);
    return { ...requestOf(task, () => scope, evaluator), item: i };
  });
}

/** An item by its names: a list is taken apart, anything else goes to the only name. */
function itemOf(item: Value, names: readonly string[] | undefined): Value {
  if (!names) return item;
  const parts = item instanceof Tuple ? item.items : isList(item) ? item : undefined;
  const named: Record<string, Value> = {};
  if (parts) {
    for (const [i, name] of names.entries()) if (i < parts.length) define(named, name, parts[i] as Value);
    return named;
  }
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) return item;
  define(named, only, item);
  return named;
}

function renderDelay(task: TaskSpec, sight: Sight, evaluator: Evaluator): Value | undefined {
  if (!task.delay) return undefined;
  const delay = evaluator.value(task.delay, sight);
  if (isInt(delay) || typeof delay === 'boolean') return delay;
  throw typeFault('The value of task delay is not type of integer.');
}

/** What may give another value when it is asked again, though the context is the same. */
const CHANGEABLE =
  /\b(?:task|task_status|succeeded|failed|completed|st2kv|now|utcnow|random|randoms|shuffle|lipsum)\s*\(|\|\s*(?:random|shuffle)\b|__/;

/** Whether a task with items asks for the same whenever it is rendered; then that is done once and not for each item that ends. */
export function isSteady({ action, input, delay, with: items }: TaskSpec): boolean {
  return !CHANGEABLE.test(
    JSON.stringify([action, input, delay, items], (_, value) => (typeof value === 'bigint' ? 0 : value)),
  );
}
