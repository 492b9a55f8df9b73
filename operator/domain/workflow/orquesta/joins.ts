// operator/domain/workflow/orquesta/joins.ts — whether what a task waits for is there, can still come, or never will.
import type { State } from './state.ts';
import { nodeOf } from './state.ts';
import type { Staged } from './staging.ts';
import { COMPLETED } from './statuses.ts';
import { transitionId } from './keys.ts';

type Inbound = 'satisfied' | 'open' | 'unreachable';

/** By the last executions of the tasks that lead there on this route. */
export function inboundOf(state: State, task: string, route: number): Inbound {
  const { satisfied, unknown, all } = state.tasks.inbound(task, route);
  const barrier = nodeOf(state, task).barrier || 1;
  if (satisfied >= (barrier === '*' ? all : barrier)) return 'satisfied';
  return unknown > 0 && (state.tasks.isActive || state.staging.hasPending) ? 'open' : 'unreachable';
}

/** What a task that has ended leads to: something that can run, a join at least, or nothing. `continue` is nothing. */
export function hasNext(state: State, task: string, route: number): 'next' | 'join' | undefined {
  const last = state.tasks.latest(task, route);
  if (!last?.status || !COMPLETED.has(last.status)) return undefined;
  let found: 'join' | undefined;
  for (const { target, key } of nodeOf(state, task).out) {
    if (target === 'continue' || !last.next.get(transitionId(target, key))) continue;
    const isJoin = nodeOf(state, target).barrier !== undefined;
    if (!isJoin || inboundOf(state, target, route) !== 'unreachable') return 'next';
    found = 'join';
  }
  return found;
}

/** Joins that something has led to, and that will never run. */
export const unreachableJoins = (state: State): readonly Staged[] =>
  [...state.staging.all()].filter(
    ({ id, route, isReady }) => !isReady && nodeOf(state, id).barrier && inboundOf(state, id, route) === 'unreachable',
  );
