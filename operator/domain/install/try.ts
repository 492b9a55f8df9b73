// operator/domain/install/try.ts — an installation that is asked for → its Job, what became of it, and another try where that may go better.
import type { Pack } from '../../api/kinds.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Said } from '../conditions.ts';
import { sourceFault } from '../pack/source.ts';
import { held, type Job } from '../job/shapes.ts';
import type { Plan } from '../plan.ts';
import { type PackCondition, tell } from './conditions.ts';
import { installJob } from './job.ts';
import { jobFault } from './job-fault.ts';
import { installJobName } from './key.ts';
import { LOOK_MS, type ObservedPack } from './observed.ts';
import { deletion } from './removal.ts';
import { readyDespite } from './report.ts';

/** Pauses before another try where that may go better, in seconds; the last one counts for all that follow. */
const PAUSES = [30, 120, 600, 3600];
/** So often a Job that something else has ended is made again without a pause. */
const AT_ONCE = 3;
/** What may have been mended outside of the Pack when it is False; files that are not valid stay so. */
const MENDED_OUTSIDE = new Set<string>(['Fetched', 'EnvironmentReady', 'Registered'] satisfies PackCondition[]);
/** While a Job runs, its pods are looked at so often, in ms: one that cannot start changes nothing that is watched. */
const JOB_LOOK_MS = 15_000;
/** Longest name of a Pack, in characters: it is a label of its Jobs. */
const NAME_MAX = 63;
const NOT_YET: Said = { status: 'Unknown', reason: 'Installing', message: 'It has not come to this yet.' };

interface Try {
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  /** Pauses before it. Default: 0. */
  readonly pauses?: number | undefined;
  /** Why the one before ended early. */
  readonly why?: string;
}

/** The try is recorded before its Job is made. */
export function begin(observed: ObservedPack, { key, attempt, pauses = 0, why }: Try, now: Date): Plan<PackStatus> {
  const { self, settings } = observed;
  const { findings: _, ...before } = self.status ?? {};
  const startedAt = now.toISOString();
  const job = installJobName(self.metadata.name, { key, attempt, startedAt }, settings.sha256);
  const counted = pauses === 0 ? { attempt } : { attempt, pauses };
  const status = { ...before, install: { key, ...counted, job, step: 'Fetch' as const, startedAt } };
  const fault = faultOf(self);
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
    // The one before may wait for its image still, and would install what is not wanted any more.
    after: [
      ...(observed.job && isGoingOn(observed.job) ? [deletion(observed.job)] : []),
      { do: 'create', object: installJob(self, job, settings) },
    ],
    requeueAfterMs: JOB_LOOK_MS,
    ...(why === undefined ? {} : { events: [{ type: 'Warning', reason: 'InstallJobFailed', message: why }] }),
  };
}

/** What has ended stays for people to read its log. */
const isGoingOn = ({ status: { conditions } }: Job): boolean =>
  !held(conditions, 'Failed') && !held(conditions, 'Complete');

/** Why no Job would ever bring it. */
const faultOf = ({ metadata, spec }: Pack): string | undefined =>
  metadata.name.length > NAME_MAX
    ? `metadata.name: it has ${metadata.name.length} characters, and may have ${NAME_MAX}; give the Pack a shorter name, and its own in spec.ref`
    : sourceFault(spec);

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
  const { self, job, jobRefused, pods, settings } = observed;
  const install = self.status?.install;
  if (!self.status || !install) return {};
  if (!job && jobRefused === undefined)
    return { after: [{ do: 'create', object: installJob(self, install.job, settings) }], requeueAfterMs: JOB_LOOK_MS };
  const fault = job ? jobFault(job, pods, now) : { message: jobRefused ?? '', isFromOutside: false };
  if (fault === undefined)
    return {
      // What else has been changed is seen too, while it goes on.
      ...(isBehind(self) ? { status: tell(self, self.status, {}, now) } : {}),
      requeueAfterMs: JOB_LOOK_MS,
    };
  const { message, isFromOutside } = fault;
  const { key, attempt, pauses } = install;
  if (isFromOutside && attempt - (pauses ?? 0) <= AT_ONCE)
    return begin(observed, { key, attempt: attempt + 1, pauses, why: message }, now);
  const said: Said = { status: 'False', reason: 'InstallJobFailed', message };
  const failed = { ...self.status, install: { ...install, step: 'Failed' as const } };
  return {
    status: tell(self, failed, { Fetched: said, ...readyDespite(self.status, said) }, now),
    requeueAfterMs: pauseMs(pauses),
    events: [{ type: 'Warning', reason: said.reason, message }],
  };
}

/** Another try: at once after any change of the Pack, which may be the mend, else where time may have brought one. */
export function again(observed: ObservedPack, now: Date): Plan<PackStatus> {
  const { self } = observed;
  const { status } = self;
  const install = status?.install;
  if (!install) return {};
  const { key, attempt, pauses = 0 } = install;
  if (isBehind(self)) return begin(observed, { key, attempt: 1 }, now);
  const failed = status.conditions?.find((one) => MENDED_OUTSIDE.has(one.type) && one.status === 'False');
  if (!failed || faultOf(self) !== undefined) return { requeueAfterMs: LOOK_MS };
  const since = Math.max(Date.parse(failed.lastTransitionTime), Date.parse(install.startedAt));
  const waitMs = since + pauseMs(pauses) - now.getTime();
  if (waitMs > 0) return { requeueAfterMs: waitMs };
  // It is there, and was refused: the API server may think otherwise now.
  if (failed.reason === 'RegistrationRefused' && install.reported)
    return {
      status: {
        ...status,
        install: {
          ...install,
          attempt: attempt + 1,
          pauses: pauses + 1,
          step: 'Register',
          startedAt: now.toISOString(),
        },
      },
    };
  return begin(observed, { key, attempt: attempt + 1, pauses: pauses + 1 }, now);
}

const isBehind = ({ metadata, status }: Pack): boolean =>
  (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);

const pauseMs = (before = 0): number => (PAUSES[Math.min(before, PAUSES.length - 1)] ?? 0) * 1000;
