// operator/domain/install/job-fault.ts — the install Job and its pods → why there will be no report, if there will be none.
import { held, type Job, type Pod } from '../job/shapes.ts';

/** Reasons for which a container waits in vain. */
const IN_VAIN = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

/** Undefined while it may still report. */
export function jobFault(job: Job, pods: readonly Pod[]): string | undefined {
  const stuck = pods.find(({ status: { container } }) => container?.is === 'waiting' && IN_VAIN.has(container.reason));
  if (stuck?.status.container?.is === 'waiting') {
    const { reason, message } = stuck.status.container;
    return `The pod ${stuck.metadata.name} of the install Job cannot start: ${reason}: ${message}`;
  }
  const failed = held(job.status.conditions, 'Failed') ?? held(job.status.conditions, 'FailureTarget');
  const complete = held(job.status.conditions, 'Complete');
  if (!failed && !complete) return undefined;
  const ended = pods.find(({ status: { container } }) => container?.is === 'terminated')?.status.container;
  const why = ended?.is === 'terminated' ? `: exit code ${ended.exitCode}, ${ended.reason}: ${ended.message}` : '';
  const what = failed ? `${failed.reason ?? 'Failed'}: ${failed.message ?? ''}` : 'it ended without a report';
  return `The install Job ${job.metadata.name} failed: ${what}${why}`;
}
