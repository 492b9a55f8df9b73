// operator/domain/install/plan.ts — a Pack as it is seen → install it, register what it brought, keep it registered, or take it away.
import type { Manifest } from '../../api/install.ts';
import type { Pack } from '../../api/kinds.ts';
import type { Draft } from '../../api/meta.ts';
import type { PackStatus } from '../../api/pack.ts';
import { applyOverrides } from '../pack/overrides.ts';
import type { Plan, Write } from '../plan.ts';
import { type Said, tell, verdictOf } from './conditions.ts';
import { installJob } from './job.ts';
import { jobFault } from './job-fault.ts';
import { installJobName, installKey, sorted } from './key.ts';
import type { ObservedPack } from './observed.ts';
import { planRegistration, type Registration } from './register.ts';
import { judgeConfig, refFault, takenMessage, withManifest } from './registered-status.ts';
import { deletion, PACK_FINALIZER, planRemoval } from './removal.ts';
import { readyDespite } from './report.ts';

/** Tries of an installation whose Job died or whose source could not be fetched, and the pauses before them, in seconds. */
const PAUSES = [30, 120, 600];
/** A look though nothing is known to change, in ms. */
const LOOK_MS = 600_000;
/** While a Job runs, its pods are looked at so often, in ms: one that cannot start changes nothing that is watched. */
const JOB_LOOK_MS = 15_000;

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
      return register(observed, now);
    case 'Done':
      return keep(observed, now);
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

interface Try {
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  /** Why the one before ended early. */
  readonly why?: string;
}

function begin(observed: ObservedPack, { key, attempt, why }: Try, now: Date): Plan<PackStatus> {
  const { self, settings } = observed;
  const { findings: _, ...before } = self.status ?? {};
  const job = installJobName(self.metadata.name, key, attempt, settings.sha256);
  const status = { ...before, install: { key, attempt, job, step: 'Fetch' as const, startedAt: now.toISOString() } };
  const unknown: Said = { status: 'Unknown', reason: 'Installing', message: 'It has not come to this yet.' };
  const told = why === undefined ? '' : ` This is try ${attempt} of ${PAUSES.length + 1}. ${why}`;
  const ready: Said = { status: 'Unknown', reason: 'Installing', message: `The pack is being installed.${told}` };
  const steps = {
    Fetched: why === undefined ? unknown : ready,
    Valid: unknown,
    EnvironmentReady: unknown,
    Registered: unknown,
  };
  const stalled: Said = { ...ready, status: 'False' };
  return {
    status: tell(self, status, { ...steps, ...(before.installed ? {} : { Ready: ready }), Stalled: stalled }, now),
    after: [{ do: 'create', object: installJob(self, job, settings) }],
    requeueAfterMs: JOB_LOOK_MS,
    ...(why === undefined ? {} : { events: [{ type: 'Warning', reason: 'InstallJobFailed', message: why }] }),
  };
}

/** Until its report is there: a Job that has died, or was never made, ends the try. */
function watchJob(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self, job, pods, settings } = observed;
  const install = self.status?.install;
  if (!self.status || !install) return {};
  if (!job)
    return { after: [{ do: 'create', object: installJob(self, install.job, settings) }], requeueAfterMs: JOB_LOOK_MS };
  const fault = jobFault(job, pods, now);
  if (fault === undefined) return { requeueAfterMs: JOB_LOOK_MS };
  const { message, isFromOutside } = fault;
  if (isFromOutside && install.attempt <= PAUSES.length)
    return begin(observed, { key: install.key, attempt: install.attempt + 1, why: message }, now);
  const said: Said = { status: 'False', reason: 'InstallJobFailed', message };
  const failed = { ...self.status, install: { ...install, step: 'Failed' as const } };
  return {
    status: tell(self, failed, { Fetched: said, ...readyDespite(self.status, said) }, now),
    requeueAfterMs: pauseMs(install.attempt),
    events: [{ type: 'Warning', reason: said.reason, message }],
  };
}

/** Another try where another may go better: a pack that is not valid stays so. */
function again(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self } = observed;
  const { install, conditions = [] } = self.status ?? {};
  if (!install) return {};
  const failed = conditions.find(({ type, status }) => type === 'Fetched' && status === 'False');
  if (!failed || install.attempt > PAUSES.length) return { requeueAfterMs: LOOK_MS };
  const waitMs = Date.parse(failed.lastTransitionTime) + pauseMs(install.attempt) - now.getTime();
  if (waitMs > 0) return { requeueAfterMs: waitMs };
  return begin(observed, { key: install.key, attempt: install.attempt + 1 }, now);
}

const pauseMs = (attempt: number): number => (PAUSES[attempt - 1] ?? 0) * 1000;

/** What was brought becomes objects; all or nothing. */
function register(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self, refusals } = observed;
  const manifest = overridden(observed);
  const { status } = self;
  const install = status?.install;
  if (!status || !install || manifest === undefined) return {};
  if (manifest === 'missing') return lost(self, status, now);
  const planned = registrationOf(observed, manifest);
  const refused = [...refFault(self, manifest), ...planned.taken.map(takenMessage), ...refusals];
  if (refused.length > 0) return refuse(self, status, refused, now);
  const { reported, builtFrom, commit } = install;
  const image = self.spec.source?.image;
  const next: PackStatus = {
    ...withManifest(status, manifest, planned, observed),
    ...(commit === undefined ? {} : { commit }),
    installed: {
      key: install.key,
      ...(image === undefined ? reported && { content: reported } : { image }),
      ...(image === undefined && builtFrom ? { builtFrom } : {}),
      at: now.toISOString(),
    },
    install: { ...withoutReported(install), step: 'Done' },
  };
  const said: Said = { status: 'True', reason: 'Installed', message: `Version ${manifest.pack.version} is installed.` };
  return {
    writes: planned.apply.map((object): Write => ({ do: 'apply', object })),
    status: tell(self, next, { Registered: said, ...verdictOf(said), ConfigValid: judgeConfig(observed, next) }, now),
    after: planned.remove.map(deletion),
    requeueAfterMs: LOOK_MS,
  };
}

const withoutReported = ({ reported: _, builtFrom: __, ...install }: NonNullable<PackStatus['install']>) => install;

/** Installed: what is missing is made again, what changed by an override or a new version of Squall is applied. */
function keep(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self } = observed;
  const manifest = overridden(observed);
  const { status } = self;
  if (!status || manifest === undefined) return { requeueAfterMs: LOOK_MS };
  if (manifest === 'missing') return lost(self, status, now);
  const planned = registrationOf(observed, manifest);
  const next = withManifest(status, manifest, planned, observed);
  return {
    writes: planned.apply.map((object): Write => ({ do: 'apply', object })),
    status: tell(self, next, { ConfigValid: judgeConfig(observed, next) }, now),
    after: planned.remove.map(deletion),
    requeueAfterMs: LOOK_MS,
  };
}

const remembered = new WeakMap<Manifest, { readonly key: string; readonly manifest: Manifest }>();

/** The same object for the same overrides: what is made of a manifest is remembered with it, and a pack may have thousands of files. */
function overridden({ self, manifest }: Pick<ObservedPack, 'self' | 'manifest'>): ObservedPack['manifest'] {
  const { overrides } = self.spec;
  if (manifest === undefined || manifest === 'missing' || !overrides) return manifest;
  const key = JSON.stringify(sorted(overrides));
  const known = remembered.get(manifest);
  if (known?.key === key) return known.manifest;
  const changed = applyOverrides(manifest, overrides);
  remembered.set(manifest, { key, manifest: changed });
  return changed;
}

function registrationOf({ self, find, owned, settings }: ObservedPack, manifest: Manifest): Registration {
  const image = self.spec.source?.image;
  const blobs = self.status?.install?.reported ?? self.status?.installed?.content;
  return planRegistration({ pack: self, manifest, content: { image, blobs }, find, owned, sha256: settings.sha256 });
}

function refuse(self: Pack, status: PackStatus, refused: readonly string[], now: Date): Plan<PackStatus> {
  const { install } = status;
  const message = refused.slice(0, 5).join('; ') + (refused.length > 5 ? `; and ${refused.length - 5} more` : '');
  const said: Said = { status: 'False', reason: 'RegistrationRefused', message };
  const next = { ...status, ...(install && { install: { ...withoutReported(install), step: 'Failed' as const } }) };
  return {
    status: tell(self, next, { Registered: said, ...readyDespite(status, said) }, now),
    events: [{ type: 'Warning', reason: said.reason, message: message.slice(0, 1024) }],
  };
}

/** The pack store has lost its content: only another installation brings it back. */
function lost(self: Pack, status: PackStatus, now: Date): Plan<PackStatus> {
  const message = 'The content of the pack is not in the pack store any more; set spec.reinstall to another text';
  const said: Said = { status: 'False', reason: 'ContentMissing', message };
  return { status: tell(self, status, { Registered: said, ...verdictOf(said) }, now), requeueAfterMs: LOOK_MS };
}

/** What is to be applied and has not been seen by the API server: asked about before anything is stored. */
export function draftsToCheck(observed: Omit<ObservedPack, 'refusals'>): readonly Draft[] {
  const { self } = observed;
  const manifest = overridden(observed);
  if (self.status?.install?.step !== 'Register' || manifest === undefined || manifest === 'missing') return [];
  return registrationOf({ ...observed, refusals: [] }, manifest).apply;
}
