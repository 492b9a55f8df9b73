// operator/domain/action/verdict.ts — what was judged of something that can be run → its conditions Ready and Stalled.
import { type Condition, JudgedStatus, type KubeObject, setCondition } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Plan } from '../plan.ts';
import { winnerOf } from '../rule/reference.ts';

/** Accepted, or why not. */
export interface Verdict {
  readonly reason: Reason;
  readonly message: string;
}

export const ACCEPTED: Verdict = { reason: 'Accepted', message: 'It can be run.' };

/** The new status; a refusal is told as an event too. */
export function planVerdict(self: KubeObject, verdict: Verdict, now: Date): Plan<JudgedStatus> {
  const old = JudgedStatus.safeParse(self.status ?? {});
  const generation = self.metadata.generation;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const ready: Omit<Condition, 'lastTransitionTime'> = {
    type: 'Ready',
    status: verdict.reason === 'Accepted' ? 'True' : 'False',
    reason: verdict.reason,
    message: verdict.message,
    ...observed,
  };
  const stalled = { ...ready, type: 'Stalled', status: ready.status === 'True' ? 'False' : 'True' } as const;
  const known = (old.success ? old.data.conditions : undefined) ?? [];
  const conditions = [ready, stalled].reduce<Condition[]>((list, next) => setCondition(list, next, now), [...known]);
  const events = verdict.reason === 'Accepted' ? [] : [{ type: 'Warning' as const, ...verdict }];
  return { status: { ...observed, conditions }, events };
}

/** The refusal of one that is not the holder of its reference; Actions and Workflows share their references. */
export function refTaken(self: KubeObject, ref: string, claimants: readonly KubeObject[]): Verdict | undefined {
  const holder = winnerOf(claimants);
  if (!holder || holder.metadata.uid === self.metadata.uid) return undefined;
  const message = `${holder.kind} "${holder.metadata.name}" has the reference "${ref}" already; change spec.ref of one of them`;
  return { reason: 'RefTaken', message };
}
