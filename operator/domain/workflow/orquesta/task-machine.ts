// operator/domain/workflow/orquesta/task-machine.ts — the state machine of a task: status and what its action did → next status.
import { invalidEvent, WorkflowFault } from './fault.ts';
import type { Status } from './statuses.ts';

/**
 * What happened → the next status. What is not listed changes nothing. An item's end is told with how the other items stand
 * (`failed idle paused`: none of them is active, one is paused), a request to the workflow with its own word (`workflow pausing active`).
 */
type Row = Readonly<Record<string, Status>>;

const same = (...statuses: readonly Status[]): Row => Object.fromEntries(statuses.map((status) => [status, status]));

/** The other items, when none of them is active: the first of these that is true. */
const OTHERS = ['paused', 'canceled', 'failed', 'incomplete', 'completed'] as const;
type Others = readonly [paused: Status, canceled: Status, failed: Status, incomplete: Status, completed: Status];

const items = (events: readonly Status[], idle: Others, active?: Status): Row =>
  Object.fromEntries(
    events.flatMap((event) => [
      ...OTHERS.map((other, i) => [`${event} idle ${other}`, idle[i] as Status] as const),
      ...(active ? [[`${event} active incomplete`, active] as const] : []),
    ]),
  );

const all = (status: Status): Others => [status, status, status, status, status];

const LOST = ['failed', 'timeout', 'abandoned'] as const;
const RESTING = ['pending', 'paused'] as const;
const HALTED: Others = ['paused', 'canceled', 'failed', 'paused', 'paused'];
const FAILED: Others = ['failed', 'canceled', 'failed', 'failed', 'failed'];

const lost: Row = Object.fromEntries(LOST.map((status) => [status, 'failed']));
const beforeRunning = same('running', 'pending', 'pausing', 'paused', 'canceling', 'canceled', ...LOST);

const MACHINE: Readonly<Partial<Record<Status, Row>>> = {
  null: {
    ...same('requested', 'scheduled', 'delayed', 'running', 'pending'),
    'engine continue': 'succeeded',
    'engine noop': 'succeeded',
    'engine fail': 'failed',
  },
  requested: { ...beforeRunning, ...same('scheduled', 'delayed') },
  scheduled: { ...beforeRunning, ...same('delayed') },
  delayed: { ...beforeRunning, ...same('scheduled') },
  running: {
    ...same('running', 'pending', 'pausing', 'paused', 'canceling', 'canceled', 'succeeded'),
    ...lost,
    ...items(RESTING, HALTED, 'pausing'),
    ...items(['canceled'], all('canceled'), 'canceling'),
    ...items(LOST, FAILED),
    ...items(['succeeded'], ['paused', 'canceled', 'failed', 'running', 'succeeded'], 'running'),
    'workflow pause active incomplete': 'pausing',
    'workflow pause idle incomplete': 'paused',
    'workflow cancel active incomplete': 'canceling',
    'workflow cancel idle incomplete': 'canceled',
  },
  pending: { ...same('canceled', 'succeeded'), ...lost },
  pausing: {
    ...same('paused', 'resuming', 'canceling', 'canceled'),
    ...lost,
    ...items(RESTING, HALTED),
    ...items(['canceled'], all('canceled')),
    ...items(LOST, FAILED),
    ...items(['succeeded'], ['paused', 'canceled', 'failed', 'paused', 'succeeded']),
  },
  paused: same('running', 'resuming', 'canceling', 'canceled'),
  resuming: same('running', 'canceling', 'canceled'),
  retrying: same('running', 'canceling', 'canceled'),
  canceling: {
    paused: 'canceled',
    canceled: 'canceled',
    ...lost,
    ...items([...RESTING, 'canceled', ...LOST], all('canceled')),
    ...items(['succeeded'], ['canceled', 'canceled', 'canceled', 'canceled', 'succeeded']),
  },
  canceled: {},
  succeeded: { 'engine retry': 'retrying' },
  failed: { 'engine retry': 'retrying' },
};

/** What an action never is. */
const UNKNOWN: ReadonlySet<Status> = new Set(['null', 'retrying']);

/** How the other items of a task stand. */
export type ItemsState = `${'active' | 'idle'} ${(typeof OTHERS)[number]}`;

/** Statuses of an item after which it matters how the others stand. */
export const DECISIVE: ReadonlySet<Status> = new Set([
  'resuming',
  'pending',
  'paused',
  'succeeded',
  'failed',
  'timeout',
  'abandoned',
  'canceled',
]);

/** The next status after what an action did; undefined when nothing changes. @throws WorkflowFault */
export function nextTaskStatus(status: Status, action: Status, others?: ItemsState): Status | undefined {
  if (UNKNOWN.has(action)) throw invalidEvent(`action_${action}`);
  const event = others === undefined ? action : `${action} ${others}`;
  return next(status, event, () => {
    const [busy, what] = others?.split(' ') ?? [];
    const suffix = others === undefined ? '' : `_task_${busy === 'idle' ? 'dormant' : busy}_items_${what}`;
    return `action_${action}${suffix}`;
  });
}

/** The next status after an engine command; undefined when nothing changes. @throws WorkflowFault */
export function commandedTaskStatus(
  status: Status,
  command: 'continue' | 'noop' | 'fail' | 'retry',
): Status | undefined {
  return next(status, `engine ${command}`, () => `task_${command}_requested`);
}

/** The next status of a task with items when its workflow is paused or canceled; undefined when nothing changes. */
export const haltedTaskStatus = (status: Status, request: 'pause' | 'cancel', its: ItemsState): Status | undefined =>
  next(status, `workflow ${request} ${its}`, () => `workflow_${request}`);

function next(status: Status, event: string, told: () => string): Status | undefined {
  const row = MACHINE[status];
  if (!row) {
    const message = `Unable to process event "${told()}" for task in "${status}" status.`;
    throw new WorkflowFault('InvalidTaskStatusTransition', message);
  }
  return Object.hasOwn(row, event) ? row[event] : undefined;
}
