// operator/domain/install/removal.ts — a Pack that is deleted → its rules go, then what ran ends, then the rest goes.
import type { Execution } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Said } from '../conditions.ts';
import type { Plan, Write } from '../plan.ts';
import { tell } from './conditions.ts';
import type { ObservedPack } from './observed.ts';

/** What keeps a Pack until all that it brought is gone. */
export const PACK_FINALIZER = 'squall.dev/pack';
/** How soon it is seen that an execution has ended, in ms: Executions change too often to be watched for this. */
const LOOK_MS = 2_000;

/** Guarded by the uid; gone already is done. */
export const deletion = (object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): Write => ({
  do: 'delete',
  object,
});

/** Rules go first, so that nothing new begins; the rest once all that ran when the Pack was deleted has ended. */
export function planRemoval({ self, owned, live }: ObservedPack, now: Date): Plan<PackStatus> {
  const finalizers = self.metadata.finalizers ?? [];
  if (!finalizers.includes(PACK_FINALIZER)) return {};
  const since = Date.parse(self.metadata.deletionTimestamp ?? '');
  const running = live.filter((execution) => beganBefore(execution, since));
  const [first, rest] = [owned.filter(({ kind }) => kind === 'Rule'), owned.filter(({ kind }) => kind !== 'Rule')];
  if (running.length > 0) {
    const message = `${running.length} of its executions have not ended, for example ${running[0]?.metadata.name ?? ''}`;
    const said: Said = { status: 'False', reason: 'Removing', message };
    return {
      writes: first.map(deletion),
      status: tell(self, self.status ?? {}, { Ready: said }, now),
      requeueAfterMs: LOOK_MS,
    };
  }
  return {
    writes: [
      ...[...first, ...rest].map(deletion),
      { do: 'finalizers', set: finalizers.filter((name) => name !== PACK_FINALIZER) },
    ],
  };
}

const beganBefore = ({ metadata }: Execution, at: number): boolean =>
  Date.parse(metadata.creationTimestamp ?? '') <= at;
