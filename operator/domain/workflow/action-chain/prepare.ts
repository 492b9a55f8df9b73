// operator/domain/workflow/action-chain/prepare.ts — a task that is about to run → the child's action and input, or why the chain ends here.
import type { Plain } from '../../expression/python/values.ts';
import type { Outside } from '../engine.ts';
import { chainFailure, type Failure } from './failure.ts';
import type { ChainTask } from './model.ts';
import type { View } from './names.ts';
import type { Reading } from './read.ts';
import { renderParameters } from './render.ts';
import { textOf } from './text.ts';
import { plainOf } from './visit.ts';

type Prepared = { readonly action: string; readonly input: Plain } | { readonly failure: Failure };

/** What the preparation of a task may use. */
interface Surroundings {
  readonly view: View;
  readonly reading: Reading;
  readonly outside: Outside;
}

export function prepareTask(task: ChainTask, { view, reading, outside }: Surroundings): Prepared {
  const { ref } = task;
  if (typeof ref !== 'string') return { failure: unknownAction(task, reading) };
  const rendered = renderParameters(task, view, outside);
  if ('cause' in rendered) {
    const sentence = `Failed to run task "${textOf(task.name)}". Parameter rendering failed.`;
    return { failure: chainFailure(sentence, rendered.cause, reading) };
  }
  return { action: ref, input: plainOf(rendered.values) };
}

/** As StackStorm tells it. */
export function unknownAction({ name, ref, index }: ChainTask, reading: Reading): Failure {
  const [task, action] = [textOf(name), textOf(ref)];
  const message = `Task :: ${task} - Action with ref ${action} not registered.`;
  const cause = { type: 'InvalidActionReferencedException', message, path: ['chain', index, 'ref'] };
  return chainFailure(`Failed to run task "${task}". Action with reference "${action}" doesn't exist.`, cause, reading);
}
