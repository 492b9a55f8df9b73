// operator/domain/workflow/orquesta/output.ts — the output of a workflow that has ended: each value stands alone, one that fails is left out.
import type { Plain, Value } from '../../expression/python/values.ts';
import { define } from './define.ts';
import type { Evaluator } from './evaluator.ts';
import { isEvaluationFault } from './fault.ts';
import type { State } from './state.ts';
import { COMPLETED } from './statuses.ts';
import { stored } from './stored.ts';
import { requestStatus } from './workflow-events.ts';

/** Also after failure and cancelation. An error fails what had succeeded. @throws ExpressionFault for what is no fault of evaluating */
export function renderOutput(state: State, evaluator: Evaluator): void {
  if (!COMPLETED.has(state.status) || state.output) return;
  const context = terminalContext(state);
  const assign = evaluator.assigner(() => ({ ...context, __state: state.tasks.visible(state.status) }));
  const output: Record<string, Value> = {};
  const errors: { type: string; message: string }[] = [];
  for (const { name, value } of state.workflow.output) {
    try {
      define(output, name, stored(assign(name, value)));
    } catch (error) {
      if (!isEvaluationFault(error)) throw error;
      errors.push(error);
    }
  }
  if (Object.keys(output).length > 0) state.output = output;
  if (errors.length === 0) return;
  for (const error of errors) state.errors.addFault(error);
  if (state.status !== 'canceled') requestStatus(state, 'failed');
}

/** What the ends of all branches have come to, merged in the order in which they ended. */
export const terminalContext = ({ contexts, tasks }: State): Plain =>
  contexts.terminal(tasks.terminal().map(({ view }) => view));
