// operator/domain/workflow/orquesta/statuses.ts — the statuses of workflows, tasks and actions, and what they have in common.

/** `null` is what has none yet. Workflows are never pending, timeout, abandoned or retrying. */
export type Status =
  | 'null'
  | 'requested'
  | 'scheduled'
  | 'delayed'
  | 'running'
  | 'pending'
  | 'pausing'
  | 'paused'
  | 'resuming'
  | 'retrying'
  | 'canceling'
  | 'canceled'
  | 'succeeded'
  | 'failed'
  | 'timeout'
  | 'abandoned';

type Group = ReadonlySet<Status>;

export const STARTING: Group = new Set(['requested', 'scheduled', 'delayed', 'running', 'pending']);
export const RUNNING: Group = new Set(['requested', 'scheduled', 'delayed', 'running', 'resuming', 'retrying']);
export const ACTIVE: Group = new Set([
  'requested',
  'scheduled',
  'delayed',
  'running',
  'resuming',
  'pausing',
  'canceling',
]);
export const ABENDED: Group = new Set(['failed', 'timeout', 'abandoned']);
export const COMPLETED: Group = new Set(['succeeded', 'failed', 'timeout', 'abandoned', 'canceled']);

const ALL: ReadonlySet<string> = new Set<Status>(['null', 'pending', 'paused', 'retrying', ...ACTIVE, ...COMPLETED]);

export const isStatus = (text: string): text is Status => ALL.has(text);
