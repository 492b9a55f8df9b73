// e2e/conformance/properties/workflow-model-machine.ts — how a workflow, a task and a task with items go from one status to another, said as rules.
import type { ChildStatus, RunStatus } from '../../../operator/domain/workflow/engine.ts';
import { isActive, isOver, type TaskStatus } from './workflow-model-values.ts';

/** Of a task without items. */
export function taskAfter(status: TaskStatus | undefined, told: TaskStatus): TaskStatus | undefined {
  if (told === 'retrying') return status === 'succeeded' || status === 'failed' ? told : status;
  switch (status) {
    case undefined:
      return told;
    case 'running':
      return told;
    case 'pending':
      return isOver(told) ? told : status;
    case 'paused':
      return told === 'running' || told === 'canceled' ? told : status;
    case 'retrying':
      return told === 'running' || told === 'canceled' ? told : status;
    default:
      return status;
  }
}

/** Of a task whose item is told of; `others` are all other items. */
export function itemsAfter(
  status: TaskStatus | undefined,
  told: TaskStatus,
  others: readonly (TaskStatus | undefined)[],
): TaskStatus | undefined {
  if (told === 'running') return status === undefined || status === 'paused' || status === 'retrying' ? told : status;
  if (status !== 'running' && status !== 'pausing' && status !== 'canceling') return status;
  if (others.some(isActive)) {
    if (status !== 'running') return status;
    return told === 'canceled' ? 'canceling' : told === 'paused' || told === 'pending' ? 'pausing' : status;
  }
  return idleAfter(status, told, others);
}

/** Nothing but what was told was active. */
function idleAfter(status: TaskStatus, told: TaskStatus, others: readonly (TaskStatus | undefined)[]): TaskStatus {
  const has = (...which: readonly TaskStatus[]) => others.some((one) => one !== undefined && which.includes(one));
  const isComplete = others.every(isOver);
  const isPaused = has('pending', 'paused');
  if (status === 'canceling') {
    return told === 'succeeded' && isComplete && !has('canceled', 'failed') ? 'succeeded' : 'canceled';
  }
  if (told === 'canceled') return told;
  if (!isPaused && has('canceled')) return 'canceled';
  if (told === 'failed') return told;
  if (isPaused) return 'paused';
  if (has('failed')) return 'failed';
  if (told === 'pending' || told === 'paused') return 'paused';
  if (isComplete) return told;
  return status === 'pausing' ? 'paused' : 'running';
}

/** Of a task with items, when its workflow is asked to pause or to end. */
export function itemsAsked(
  status: TaskStatus,
  request: 'pause' | 'cancel',
  items: readonly (TaskStatus | undefined)[],
): TaskStatus {
  if (status !== 'running' || items.every(isOver)) return status;
  const isBusy = items.some(isActive);
  return request === 'pause' ? (isBusy ? 'pausing' : 'paused') : isBusy ? 'canceling' : 'canceled';
}

export interface Around {
  /** The task failed, and that is looked after. */
  readonly isRemediated: boolean;
  /** Some task is active. */
  readonly isBusy: boolean;
  readonly hasCanceled: boolean;
  readonly hasPaused: boolean;
  /** There is something to be done next. */
  readonly hasMore: boolean;
}

/** Of a workflow, when one of its tasks has another status. */
export function workflowAfter(status: RunStatus, task: TaskStatus, around: Around): RunStatus {
  const { isRemediated, isBusy } = around;
  if (status === 'paused') return task === 'running' ? 'running' : status;
  if (status === 'canceling')
    return !isBusy && (isOver(task) || task === 'pending' || task === 'paused' || task === 'retrying')
      ? 'canceled'
      : status;
  if (status !== 'running' && status !== 'pausing' && status !== 'resuming') return status;
  switch (task) {
    case 'running':
      return status === 'resuming' ? 'running' : status;
    case 'canceling':
      return 'canceling';
    case 'canceled':
      return isBusy ? 'canceling' : 'canceled';
    case 'pending':
      return isBusy ? 'pausing' : 'paused';
    case 'paused':
      return status === 'resuming' || (status === 'running' && isBusy) ? status : isBusy ? 'pausing' : 'paused';
    case 'pausing':
      return status;
    case 'retrying':
      return status === 'pausing' && !isBusy ? 'paused' : status;
    case 'failed':
      return isRemediated ? afterGood(status, around) : 'failed';
    case 'succeeded':
      return afterGood(status, around);
  }
}

function afterGood(
  status: 'running' | 'pausing' | 'resuming',
  { isRemediated, isBusy, hasCanceled, hasPaused, hasMore }: Around,
): RunStatus {
  if (isBusy) {
    if (hasCanceled) return status === 'running' || (status === 'pausing' && isRemediated) ? 'canceling' : status;
    if (hasPaused) return status === 'running' ? 'pausing' : status;
    return status === 'resuming' ? 'running' : status;
  }
  if (hasCanceled) return 'canceled';
  if (hasPaused || status === 'pausing') return 'paused';
  return hasMore ? 'running' : 'succeeded';
}

/** What a workflow comes to by being asked; undefined: that cannot be asked of it now. */
export function workflowAsked(
  status: RunStatus,
  request: 'pause' | 'resume' | 'cancel' | 'run' | 'fail',
  { isBusy, isDone }: { readonly isBusy: boolean; readonly isDone: boolean },
): RunStatus | undefined {
  switch (request) {
    case 'fail':
      return status === 'canceled' ? undefined : 'failed';
    case 'run':
      if (status === 'paused' && isDone) return 'succeeded';
      return ['running', 'pausing', 'paused', 'resuming'].includes(status) ? 'running' : undefined;
    case 'resume':
      if (status === 'paused') return isDone ? 'succeeded' : 'resuming';
      return status === 'pausing' ? 'resuming' : undefined;
    case 'pause':
      return ['running', 'pausing', 'resuming'].includes(status) ? (isBusy ? 'pausing' : 'paused') : undefined;
    case 'cancel':
      if (status === 'paused' && isBusy) return undefined;
      return ['running', 'pausing', 'paused', 'resuming', 'canceling'].includes(status)
        ? isBusy
          ? 'canceling'
          : 'canceled'
        : undefined;
  }
}

/** A child's status as its task takes it. */
export const taskTold = (status: ChildStatus): TaskStatus =>
  status === 'timedOut' || status === 'abandoned' ? 'failed' : (status as TaskStatus);
