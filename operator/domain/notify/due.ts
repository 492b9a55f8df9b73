// operator/domain/notify/due.ts — the status that ends an Execution → the same, with a mark where rules wait for that end.
import type { ExecutionStatus } from '../../api/execution.ts';
import type { Action, Execution, Workflow } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/meta.ts';
import { isRecord, own } from '../action/schema.ts';
import { isFinal } from '../execution/parse.ts';
import type { Audience } from './audience.ts';
import { endingOf } from './ending.ts';
import { actionPayload } from './payload.ts';
import { requestIn } from './request.ts';
import { effectiveNotify, noticesOf } from './settings.ts';

/** What decides whether somebody is to be told. */
export interface Listening {
  /** Default: nobody listens. */
  readonly audience?: Audience | undefined;
  /** What is run, unchecked: its notify counts. Default: it is not known. */
  readonly callee?: KubeObject | undefined;
}

/** The one place that decides it: every status that ends an Execution comes through here on its way out. Never throws. */
export function withDueEvents(
  self: KubeObject,
  status: ExecutionStatus,
  { audience, callee }: Listening,
): ExecutionStatus {
  if (!isFinal(status.phase) || audience === undefined || isInner(self)) return status;
  const isDue = isNotified(self, status, audience, callee) || isWanted(self, status, audience, callee);
  return isDue ? { ...status, events: 'Due' } : status;
}

function isNotified(self: KubeObject, { phase }: ExecutionStatus, audience: Audience, callee: KubeObject | undefined) {
  const action = callee as Pick<Action, 'spec'> | undefined;
  return audience.notifications && noticesOf(effectiveNotify(action, requestIn(self)), phase).length > 0;
}

/** Whether a rule's criteria hold; where the result is not at hand, whether there is a rule. */
function isWanted(self: KubeObject, status: ExecutionStatus, audience: Audience, callee: KubeObject | undefined) {
  if (!audience.ends()) return false;
  if (status.resultRef) return true;
  const ending = endingOf({ ...self, status } as Execution, callee as Action | Workflow | undefined, undefined);
  return audience.ends({ payload: actionPayload(ending), receivedAt: ending.endedAt.toISOString() });
}

/** A workflow of a workbook that another of its workflows runs: to the outside it is a part of that, and no execution. */
const isInner = (self: KubeObject): boolean =>
  requestIn(self).workflow !== undefined &&
  (self.metadata.ownerReferences?.some(({ kind }) => kind === 'Execution') ?? false);

/** Whether rules have not been told of its end yet. */
export const hasDueEvents = ({ status }: Pick<KubeObject, 'status'>): boolean =>
  isRecord(status) && own(status, 'events') === 'Due';
