// operator/domain/action/verdict.ts — what was judged of something that can be run → its conditions Ready and Stalled.
import { JudgedStatus, type KubeObject } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import { judged, verdictOf } from '../conditions.ts';
import type { Plan } from '../plan.ts';
import { winnerOf } from '../rule/reference.ts';

/** Accepted, or why not. */
export interface Verdict {
  readonly reason: Reason;
  readonly message: string;
  /** Whether it can be run all the same. Default: only when it is accepted. */
  readonly isUsable?: boolean;
}

export const ACCEPTED: Verdict = { reason: 'Accepted', message: 'It can be run.' };

/** Accepted, with what may be meant otherwise. */
export const doubtful = (doubt: string | undefined): Verdict | undefined =>
  doubt === undefined
    ? undefined
    : { reason: 'AcceptedWithWarnings', message: `It can be run, but ${doubt}`, isUsable: true };

/** The new status; a refusal is told as an event too. */
export function planVerdict(self: KubeObject, verdict: Verdict, now: Date): Plan<JudgedStatus> {
  const old = JudgedStatus.safeParse(self.status ?? {});
  const { reason, message, isUsable = reason === 'Accepted' } = verdict;
  const said = verdictOf({ reason, message, status: isUsable ? 'True' : 'False' });
  const events = isUsable ? [] : [{ type: 'Warning' as const, reason, message }];
  return { status: judged(self, old.success ? old.data.conditions : undefined, said, now), events };
}

/** The refusal of one that is not the holder of its reference; Actions and Workflows share their references. */
export function refTaken(self: KubeObject, ref: string, claimants: readonly KubeObject[]): Verdict | undefined {
  const holder = winnerOf(claimants);
  if (!holder || holder.metadata.uid === self.metadata.uid) return undefined;
  const message = `${holder.kind} "${holder.metadata.name}" has the reference "${ref}" already; change spec.ref of one of them`;
  return { reason: 'RefTaken', message };
}
