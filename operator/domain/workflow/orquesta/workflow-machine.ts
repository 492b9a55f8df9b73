// operator/domain/workflow/orquesta/workflow-machine.ts — the state machine of a workflow: status and what happened → next status.
import type { Status } from './statuses.ts';

/** What happened → the next status. What is not listed changes nothing. */
type Row = Readonly<Record<string, Status>>;

/** While tasks are active, and when none is. */
const either = (event: string, active: Status | undefined, idle: Status): Row => ({
  ...(active && { [`${event} active`]: active }),
  [`${event} idle`]: idle,
});

/** A task that ended well, by what else there is: more to do, nothing more, something paused, something canceled. */
type Outcomes = readonly [incomplete: Status, completed: Status, paused?: Status, canceled?: Status];
const OUTCOMES = ['incomplete', 'completed', 'paused', 'canceled'] as const;

const ended = (event: string, active: Outcomes, idle: Outcomes): Row =>
  Object.fromEntries(
    OUTCOMES.flatMap((outcome, i) => [
      ...(active[i] ? [[`${event} active ${outcome}`, active[i]] as const] : []),
      ...(idle[i] ? [[`${event} idle ${outcome}`, idle[i]] as const] : []),
    ]),
  );

const good = (active: Outcomes, idle: Outcomes): Row => ({
  ...ended('task succeeded', active, idle),
  ...ended('task remediated', active, idle),
});

/** To pause is asked for as pausing or paused, to cancel as canceling or canceled; either means the same. */
const pauses: Row = { ...either('pausing', 'pausing', 'paused'), ...either('paused', 'pausing', 'paused') };
const cancels: Row = {
  ...either('canceling', 'canceling', 'canceled'),
  ...either('canceled', 'canceling', 'canceled'),
};
const fails: Row = { ...either('task failed', 'failed', 'failed') };
const taskCancels: Row = {
  'task canceling': 'canceling',
  ...either('task canceled', 'canceling', 'canceled'),
};

/** Before it runs no task is active. */
const waiting: Row = {
  running: 'running',
  failed: 'failed',
  'pausing idle': 'paused',
  'paused idle': 'paused',
  'canceling idle': 'canceled',
  'canceled idle': 'canceled',
};

const MACHINE: Readonly<Partial<Record<Status, Row>>> = {
  null: { requested: 'requested', scheduled: 'scheduled', delayed: 'delayed', running: 'running', failed: 'failed' },
  requested: { ...waiting, scheduled: 'scheduled', delayed: 'delayed' },
  scheduled: { ...waiting, delayed: 'delayed' },
  delayed: { ...waiting, scheduled: 'scheduled' },
  running: {
    ...pauses,
    ...cancels,
    failed: 'failed',
    succeeded: 'succeeded',
    ...either('task pending', 'pausing', 'paused'),
    'task pausing': 'running',
    ...either('task paused', 'running', 'paused'), // one task may rest while the others go on
    ...good(['running', 'running', 'pausing', 'canceling'], ['running', 'succeeded', 'paused', 'canceled']),
    ...fails, // at once, whatever else still runs
    ...taskCancels,
  },
  pausing: {
    ...pauses,
    ...cancels,
    running: 'running',
    resuming: 'resuming',
    failed: 'failed',
    ...either('task pending', 'pausing', 'paused'),
    ...either('task paused', 'pausing', 'paused'),
    ...good(['pausing', 'pausing', 'pausing', 'canceling'], ['paused', 'paused', 'paused', 'canceled']),
    'task succeeded active canceled': 'pausing',
    ...fails,
    ...taskCancels,
    ...either('task retrying', 'pausing', 'paused'),
  },
  paused: {
    running: 'running',
    'running completed': 'succeeded',
    resuming: 'resuming',
    'resuming completed': 'succeeded',
    'canceling idle': 'canceled',
    'canceled idle': 'canceled',
    failed: 'failed',
    'task running': 'running',
    'task resuming': 'running',
  },
  resuming: {
    ...pauses,
    ...cancels,
    running: 'running',
    failed: 'failed',
    'task running': 'running',
    ...either('task pending', 'pausing', 'paused'),
    ...good(['running', 'running'], ['running', 'succeeded', 'paused', 'canceled']),
    ...fails,
    ...taskCancels,
  },
  canceling: {
    ...cancels,
    failed: 'failed',
    ...either('task pending', 'canceling', 'canceled'),
    ...either('task paused', 'canceling', 'canceled'),
    ...good(['canceling', 'canceling'], ['canceled', 'canceled', 'canceled', 'canceled']),
    ...either('task failed', 'canceling', 'canceled'),
    ...either('task canceled', 'canceling', 'canceled'),
    ...either('task retrying', 'canceling', 'canceled'),
  },
  succeeded: { failed: 'failed' }, // when its output cannot be rendered
  canceled: {},
  failed: {},
};

/** The next status; undefined when nothing changes. */
export function nextWorkflowStatus(status: Status, event: string): Status | undefined {
  const row = MACHINE[status];
  return row && Object.hasOwn(row, event) ? row[event] : undefined;
}

/** What may be asked of a workflow; other statuses are none that it has. */
export const REQUESTABLE: ReadonlySet<Status> = new Set([
  'requested',
  'scheduled',
  'delayed',
  'running',
  'pausing',
  'paused',
  'resuming',
  'succeeded',
  'failed',
  'canceling',
  'canceled',
]);

/** The statuses of a task that a workflow is told of as they are. */
export const TOLD: ReadonlySet<Status> = new Set([...REQUESTABLE, 'pending', 'retrying']);

/** Those for which it matters whether other tasks are active. */
export const CONDITIONAL: ReadonlySet<string> = new Set([
  'task pending',
  'task paused',
  'task succeeded',
  'task failed',
  'task remediated',
  'task canceled',
  'task retrying',
]);
