// operator/domain/conditions.ts — what was judged of an object → the conditions of its status.
import { type Condition, type JudgedStatus, type KubeObject, setCondition } from '../api/meta.ts';
import type { Reason } from '../api/reasons.ts';

export interface Said {
  readonly status: Condition['status'];
  readonly reason: Reason;
  readonly message: string;
}

/** The conditions that are there with some of them said anew, and the generation that this is about. */
export function judged(
  { metadata: { generation } }: Pick<KubeObject, 'metadata'>,
  known: readonly Condition[] | undefined,
  said: Readonly<Partial<Record<string, Said>>>,
  now: Date,
): JudgedStatus & { readonly conditions: Condition[] } {
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  let conditions = [...(known ?? [])];
  for (const [type, one] of Object.entries(said))
    if (one) conditions = setCondition(conditions, { type, ...one, ...observed }, now);
  return { ...observed, conditions };
}

/** Ready and Stalled from one verdict: Ready by the conventions of kstatus. */
export function verdictOf(said: Said): Readonly<Record<'Ready' | 'Stalled', Said>> {
  return { Ready: said, Stalled: { ...said, status: said.status === 'False' ? 'True' : 'False' } };
}
