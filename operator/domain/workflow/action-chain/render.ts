// operator/domain/workflow/action-chain/render.ts — templates of a chain → values: its variables, a task's parameters, and what it publishes.
import { evaluating } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { MappingFault, renderValues } from '../../expression/jinja/render-values.ts';
import { type AnyDict, Dict, isDict } from '../../expression/python/dict.ts';
import { truthy, typeName, type Value } from '../../expression/python/values.ts';
import type { FieldPath } from '../../pack/yaml-text.ts';
import type { Outside } from '../engine.ts';
import { type Cause, causeOf } from './failure.ts';
import type { ChainTask } from './model.ts';
import type { View } from './names.ts';
import { textOf } from './text.ts';

const NOTHING: AnyDict = new Dict();

/** The values of a mapping, or what StackStorm says of the first that cannot be rendered. */
export type Rendered = { readonly values: AnyDict } | { readonly cause: Cause };

export function renderVars(vars: Value, view: View, outside: Outside): Rendered {
  return render(vars, view, outside, (fault) => causeOf(fault, [...placeOf(['vars'], fault)]));
}

export function renderParameters(task: ChainTask, view: View, outside: Outside): Rendered {
  const path = ['chain', task.index, task.parametersField];
  return render(task.parameters, view, outside, (fault) => taskCause('action', task, path, fault));
}

export function renderPublish(task: ChainTask, view: View, outside: Outside): Rendered {
  const path = ['chain', task.index, 'publish'];
  return render(task.publish, view, outside, (fault) => taskCause('publish', task, path, fault));
}

function render(mapping: Value, view: View, outside: Outside, tell: (fault: ExpressionFault) => Cause): Rendered {
  if (!truthy(mapping)) return { values: NOTHING };
  try {
    if (!isDict(mapping)) {
      throw new ExpressionFault('type', 'AttributeError', `'${typeName(mapping)}' object has no attribute 'items'`);
    }
    const scope = { context: view.context, datastore: outside.datastore };
    return { values: evaluating(outside, () => renderValues(mapping, scope, { variables: view.variables })) };
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return { cause: tell(error) };
  }
}

function taskCause(kind: 'action' | 'publish', { name }: ChainTask, path: FieldPath, fault: ExpressionFault): Cause {
  const [key, source] = fault instanceof MappingFault ? [textOf(fault.key), fault.source] : ['None', 'None'];
  const message = `Failed rendering value for ${kind} parameter "${key}" in task "${textOf(name)}" (template string=${source}): ${fault.message}`;
  return { type: 'ParameterRenderingFailedException', message, path: placeOf(path, fault) };
}

const placeOf = (path: FieldPath, fault: ExpressionFault): FieldPath =>
  fault instanceof MappingFault ? [...path, textOf(fault.key)] : path;
