// operator/domain/install/report.ts — a report of the install Job → the status of its Pack.
import type { Finding, InstallReport } from '../../api/install.ts';
import type { Pack } from '../../api/kinds.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Reason } from '../../api/reasons.ts';
import { type Said, verdictOf } from '../conditions.ts';
import { type PackCondition, tell } from './conditions.ts';

export type ReportPlan =
  | { readonly accept: true; readonly status: PackStatus }
  | { readonly accept: false; readonly message: string };

type Failure = NonNullable<InstallReport['failedStep']>;

const FAILURES: Readonly<Record<Failure, { readonly condition: PackCondition; readonly reason: Reason }>> = {
  Fetch: { condition: 'Fetched', reason: 'FetchFailed' },
  Validate: { condition: 'Valid', reason: 'PackInvalid' },
  Build: { condition: 'EnvironmentReady', reason: 'EnvironmentFailed' },
};
/** Findings that a message names. */
const FINDINGS_TOLD = 5;

/** A report counts for the installation that is under way, once. */
export function planReport(pack: Pack, job: string, report: InstallReport, now: Date): ReportPlan {
  const install = pack.status?.install;
  if (!install || install.key !== report.key || install.job !== job)
    return { accept: false, message: 'the report is of an installation that is not wanted any more' };
  if (install.step === 'Register' || install.step === 'Done' || install.step === 'Failed')
    return { accept: false, message: 'the installation has ended' };
  const status = pack.status ?? {};
  // The Job knows nothing of what has been changed since it began.
  const known = { ...pack, metadata: withGeneration(pack.metadata, status.observedGeneration) };
  switch (report.step) {
    case 'Failed':
      return { accept: true, status: failed(known, status, report, now) };
    case 'Done':
      return { accept: true, status: brought(known, status, report, now) };
    default:
      return { accept: true, status: under(known, status, report, now) };
  }
}

const withGeneration = (
  { generation: _, ...metadata }: Pack['metadata'],
  generation: number | undefined,
): Pack['metadata'] => ({ ...metadata, ...(generation === undefined ? {} : { generation }) });

const yes = (reason: Reason, message: string): Said => ({ status: 'True', reason, message });

const fetched = ({ commit }: InstallReport): Said =>
  yes('Fetched', commit === undefined ? 'The source was fetched.' : `Commit ${commit} was fetched.`);

function under(pack: Pack, status: PackStatus, report: InstallReport, now: Date): PackStatus {
  const step = report.step === 'Validate' || report.step === 'Build' ? report.step : 'Fetch';
  const said = {
    ...(step === 'Fetch' ? {} : { Fetched: fetched(report) }),
    ...(step === 'Build' ? { Valid: yes('Validated', 'All files are valid.') } : {}),
  };
  return tell(pack, { ...status, ...(status.install && { install: { ...status.install, step } }) }, said, now);
}

function brought(pack: Pack, status: PackStatus, report: InstallReport, now: Date): PackStatus {
  const { install, findings: _, ...rest } = status;
  const next = {
    ...rest,
    ...(install && {
      install: {
        ...install,
        step: 'Register' as const,
        ...(report.content && { reported: report.content }),
        ...(report.builtFrom && { builtFrom: report.builtFrom }),
        ...(report.commit === undefined ? {} : { commit: report.commit }),
      },
    }),
  };
  const said = {
    Fetched: fetched(report),
    Valid: yes('Validated', 'All files are valid.'),
    EnvironmentReady: yes(
      'EnvironmentBuilt',
      report.content?.environment === undefined ? 'It needs no environment of its own.' : 'The environment was built.',
    ),
  };
  return tell(pack, next, said, now);
}

function failed(pack: Pack, status: PackStatus, report: InstallReport, now: Date): PackStatus {
  const { condition, reason } = FAILURES[report.failedStep ?? 'Fetch'];
  const said: Said = { status: 'False', reason, message: messageOf(report) };
  const { install } = status;
  const { findings } = report;
  const next = {
    ...status,
    ...(install && { install: { ...install, step: 'Failed' as const } }),
    ...(findings === undefined ? {} : { findings: [...findings] }),
  };
  const before = condition === 'Fetched' ? {} : { Fetched: fetched(report) };
  return tell(pack, next, { ...before, [condition]: said, ...readyDespite(status, said) }, now);
}

/** An upgrade that failed leaves what is installed usable: the pack stays Ready, and is Stalled. What was lost stays lost. */
export function readyDespite({ installed, version, conditions }: PackStatus, said: Said) {
  const isUsable = conditions?.every(({ type, status }) => type !== 'Ready' || status !== 'False') ?? true;
  if (!installed || !isUsable) return verdictOf(said);
  const message = `Version ${version ?? '?'} stays in use: ${said.message}`;
  return {
    Ready: { status: 'True', reason: said.reason, message } as const,
    Stalled: { ...said, status: 'True' } as const,
  };
}

function messageOf({ message = 'The installation failed.', findings = [] }: InstallReport): string {
  const told = findings.slice(0, FINDINGS_TOLD).map(lineOf);
  const more = findings.length > told.length ? [`and ${findings.length - told.length} more`] : [];
  return [message, ...told, ...more].join('; ');
}

const lineOf = ({ file, line, message }: Finding): string =>
  `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
