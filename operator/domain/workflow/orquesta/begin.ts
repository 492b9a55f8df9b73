// operator/domain/workflow/orquesta/begin.ts — what a workflow starts with: its context from outside, input and vars; and its first tasks.
import { isDict } from '../../expression/python/dict.ts';
import type { Plain, Value } from '../../expression/python/values.ts';
import { rootView } from './contexts.ts';
import { define } from './define.ts';
import type { Evaluator } from './evaluator.ts';
import { isFault } from './fault.ts';
import { mergeDicts } from './merge.ts';
import type { Assignment } from './model.ts';
import type { State } from './state.ts';
import { stored } from './stored.ts';
import { requestStatus } from './workflow-events.ts';

/** An expression that fails here fails the workflow before any task. */
export function begin(state: State, context: Plain, inputs: Plain, evaluator: Evaluator): void {
  const { workflow, staging, contexts, tasks } = state;
  const errors: { type: string; message: string }[] = [];
  const assignAll = (assignments: readonly Assignment[], seen: Plain): Plain => {
    const assign = evaluator.assigner(() => seen);
    const given: Record<string, Value> = {};
    for (const { name, value } of assignments) {
      try {
        define(given, name, stored(assign(name, value)));
      } catch (error) {
        if (!isFault(error)) throw error;
        errors.push(error);
      }
    }
    return given;
  };
  // Names that the parameters have and the definition does not list are not seen.
  const asked = workflow.input.map(({ name, default: fallback }) => ({
    name,
    value: Object.hasOwn(inputs, name) ? (inputs[name] as Value) : fallback,
  }));
  const withInput = merged(context, assignAll(asked, context));
  const initial = merged(withInput, assignAll(workflow.vars, withInput));
  for (const error of errors) state.errors.addFault(error);
  if (errors.length > 0) {
    requestStatus(state, 'failed');
    return;
  }
  contexts.add(initial);
  tasks.routes.push([]);
  for (const id of state.graph.roots) {
    staging.add({ id, route: 0, view: rootView(), previous: new Map(), retry: undefined, isReady: true });
  }
}

function merged(left: Plain, right: Plain): Plain {
  const both = mergeDicts(left, right);
  return isDict(both) ? (both as Plain) : left;
}
