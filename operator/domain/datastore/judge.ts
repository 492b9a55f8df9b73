// operator/domain/datastore/judge.ts — a KeyValue beside those with the same key → the condition Ready, and its end.
import type { KeyValue } from '../../api/kinds.ts';
import type { KeyValueStatus } from '../../api/key-value.ts';
import type { Plan } from '../plan.ts';
import { type Fault, verdict } from '../rule/judge.ts';
import { winnerOf } from '../rule/reference.ts';
import { isSeen } from './entry.ts';

export interface ObservedKeyValue {
  readonly self: KeyValue;
  /** All KeyValues of the namespace with its scope, user and key, itself among them. */
  readonly namesakes: readonly KeyValue[];
}

/** Longest wait until the next look, in ms: a day. */
const LOOK_MAX_MS = 86_400_000;

/** Never throws. */
export function planKeyValue({ self, namesakes }: ObservedKeyValue, now: Date): Plan<KeyValueStatus> {
  const { apiVersion, kind, metadata, spec, status } = self;
  if (metadata.deletionTimestamp !== undefined) return {};
  if (!isSeen(self, now))
    return { writes: [{ do: 'delete', object: { apiVersion, kind, metadata }, ifUnchanged: true }] };
  const leftMs = spec.expiresAt === undefined ? undefined : Date.parse(spec.expiresAt) - now.getTime();
  const winner = winnerOf(namesakes.filter((one) => isSeen(one, now)));
  const judged = verdict({ metadata, status }, faultOf(self, winner), now);
  return {
    status: { ...status, ...judged },
    ...(leftMs === undefined ? {} : { requeueAfterMs: Math.min(leftMs + 1, LOOK_MAX_MS) }),
  };
}

function faultOf({ metadata, spec }: KeyValue, winner: KeyValue | undefined): Fault | undefined {
  if (!winner || winner.metadata.name === metadata.name) return undefined;
  const { name } = winner.metadata;
  return {
    reason: 'RefTaken',
    message: `KeyValue "${name}" has the key "${spec.key}" of scope ${spec.scope} too and is older, so its value counts; delete one of them`,
  };
}
