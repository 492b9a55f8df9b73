// operator/domain/workflow/action-chain/visit.ts — one run of a task: how its child stands, and what the chain's result shows of it.
import { type AnyDict, dictEntries, isDict } from '../../expression/python/dict.ts';
import { isList, isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import type { ChildStatus, RunStatus } from '../engine.ts';
import type { ChainTask, Way } from './model.ts';
import { textOf } from './text.ts';

/** How a child ended: as StackStorm calls it, what the chain comes to if nothing follows, and which way leads on. */
interface Ending {
  readonly state: string;
  readonly outcome: RunStatus;
  readonly way: Way | undefined;
}

const failed: Ending = { state: 'failed', outcome: 'failed', way: 'on-failure' };

/** The statuses that are the end of a child. */
export const ENDINGS: ReadonlyMap<ChildStatus, Ending> = new Map<ChildStatus, Ending>([
  ['succeeded', { state: 'succeeded', outcome: 'succeeded', way: 'on-success' }],
  ['failed', failed],
  ['abandoned', { ...failed, state: 'abandoned' }],
  ['timedOut', { state: 'timeout', outcome: 'timedOut', way: 'on-failure' }],
  ['canceled', { state: 'canceled', outcome: 'canceled', way: undefined }],
]);

export const REFUSED: Ending = failed;

/** How a child has ended. */
export interface End {
  readonly ending: Ending;
  readonly result: Value;
  readonly atMs: number;
  /** Why there was no child at all. */
  readonly isRefused: boolean;
}

/** A child that waits: for an answer, or because it was paused. */
interface Halt {
  readonly state: 'paused' | 'pending';
  readonly result: Value;
  readonly atMs: number;
}

export interface Visit {
  readonly task: ChainTask;
  readonly key: string;
  readonly createdMs: number;
  readonly stands: 'active' | 'paused' | 'pending';
  /** What the result shows while it waits, and until the chain goes on. */
  readonly halt?: Halt;
  readonly end?: End;
}

/** A task in the chain's result. */
export type TaskEntry = Plain;

interface Shown {
  readonly state: string;
  readonly result: Value;
  readonly updatedMs: number;
  /** Undefined where there is no execution. */
  readonly execution: string | undefined;
}

export function taskEntry({ task, createdMs }: Visit, { state, result, updatedMs, execution }: Shown): TaskEntry {
  return {
    id: task.name,
    name: task.name,
    execution_id: execution ?? null,
    liveaction_id: execution ?? null,
    workflow: null,
    created_at: isoTime(createdMs),
    updated_at: isoTime(updatedMs),
    state,
    result,
  };
}

/** As StackStorm writes times: with microseconds and the offset. */
const isoTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000+00:00');

/**
 * The body by which later templates know a task. Of one that ended while the chain was paused StackStorm has the body under `result`;
 * there it is found as well.
 */
export const namedBody = (result: Value, hasWaited: boolean): Value =>
  hasWaited && isPlain(result) && !Object.hasOwn(result, 'result') ? { ...result, result } : result;

/** A dict as JSON has it: with texts for keys, in every depth. */
export function plainOf(dict: AnyDict): Plain {
  return Object.fromEntries(dictEntries(dict).map(([key, value]) => [textOf(key), plainValue(value)]));
}

function plainValue(value: Value): Value {
  if (isList(value)) return value.map(plainValue);
  return isDict(value) ? plainOf(value) : value;
}
