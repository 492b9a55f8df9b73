// operator/domain/install/plan.ts — a Pack as it is seen → install it, register what it brought, keep it registered, or take it away.
import type { Manifest } from '../../api/install.ts';
import type { Execution, Pack } from '../../api/kinds.ts';
import { type Draft, type KubeObject, nameOfRef } from '../../api/meta.ts';
import type { PackStatus } from '../../api/pack.ts';
import { planDependencies } from '../pack/dependencies.ts';
import { applyOverrides } from '../pack/overrides.ts';
import type { Plan, Write } from '../plan.ts';
import { type Said, tell, verdictOf } from './conditions.ts';
import { configurationOf } from './config.ts';
import { installJob } from './job.ts';
import { jobFault } from './job-fault.ts';
import { installJobName, installKey } from './key.ts';
import type { ObservedPack } from './observed.ts';
import { planRegistration, type Registered, type Registration } from './register.ts';
import { readyDespite } from './report.ts';

/** What keeps a Pack until all that it brought is gone. */
export const PACK_FINALIZER = 'squall.dev/pack';
/** Tries of an installation whose Job died or whose source could not be fetched, and the pauses before them, in seconds. */
const PAUSES = [30, 120, 600];
const NO_VERSIONS: ReadonlyMap<string, string> = new Map();
/** A look though nothing is known to change, in ms. */
const LOOK_MS = 600_000;
/** While a Job runs, its pods are looked at so often, in ms: one that cannot start changes nothing that is watched. */
const JOB_LOOK_MS = 15_000;

/** What StackStorm counts, with one of each. */
const WORDS = {
  actions: 'action',
  sensors: 'sensor',
  rules: 'rule',
  aliases: 'alias',
  policies: 'policy',
  triggers: 'trigger',
} as const;

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

function begin(
  observed: ObservedPack,
  { key, attempt }: { key: string; attempt: number },
  now: Date,
): Plan<PackStatus> {
  const { self, settings } = observed;
  const { findings: _, ...before } = self.status ?? {};
  const job = installJobName(self.metadata.name, key, attempt, settings.sha256);
  const status = { ...before, install: { key, attempt, job, step: 'Fetch' as const, startedAt: now.toISOString() } };
  const unknown: Said = { status: 'Unknown', reason: 'Installing', message: 'It has not come to this yet.' };
  const ready: Said = { status: 'Unknown', reason: 'Installing', message: 'The pack is being installed.' };
  const steps = { Fetched: unknown, Valid: unknown, EnvironmentReady: unknown, Registered: unknown };
  const stalled: Said = { ...ready, status: 'False' };
  return {
    status: tell(self, status, { ...steps, ...(before.installed ? {} : { Ready: ready }), Stalled: stalled }, now),
    after: [{ do: 'create', object: installJob(self, job, settings) }],
    requeueAfterMs: JOB_LOOK_MS,
  };
}

/** Until its report is there: a Job that has died, or was never made, ends the try. */
function watchJob(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self, job, pods, settings } = observed;
  const install = self.status?.install;
  if (!self.status || !install) return {};
  if (!job)
    return { after: [{ do: 'create', object: installJob(self, install.job, settings) }], requeueAfterMs: JOB_LOOK_MS };
  const fault = jobFault(job, pods);
  if (fault === undefined) return { requeueAfterMs: JOB_LOOK_MS };
  const said: Said = { status: 'False', reason: 'InstallJobFailed', message: fault };
  const failed = { ...self.status, install: { ...install, step: 'Failed' as const } };
  return {
    status: tell(self, failed, { Fetched: said, ...readyDespite(self.status, said) }, now),
    requeueAfterMs: pauseMs(install.attempt),
    events: [{ type: 'Warning', reason: said.reason, message: fault }],
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
  const refused = [...refOf(self, manifest), ...planned.taken.map(takenMessage), ...refusals];
  if (refused.length > 0) return refuse(self, status, refused, now);
  const { reported, commit } = install;
  const image = self.spec.source?.image;
  const next: PackStatus = {
    ...withManifest(status, manifest, planned, observed),
    ...(commit === undefined ? {} : { commit }),
    installed: {
      key: install.key,
      ...(image === undefined ? reported && { content: reported } : { image }),
      at: now.toISOString(),
    },
    install: { ...withoutReported(install), step: 'Done' },
  };
  const said: Said = { status: 'True', reason: 'Installed', message: `Version ${manifest.pack.version} is installed.` };
  return {
    writes: planned.apply.map((object): Write => ({ do: 'apply', object })),
    status: tell(self, next, { Registered: said, ...verdictOf(said), ConfigValid: judgeConfig(observed, next) }, now),
    after: planned.remove.map(removal),
    requeueAfterMs: LOOK_MS,
  };
}

const withoutReported = ({ reported: _, ...install }: NonNullable<PackStatus['install']>) => install;

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
    after: planned.remove.map(removal),
    requeueAfterMs: LOOK_MS,
  };
}

const overridden = ({ self, manifest }: ObservedPack) =>
  manifest === undefined || manifest === 'missing' ? manifest : applyOverrides(manifest, self.spec.overrides);

function registrationOf({ self, find, owned, settings }: ObservedPack, manifest: Manifest): Registration {
  const image = self.spec.source?.image;
  const blobs = self.status?.install?.reported ?? self.status?.installed?.content;
  return planRegistration({ pack: self, manifest, content: { image, blobs }, find, owned, sha256: settings.sha256 });
}

function withManifest(
  status: PackStatus,
  manifest: Manifest,
  { drift }: Registration,
  { versions = NO_VERSIONS }: ObservedPack,
): PackStatus {
  const { pack, counts, waiting } = manifest;
  const needs = planDependencies([{ ref: manifest.ref, dependencies: pack.dependencies }], versions);
  const warnings = [...needs.conflicts, ...manifest.warnings];
  return {
    ...status,
    ref: manifest.ref,
    version: pack.version,
    author: pack.author.slice(0, 256),
    description: pack.description.slice(0, 1024),
    counts,
    configSchema: manifest.configSchema ?? {},
    content: Object.entries(WORDS)
      .filter(([many]) => (counts[many] ?? 0) > 0)
      .map(([many, one]) => `${counts[many]} ${counts[many] === 1 ? one : many}`)
      .join(', '),
    waiting: waiting.slice(0, 1024).map(({ kind, name, file }) => ({ kind, name, file })),
    missing: needs.missing.slice(0, 64),
    drift: drift.slice(0, 256).map(({ kind, metadata }) => ({ kind, name: metadata.name })),
    warnings: warnings.slice(0, 64).map((warning) => warning.slice(0, 1024)),
  };
}

/** With the schema that the new content brings. */
function judgeConfig({ self, configs }: ObservedPack, status: PackStatus): Said {
  const { faults } = configurationOf({ ...self, status }, configs);
  if (faults.length === 0) return { status: 'True', reason: 'ConfigAccepted', message: 'It fits its schema.' };
  return { status: 'False', reason: 'ConfigInvalid', message: faults.join('; ') };
}

/** The object is asked for under one name and brings another. */
function refOf({ metadata, spec }: Pack, manifest: Manifest): readonly string[] {
  const wanted = spec.ref ?? metadata.name.replaceAll('-', '_');
  if (manifest.ref === wanted) return [];
  return [
    `pack.yaml says that this is pack "${manifest.ref}", and the Pack asks for "${wanted}"; name the Pack ${nameOfRef(manifest.ref)} or set spec.ref`,
  ];
}

const takenMessage = ({ kind, metadata }: Registered): string =>
  `${kind} "${metadata.name}" exists already and does not belong to this pack; delete or rename it`;

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

const removal = (object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): Write => ({ do: 'delete', object });

/** Rules go first, so that nothing new begins; the rest once all that ran when the Pack was deleted has ended. */
function planRemoval({ self, owned, live }: ObservedPack, now: Date): Plan<PackStatus> {
  const finalizers = self.metadata.finalizers ?? [];
  if (!finalizers.includes(PACK_FINALIZER)) return {};
  const since = Date.parse(self.metadata.deletionTimestamp ?? '');
  const running = live.filter((execution) => beganBefore(execution, since));
  const [first, rest] = [owned.filter(({ kind }) => kind === 'Rule'), owned.filter(({ kind }) => kind !== 'Rule')];
  if (running.length > 0) {
    const message = `${running.length} of its executions have not ended, for example ${running[0]?.metadata.name ?? ''}`;
    const said: Said = { status: 'False', reason: 'Removing', message };
    return {
      writes: first.map(removal),
      status: tell(self, self.status ?? {}, { Ready: said }, now),
      requeueAfterMs: JOB_LOOK_MS,
    };
  }
  return {
    writes: [
      ...[...first, ...rest].map(removal),
      { do: 'finalizers', set: finalizers.filter((name) => name !== PACK_FINALIZER) },
    ],
  };
}

const beganBefore = ({ metadata }: Execution, at: number): boolean =>
  Date.parse(metadata.creationTimestamp ?? '') <= at;

/** What is to be applied and has not been seen by the API server: asked about before anything is stored. */
export function draftsToCheck(observed: Omit<ObservedPack, 'refusals'>): readonly Draft[] {
  const { self } = observed;
  const manifest = overridden({ ...observed, refusals: [] });
  if (self.status?.install?.step !== 'Register' || manifest === undefined || manifest === 'missing') return [];
  return registrationOf({ ...observed, refusals: [] }, manifest).apply;
}
