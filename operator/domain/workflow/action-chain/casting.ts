// operator/domain/workflow/action-chain/casting.ts — rendered parameters → the types that the child's action declares, told as StackStorm tells it.
import { castOf } from '../../action/cast.ts';
import type { Schemas } from '../../action/runner-parameters.ts';
import { own } from '../../action/schema.ts';
import { evaluating } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { type AnyDict, Dict, dictEntries } from '../../expression/python/dict.ts';
import { typeName, type Value } from '../../expression/python/values.ts';
import type { Outside } from '../engine.ts';
import type { Cause } from './failure.ts';
import type { ChainTask } from './model.ts';
import type { Rendered } from './render.ts';
import { textOf } from './text.ts';

/**
 * Every value whose parameter has one type, null too. A parameter that the action declares itself counts with nothing but what the
 * action says of it, so `schemas` has the action's own over the runner's, each whole.
 */
export function castParameters(task: ChainTask, values: AnyDict, schemas: Schemas, outside: Outside): Rendered {
  return evaluating(outside, (): Rendered => {
    const made = new Dict();
    for (const [name, value] of dictEntries(values)) {
      const type = typeof name === 'string' ? typeOf(schemas, name) : undefined;
      const cast = castOf(type);
      try {
        made.set(name, cast ? cast(value) : value);
      } catch (error) {
        if (!(error instanceof ExpressionFault)) throw error;
        return { cause: causeOf(task, { name: textOf(name), value, type: String(type) }, error.message) };
      }
    }
    return { values: made };
  });
}

function typeOf(schemas: Schemas, name: string): unknown {
  const schema = own(schemas, name) as Schemas[string] | undefined;
  return schema === undefined ? undefined : own(schema, 'type');
}

interface Uncast {
  readonly name: string;
  readonly value: Value;
  readonly type: string;
}

function causeOf(task: ChainTask, { name, value, type }: Uncast, reason: string): Cause {
  const message = `Failed to cast value "${textOf(value)}" (type: ${typeName(value)}) for parameter "${name}" of type "${type}": ${reason}. Perhaps the value is of an invalid type?`;
  return { type: 'ValueError', message, path: ['chain', task.index, task.parametersField, name] };
}
