// operator/domain/install/conditions.ts — how far a pack is → its conditions.
import type { Pack } from '../../api/kinds.ts';
import { type Condition, setCondition } from '../../api/meta.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Reason } from '../../api/reasons.ts';

export const STEPS = ['Fetched', 'Valid', 'EnvironmentReady', 'Registered'] as const;
export type PackCondition = (typeof STEPS)[number] | 'ConfigValid' | 'Ready' | 'Stalled';

export interface Said {
  readonly status: Condition['status'];
  readonly reason: Reason;
  readonly message: string;
}

/** The conditions of a status with some of them said anew. */
export function tell(
  pack: Pack,
  status: PackStatus,
  said: Readonly<Partial<Record<PackCondition, Said>>>,
  now: Date,
): PackStatus {
  const { generation } = pack.metadata;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const conditions = Object.entries(said).reduce<Condition[]>(
    (list, [type, { status: holds, reason, message }]) =>
      setCondition(list, { type, status: holds, reason, message, ...observed }, now),
    [...(status.conditions ?? [])],
  );
  return { ...status, ...observed, conditions };
}

/** Ready and Stalled from one verdict: Ready by the conventions of kstatus. */
export function verdictOf(said: Said): Readonly<Record<'Ready' | 'Stalled', Said>> {
  return { Ready: said, Stalled: { ...said, status: said.status === 'False' ? 'True' : 'False' } };
}
