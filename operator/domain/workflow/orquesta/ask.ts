// operator/domain/workflow/orquesta/ask.ts — a task that is to run → the children that are to be made for it.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { str } from '../../expression/python/repr.ts';
import { isPlain, type Plain, truthy, type Value } from '../../expression/python/values.ts';
import type { Child } from '../engine.ts';
import { WorkflowFault } from './fault.ts';
import type { NextTask } from './next-tasks.ts';
import type { ActionRequest } from './render.ts';

/** What stands for the action of a task that has none. */
const NOTHING = 'core.noop';

/** Or why there can be none. */
export function childOf(
  task: NextTask,
  request: ActionRequest,
  execution: string,
  isActionless: boolean,
): Child | WorkflowFault {
  const { action, input, item } = request;
  if (!isActionless && typeof action !== 'string') {
    return new WorkflowFault(
      'InvalidActionReferencedException',
      `Unable to find action "${evaluating(NOWHEN, () => str(action))}".`,
    );
  }
  const parameters = parametersOf(input);
  if (!parameters) return new WorkflowFault('TypeError', `The input of task "${task.id}" is not an object.`);
  return {
    key: item === undefined ? execution : `${execution}/${item}`,
    task: task.id,
    ...(item !== undefined && { item }),
    action: typeof action === 'string' ? action : NOTHING,
    input: (isActionless ? {} : parameters) as Plain,
    delaySeconds: delayOf(task, item),
  };
}

/** Nothing at all is no parameters. */
function parametersOf(input: Value): Plain | undefined {
  if (isPlain(input)) return input;
  return input === null || input === '' || input === false || isEmptyList(input) || input === 0 ? {} : undefined;
}

const isEmptyList = (input: Value) => Array.isArray(input) && input.length === 0;

/** With a concurrency only the first items wait. */
function delayOf({ delay, concurrency }: NextTask, item: number | undefined): number {
  const seconds = delay === undefined ? 0 : Math.max(0, Number(delay));
  const isLater = item !== undefined && concurrency !== undefined && truthy(concurrency) && item >= Number(concurrency);
  return isLater ? 0 : seconds;
}
