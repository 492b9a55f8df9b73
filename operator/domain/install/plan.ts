// operator/domain/install/plan.ts — a Pack as it is seen → install it, register what it brought, keep it registered, or take it away.
import type { PackStatus } from '../../api/pack.ts';
import type { Plan } from '../plan.ts';
import { installKey } from './key.ts';
import { LOOK_MS, type ObservedPack } from './observed.ts';
import { canBeBroughtBack, keep, register } from './registered.ts';
import { PACK_FINALIZER, planRemoval } from './removal.ts';
import { again, begin, watchJob } from './try.ts';

/** Never throws. */
export function planPack(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self } = observed;
  if (self.metadata.deletionTimestamp !== undefined) return planRemoval(observed, now);
  const finalizers = self.metadata.finalizers ?? [];
  if (!finalizers.includes(PACK_FINALIZER))
    return { writes: [{ do: 'finalizers', set: [...finalizers, PACK_FINALIZER] }] };
  const { settings } = observed;
  const key = installKey(self.spec, settings.runnerPythonImage, settings.sha256);
  const install = self.status?.install;
  if (install?.key !== key) return begin(observed, { key, attempt: 1 }, now);
  switch (install.step) {
    case 'Register':
    case 'Done':
      if (canBeBroughtBack(observed, now)) return begin(observed, { key, attempt: 1 }, now);
      return install.step === 'Done' ? keep(observed, now) : register(observed, now);
    case 'Failed':
      return meanwhile(observed, again(observed, now), now);
    default:
      return meanwhile(observed, watchJob(observed, now), now);
  }
}

/** While a new version is on its way, or has failed, the one that is installed is looked after. */
function meanwhile(observed: ObservedPack, plan: Plan<PackStatus>, now: Date): Plan<PackStatus> {
  if (plan.status || !observed.self.status?.installed) return plan;
  const kept = keep(observed, now);
  const nextMs = Math.min(plan.requeueAfterMs ?? LOOK_MS, kept.requeueAfterMs ?? LOOK_MS);
  return { ...kept, ...plan, after: [...(kept.after ?? []), ...(plan.after ?? [])], requeueAfterMs: nextMs };
}
