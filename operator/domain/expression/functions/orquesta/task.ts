// operator/domain/expression/functions/orquesta/task.ts — how the tasks of a workflow stand: task_status(), succeeded(), failed(), completed(), result(); and what they were: task().
import { deeper } from '../../evaluation.ts';
import { ExpressionFault, typeFault, undefinedFault } from '../../fault.ts';
import { compare, hashKey } from '../../python/compare.ts';
import { type AnyDict, dictGet, isDict } from '../../python/dict.ts';
import { toList } from '../../python/iterate.ts';
import { isInt } from '../../python/numbers.ts';
import { repr, str } from '../../python/repr.ts';
import { index } from '../../python/subscript.ts';
import { truthy, typeName, type Value } from '../../python/values.ts';
import { bind, type PyFunction, type Scope } from '../call.ts';

/** What a task's status is before it has one. */
const UNSET = 'null';
const COMPLETED: readonly Value[] = ['succeeded', 'failed', 'timeout', 'abandoned', 'canceled'];

/** An internal entry of the context, or an empty one. */
function internal({ context }: Scope, name: string): Value {
  const value = dictGet(context, name) ?? null;
  return truthy(value) ? value : {};
}

/** @throws ExpressionFault KeyError, and TypeError for what has no keys */
function get(value: Value, key: string): Value {
  if (!isDict(value)) return index(value, key);
  const found = dictGet(value, key);
  if (found === undefined) throw undefinedFault('KeyError', repr(key));
  return found;
}

/** As Python's dict.get(): null for what is not there. */
function getOrNull(value: Value, key: string): Value {
  if (isDict(value)) return dictGet(value, key) ?? null;
  throw new ExpressionFault('type', 'AttributeError', `'${typeName(value)}' object has no attribute 'get'`);
}

const orEmpty = (value: Value, empty: Value): Value => (truthy(value) ? value : empty);

/** The task that has just completed. @throws ExpressionFault where there is none */
function currentTask(scope: Scope): Value {
  const task = internal(scope, '__current_task');
  if (truthy(task)) return task;
  throw new ExpressionFault('value', 'ExpressionEvaluationException', 'The current task is not set in the context.');
}

function statusOf(scope: Scope, task: Value, givenRoute: Value): Value {
  const current = internal(scope, '__current_task');
  const route = givenRoute ?? (isDict(current) ? (dictGet(current, 'route') ?? 0) : index(current, 'route'));
  const state = internal(scope, '__state');
  const pointers = orEmpty(getOrNull(state, 'tasks'), {});
  const at = getOrNull(pointers, `${str(task)}__r${str(route)}`);
  if (at === null) return compare('>', route, 0) ? statusBefore(scope, task, route, state) : UNSET;
  const entry = index(orEmpty(getOrNull(state, 'sequence'), []), at);
  if (entry === null) return UNSET;
  if (!isDict(entry)) return getOrNull(entry, 'status');
  return dictGet(entry, 'status') ?? UNSET;
}

/** The status on the nearest earlier route that this one came out of. */
function statusBefore(scope: Scope, task: Value, route: Value, state: Value): Value {
  const before = routeBefore(route, state);
  return before === undefined ? UNSET : deeper(() => statusOf(scope, task, before));
}

/** The nearest earlier route that this one came out of: one whose splits are all among its own. */
function routeBefore(route: Value, state: Value): number | undefined {
  if (!isInt(route)) throw typeFault(`list indices must be integers or slices, not ${typeName(route)}`);
  const routes = get(state, 'routes');
  const mine = splits(index(routes, route));
  for (let before = Number(route) - 1; before >= 0; before--) {
    const isEarlier = [...splits(index(routes, before))].every((split) => mine.has(split));
    if (isEarlier) return before;
  }
  return undefined;
}

const splits = (route: Value): ReadonlySet<string> => new Set(toList(route).map(hashKey));

/** What is known of the last execution of a task, on its route or on the nearest one before it that has one. */
function recordOf(scope: Scope, givenTask: Value, givenRoute: Value): Value {
  const current = internal(scope, '__current_task');
  const task = givenTask ?? get(current, 'id');
  const route = givenRoute ?? getOrNull(current, 'route') ?? 0;
  const state = internal(scope, '__state');
  const at = getOrNull(orEmpty(getOrNull(state, 'tasks'), {}), `${str(task)}__r${str(route)}`);
  if (at === null) {
    const before = compare('>', route, 0) ? routeBefore(route, state) : undefined;
    if (before !== undefined) return deeper(() => recordOf(scope, task, before));
  } else get(get(scope.context, 'st2'), 'workflow_execution_id'); // the reference looks there, even for what it does not need
  const record = at === null ? undefined : scope.taskRecord?.(str(task), Number(route));
  if (record !== undefined) return record;
  const message = `Unable to find task execution for "${str(task)}".`;
  throw new ExpressionFault('value', 'ExpressionEvaluationException', message);
}

/** The status of the current task. */
function currentStatus(name: string): (...args: Parameters<PyFunction>) => Value {
  return (call, scope) => {
    bind(name, call, []);
    const task = currentTask(scope) as AnyDict;
    return statusOf(scope, get(task, 'id'), get(task, 'route'));
  };
}

const [succeededStatus, failedStatus, completedStatus] = ['succeeded_', 'failed_', 'completed_'].map(currentStatus);

export const TASK_READERS: readonly (readonly [string, PyFunction])[] = [
  [
    'task_status',
    (call, scope) => {
      const [task = null, route = null] = bind('task_status_', call, ['task_id', ['route', null]]);
      return statusOf(scope, task, route);
    },
  ],
  [
    'task',
    (call, scope) => {
      const [task = null, route = null] = bind('task', call, [
        ['task_id', null],
        ['route', null],
      ]);
      return recordOf(scope, task, route);
    },
  ],
  ['succeeded', (call, scope) => succeededStatus?.(call, scope) === 'succeeded'],
  ['failed', (call, scope) => failedStatus?.(call, scope) === 'failed'],
  ['completed', (call, scope) => COMPLETED.includes(completedStatus?.(call, scope) ?? null)],
  [
    'result',
    (call, scope) => {
      bind('result_', call, []);
      return getOrNull(currentTask(scope), 'result');
    },
  ],
];
