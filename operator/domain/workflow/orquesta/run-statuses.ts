// operator/domain/workflow/orquesta/run-statuses.ts — which statuses a run acts on when its children change, and what it is asked for.
import type { Status } from './statuses.ts';

export const BEFORE: ReadonlySet<Status> = new Set(['null', 'requested', 'scheduled', 'delayed']);
export const HALTED: ReadonlySet<Status> = new Set(['pausing', 'paused']);
/** Of a workflow that nobody has stopped. */
export const GOES_ON: ReadonlySet<Status> = new Set(['running', 'resuming']);
/** Of a workflow that a child can bring back. */
export const RESUMABLE: ReadonlySet<Status> = new Set(['running', 'pausing', 'paused', 'resuming']);
export const ANSWERED: ReadonlySet<Status> = new Set(['succeeded', 'timeout']);
/** Which children are told. */
export const TOLD_TO = { pause: 'running', resume: 'paused' } as const;
export const WANTED = { pause: 'paused', resume: 'resuming', cancel: 'canceled' } as const;
