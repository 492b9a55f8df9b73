// operator/domain/notify/handed-on.ts — notify of a run of a workflow → whom the ends of its tasks are told, as its engine has it.
import type { NotifySettings } from '../../api/notify.ts';
import type { WorkflowEngine } from '../../api/workflow.ts';
import { isRecord, own } from '../action/schema.ts';
import type { Plain, Value } from '../expression/python/values.ts';
import { jsonOf } from '../workflow/json.ts';
import { parseNotify, type ParsedNotify } from './settings.ts';

interface Told {
  readonly engine: WorkflowEngine;
  /** Of the run: `notify` names tasks in orquesta, `skip_notify` elsewhere those that are left out. */
  readonly parameters: Plain;
  /** That of the Execution. */
  readonly notify: NotifySettings | undefined;
}

/** What a task is given that says nothing itself. Chains look after their tasks themselves. */
export function notifyOfTask({ engine, parameters, notify }: Told, task: string): Value | undefined {
  if (notify === undefined || engine === 'action-chain') return undefined;
  const isTold =
    engine === 'orquesta'
      ? namesIn(parameters, 'notify').includes(task)
      : !namesIn(parameters, 'skip_notify').includes(task);
  return isTold ? (notify as Value) : undefined; // it came as JSON
}

/** StackStorm's sentence about tasks that an orquesta workflow does not have; undefined when all are there. */
export function notifyFault(engine: WorkflowEngine, parameters: Plain, definition: Plain): string | undefined {
  if (engine !== 'orquesta') return undefined;
  const tasks = own(definition, 'tasks');
  const unknown = namesIn(parameters, 'notify').filter((name) => !(isRecord(tasks) && Object.hasOwn(tasks, name)));
  if (unknown.length === 0) return undefined;
  return `The following tasks in the notify parameter do not exist in the workflow definition: ${unknown.join(', ')}.`;
}

function namesIn(parameters: Plain, name: string): readonly string[] {
  const names = own(parameters, name);
  return Array.isArray(names) ? names.map(String) : [];
}

/** What a task's notify, as the definition has it, says in a request. Never throws. */
export function parseTaskNotify(notify: Value | undefined): ParsedNotify {
  try {
    return parseNotify(jsonOf({ notify: notify ?? null })['notify']);
  } catch (error) {
    return { fault: `notify: ${(error as Error).message}` };
  }
}
