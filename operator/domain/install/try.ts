// operator/domain/install/try.ts — an installation that is asked for → its Job, what became of it, and another try where that may go better.
import type { Pack } from '../../api/kinds.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Said } from '../conditions.ts';
import { sourceFault } from '../pack/source.ts';
import type { Plan } from '../plan.ts';
import { type PackCondition, tell } from './conditions.ts';
import { installJob } from './job.ts';
import { jobFault } from './job-fault.ts';
import { installJobName } from './key.ts';
import { LOOK_MS, type ObservedPack } from './observed.ts';
import { readyDespite } from './report.ts';

/** Pauses before another try where that may go better, in seconds; the last one counts for all that follow. */
const PAUSES = [30, 120, 600, 3600];
/** So often a Job that something else has ended is made again without a pause. */
const AT_ONCE = 3;
/** What may have been mended outside of the Pack when it is False; files that are not valid stay so. */
const MENDED_OUTSIDE = new Set<string>(['Fetched', 'EnvironmentReady', 'Registered'] satisfies PackCondition[]);
/** While a Job runs, its pods are looked at so often, in ms: one that cannot start changes nothing that is watched. */
const JOB_LOOK_MS = 15_000;
const NOT_YET: Said = { status: 'Unknown', reason: 'Installing', message: 'It has not come to this yet.' };

interface Try {
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  /** Why the one before ended early. */
  readonly why?: string;
}

/** The try is recorded before its Job is made. */
export function begin(observed: ObservedPack, { key, attempt, why }: Try, now: Date): Plan<PackStatus> {
  const { self, settings } = observed;
  const { findings: _, ...before } = self.status ?? {};
  const startedAt = now.toISOString();
  const job = installJobName(self.metadata.name, { key, attempt, startedAt }, settings.sha256);
  const status = { ...before, install: { key, attempt, job, step: 'Fetch' as const, startedAt } };
  const fault = sourceFault(self.spec);
  if (fault !== undefined)
    return refuse(self, { ...status, install: { ...status.install, step: 'Failed' } }, fault, now);
  const told = why === undefined ? '' : ` This is try ${attempt}. ${why}`;
  const ready: Said = { status: 'Unknown', reason: 'Installing', message: `The pack is being installed.${told}` };
  const steps = {
    Fetched: why === undefined ? NOT_YET : ready,
    Valid: NOT_YET,
    EnvironmentReady: NOT_YET,
    Registered: NOT_YET,
  };
  const stalled: Said = { ...ready, status: 'False' };
  return {
    status: tell(self, status, { ...steps, ...(before.installed ? {} : { Ready: ready }), Stalled: stalled }, now),
    after: [{ do: 'create', object: installJob(self, job, settings) }],
    requeueAfterMs: JOB_LOOK_MS,
    ...(why === undefined ? {} : { events: [{ type: 'Warning', reason: 'InstallJobFailed', message: why }] }),
  };
}

/** What can never be fetched needs no Job to find that out. */
function refuse(self: Pack, status: PackStatus, message: string, now: Date): Plan<PackStatus> {
  const failed: Said = { status: 'False', reason: 'FetchFailed', message };
  const said = { Fetched: failed, Valid: NOT_YET, EnvironmentReady: NOT_YET, Registered: NOT_YET };
  return {
    status: tell(self, status, { ...said, ...readyDespite(status, failed) }, now),
    events: [{ type: 'Warning', reason: failed.reason, message }],
  };
}

/** Until its report is there: a Job that has died, or was never made, ends the try. */
export function watchJob(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self, job, pods, settings } = observed;
  const install = self.status?.install;
  if (!self.status || !install) return {};
  if (!job)
    return { after: [{ do: 'create', object: installJob(self, install.job, settings) }], requeueAfterMs: JOB_LOOK_MS };
  const fault = jobFault(job, pods, now);
  if (fault === undefined) return { requeueAfterMs: JOB_LOOK_MS };
  const { message, isFromOutside } = fault;
  if (isFromOutside && install.attempt <= AT_ONCE)
    return begin(observed, { key: install.key, attempt: install.attempt + 1, why: message }, now);
  const said: Said = { status: 'False', reason: 'InstallJobFailed', message };
  const failed = { ...self.status, install: { ...install, step: 'Failed' as const } };
  return {
    status: tell(self, failed, { Fetched: said, ...readyDespite(self.status, said) }, now),
    requeueAfterMs: pauseMs(install.attempt),
    events: [{ type: 'Warning', reason: said.reason, message }],
  };
}

/** Another try: at once after any change of the Pack, which may be the mend, else where time may have brought one. */
export function again(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self } = observed;
  const { status } = self;
  const install = status?.install;
  if (!install) return {};
  const { key, attempt } = install;
  if ((status.observedGeneration ?? 0) < (self.metadata.generation ?? 0))
    return begin(observed, { key, attempt: 1 }, now);
  const failed = status.conditions?.find((one) => MENDED_OUTSIDE.has(one.type) && one.status === 'False');
  if (!failed || sourceFault(self.spec) !== undefined) return { requeueAfterMs: LOOK_MS };
  const since = Math.max(Date.parse(failed.lastTransitionTime), Date.parse(install.startedAt));
  const waitMs = since + pauseMs(attempt) - now.getTime();
  if (waitMs > 0) return { requeueAfterMs: waitMs };
  // It is there, and was refused: the API server may think otherwise now.
  if (failed.reason === 'RegistrationRefused' && install.reported)
    return {
      status: {
        ...status,
        install: { ...install, attempt: attempt + 1, step: 'Register', startedAt: now.toISOString() },
      },
    };
  return begin(observed, { key, attempt: attempt + 1 }, now);
}

const pauseMs = (attempt: number): number => (PAUSES[Math.min(attempt, PAUSES.length) - 1] ?? 0) * 1000;
