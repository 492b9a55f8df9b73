// e2e/conformance/properties/mistral-model-control.ts — pause, resume, cancel, and what children tell, in the second interpreter of Mistral.
import type { Value } from '../../../operator/domain/expression/python/values.ts';
import type { ChildStatus } from '../../../operator/domain/workflow/engine.ts';
import { commandsOf, endTask, judgeAfter, lead, reveal } from './mistral-model-flow.ts';
import { isDone, type MistralState, type ModelChild, type TaskState, type Todo } from './mistral-model-state.ts';

const ENDS: Readonly<Partial<Record<ChildStatus, TaskState>>> = {
  succeeded: 'SUCCESS',
  failed: 'ERROR',
  timedOut: 'ERROR',
  abandoned: 'ERROR',
  canceled: 'CANCELLED',
};

export function requested(flow: MistralState, what: 'pause' | 'resume' | 'cancel'): void {
  if (flow.isOver()) return;
  if (what === 'resume') resume(flow);
  else if (what === 'pause') flow.pause('request');
  else flow.cancel();
}

function resume(flow: MistralState): void {
  if (flow.state !== 'PAUSED') return;
  flow.state = 'RUNNING';
  flow.tellAll('resume', (status) => status === 'paused');
  const [held, backlog, ended] = [flow.held, flow.backlog, flow.ended];
  [flow.held, flow.backlog, flow.ended] = [[], [], []];
  flow.todo.push(...held);
  lead(flow, backlog);
  for (const exec of ended) reveal(flow, exec);
  // What was to pause it has been resumed already.
  lead(
    flow,
    ended.flatMap((exec) => commandsOf(exec)).filter(({ to }) => to !== 'pause'),
  );
  for (const exec of ended) judgeAfter(flow, exec);
}

export function childTold(flow: MistralState, child: ModelChild, status: ChildStatus, result: Value): void {
  const ends = ENDS[status];
  if (ends) return childEnded(flow, child, ends, result);
  child.status = status;
  if ((status !== 'paused' && status !== 'pending') || flow.state !== 'RUNNING') return;
  flow.pause(status === 'pending' ? 'question' : 'child');
}

export function childEnded(flow: MistralState, child: ModelChild, state: TaskState, result: Value): void {
  const wasAsking = child.status === 'pending';
  child.status = undefined;
  const { exec, item } = child;
  flow.todo.push(
    item === undefined ? { is: 'end', exec, state, result } : { is: 'item ended', exec, item, state, result },
  );
  const isHalted = flow.open().some(({ status }) => status === 'pending' || status === 'paused');
  if (wasAsking && !isHalted && flow.pausedBy === 'question') resume(flow);
}

/** One item of a task has ended, and with the last of them the task. */
export function itemEnded(flow: MistralState, { exec, item, state, result: one }: Todo & { is: 'item ended' }): void {
  exec.results[item] = one;
  // Of a task that has been canceled for one of its items the others go on.
  const result = exec.results.filter((one) => one !== undefined);
  exec.result = result;
  if (isDone(exec.state)) return;
  if (state === 'ERROR') exec.failed++;
  const isOpen = flow.open().some((one) => one.exec === exec);
  const isLast = !isOpen && exec.begun === exec.items?.length;
  const end = (state: TaskState) => endTask(flow, exec, state, result);
  if (state === 'CANCELLED') end('CANCELLED');
  else if (isLast) end(exec.failed > 0 ? 'ERROR' : 'SUCCESS');
  else if (!isOpen && flow.isOver()) end(exec.failed > 0 ? 'ERROR' : 'CANCELLED');
  else flow.whenRunning({ is: 'go on', exec });
}
