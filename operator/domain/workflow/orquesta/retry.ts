// operator/domain/workflow/orquesta/retry.ts — how often a task is tried again, and whether it is now.
import { isInt } from '../../expression/python/numbers.ts';
import { compare } from '../../expression/python/compare.ts';
import { truthy, type Value } from '../../expression/python/values.ts';
import type { Evaluator, Sight } from './evaluator.ts';
import { WorkflowFault } from './fault.ts';
import type { RetrySpec } from './model.ts';
import { ABENDED } from './statuses.ts';
import type { RetryState, TaskState } from './task-states.ts';

/** @throws WorkflowFault, ExpressionFault when delay or count is no int */
export function newRetry(task: string, spec: RetrySpec, sight: Sight, evaluator: Evaluator): RetryState {
  const whole = (what: 'delay' | 'count'): Value => {
    const text = spec[what];
    if (typeof text !== 'string') return text ?? null;
    const value = evaluator.value(text, sight);
    if (isInt(value) || typeof value === 'boolean') return value;
    throw new WorkflowFault('ValueError', `The retry ${what} for task "${task}" is not an integer.`);
  };
  const delay = whole('delay');
  return { when: spec.when, delay, count: whole('count'), tally: 0 };
}

/** Without a condition what failed is tried again. @throws ExpressionFault when the condition fails */
export function isToRetry({ retry, status }: TaskState, sight: Sight, evaluator: Evaluator): boolean {
  if (!retry || !status) return false;
  if (evaluator.within(() => compare('>=', retry.tally, retry.count))) return false;
  if (retry.when === undefined) return ABENDED.has(status);
  return truthy(evaluator.value(retry.when, sight)) && status !== 'canceled'; // where the reference asks again for ever
}
