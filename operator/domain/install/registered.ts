// operator/domain/install/registered.ts — what an installation has brought → registered, kept so, or refused as a whole.
import type { Manifest } from '../../api/install.ts';
import type { Pack } from '../../api/kinds.ts';
import type { Draft } from '../../api/meta.ts';
import type { PackStatus } from '../../api/pack.ts';
import { type Said, verdictOf } from '../conditions.ts';
import { refFault, wantedRef } from '../pack/wanted-ref.ts';
import type { Plan, Write } from '../plan.ts';
import { tell } from './conditions.ts';
import { installKey } from './key.ts';
import { LOOK_MS, type ObservedPack } from './observed.ts';
import { overridden } from './overridden.ts';
import { planRegistration, type Registration } from './register.ts';
import { judgeConfig, judgeDependencies, takenMessage, withManifest } from './registered-status.ts';
import { deletion } from './removal.ts';
import { readyDespite } from './report.ts';

/** Before lost content is installed again, in ms: a store may be back by then. */
const LOST_MS = 5_000;

/** What was brought becomes objects; all or nothing. */
export function register(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self, refusals } = observed;
  const manifest = overridden(observed);
  const { status } = self;
  const install = status?.install;
  if (!status || !install || manifest === undefined) return {};
  if (manifest === 'missing') return lost(self, status, now);
  const planned = registrationOf(observed, manifest);
  const misnamed = refFault(manifest.ref, wantedRef(self));
  const refused = [...(misnamed === undefined ? [] : [misnamed]), ...planned.taken.map(takenMessage), ...refusals];
  if (refused.length > 0) return refuse(self, status, refused, now);
  const { reported, builtFrom, commit } = install;
  const image = self.spec.source?.image;
  const podImage = self.spec.pod?.image;
  const { commit: _, ...told } = withManifest(status, manifest, planned, observed);
  const next: PackStatus = {
    ...told,
    ...(commit === undefined ? {} : { commit }),
    installed: {
      key: install.key,
      ...(image === undefined ? {} : { image }),
      ...(podImage === undefined ? {} : { podImage }),
      ...(reported && { content: reported }),
      ...(image === undefined && builtFrom ? { builtFrom } : {}),
      at: now.toISOString(),
    },
    install: { ...withoutReported(install), step: 'Done' },
  };
  const judged = { ConfigValid: judgeConfig(observed, next), ...judgeDependencies(observed, manifest) };
  const said = { ...installed(manifest), ...judged };
  return {
    writes: planned.apply.map((object): Write => ({ do: 'apply', object })),
    status: tell(self, next, said, now),
    after: planned.remove.map(deletion),
    requeueAfterMs: LOOK_MS,
  };
}

function installed({ pack }: Manifest) {
  const said: Said = { status: 'True', reason: 'Installed', message: `Version ${pack.version} is installed.` };
  return { Registered: said, ...verdictOf(said) };
}

const withoutReported = ({ reported: _, builtFrom: __, ...install }: NonNullable<PackStatus['install']>) => install;

/** Installed: what is missing is made again, what changed by an override or a new version of Squall is applied. */
export function keep(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self } = observed;
  const manifest = overridden(observed);
  const { status } = self;
  if (!status || manifest === undefined) return { requeueAfterMs: LOOK_MS };
  if (manifest === 'missing') return lost(self, status, now);
  const planned = registrationOf(observed, manifest);
  const next = withManifest(status, manifest, planned, observed);
  const wasLost = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'False');
  const judged = { ConfigValid: judgeConfig(observed, next), ...judgeDependencies(observed, manifest) };
  const said = { ...(wasLost ? installed(manifest) : {}), ...judged };
  return {
    writes: planned.apply.map((object): Write => ({ do: 'apply', object })),
    status: tell(self, next, said, now),
    after: planned.remove.map(deletion),
    requeueAfterMs: LOOK_MS,
  };
}

/** From what is being registered, else from what is installed: what is asked for may be another source that is not ready. */
function registrationOf({ self, find, owned, settings }: ObservedPack, manifest: Manifest): Registration {
  const { install, installed: before } = self.status ?? {};
  const content =
    install?.step === 'Register'
      ? { image: self.spec.source?.image, blobs: install.reported, podImage: self.spec.pod?.image }
      : { image: before?.image, blobs: before?.content, podImage: before?.podImage };
  return planRegistration({ pack: self, manifest, content, find, owned, sha256: settings.sha256 });
}

function refuse(self: Pack, status: PackStatus, refused: readonly string[], now: Date): Plan<PackStatus> {
  const { install } = status;
  const message = refused.slice(0, 5).join('; ') + (refused.length > 5 ? `; and ${refused.length - 5} more` : '');
  const said: Said = { status: 'False', reason: 'RegistrationRefused', message };
  const next = { ...status, ...(install && { install: { ...install, step: 'Failed' as const } }) };
  const isNews = !status.conditions?.some(({ type, message: before }) => type === 'Registered' && before === message);
  const events = [{ type: 'Warning', reason: said.reason, message: message.slice(0, 1024) } as const];
  return {
    status: tell(self, next, { Registered: said, ...readyDespite(status, said) }, now),
    ...(isNews && { events }),
  };
}

/** The pack store has lost its content: only another installation brings it back. */
function lost(self: Pack, status: PackStatus, now: Date): Plan<PackStatus> {
  const remedy = isUploaded(self) ? 'upload it again, as squall pack register does' : 'it is being installed again';
  const message = `The content of the pack is not in the pack store any more; ${remedy}`;
  const said: Said = { status: 'False', reason: 'ContentMissing', message };
  const told = tell(self, status, { Registered: said, ...verdictOf(said) }, now);
  return { status: told, requeueAfterMs: isUploaded(self) ? LOOK_MS : LOST_MS };
}

/** What has been lost for a while, and can be had again from where it came. */
export const canBeBroughtBack = ({ self, manifest }: ObservedPack, now: Date): boolean =>
  manifest === 'missing' &&
  !isUploaded(self) &&
  self.status?.conditions?.some(
    ({ type, reason, lastTransitionTime }) =>
      type === 'Ready' && reason === 'ContentMissing' && Date.parse(lastTransitionTime) + LOST_MS <= now.getTime(),
  ) === true;

/** The only copy of an upload was in the store. */
const isUploaded = ({ spec }: Pack): boolean => spec.source?.archive !== undefined;

/** What is to be applied and has not been seen by the API server: asked about before anything is stored. */
export function draftsToCheck(observed: Omit<ObservedPack, 'refusals'>): readonly Draft[] {
  const { self, settings } = observed;
  const install = self.status?.install;
  if (install?.step !== 'Register' || self.metadata.deletionTimestamp !== undefined) return [];
  if (install.key !== installKey(self.spec, settings.runnerPythonImage, settings.sha256)) return []; // no longer wanted
  const manifest = overridden(observed);
  if (manifest === undefined || manifest === 'missing') return [];
  return registrationOf({ ...observed, refusals: [] }, manifest).apply;
}
