// operator/domain/install/job-fault.ts — the install Job and its pods → why there will be no report, if there will be none.
import type { Reason } from '../../api/reasons.ts';
import { beganNothing, causeOfStop } from '../job/outcome.ts';
import { held, type Job, type Pod } from '../job/shapes.ts';

export interface JobFault {
  readonly message: string;
  /** Something else than the installation ended it, so that another pod may do better at once. */
  readonly isFromOutside: boolean;
}

/** Reasons for which a container waits in vain. */
const IN_VAIN = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

/** What Node, and what the node's containers, say in an image that is not made from runner-python. */
const NO_INSTALLER = /Cannot find module '\/app\/installer\.js'|exec: "node"/;
const FROM_RUNNER = '; make the image that the Pack names (spec.pod.image, spec.source.image) FROM runner-python';

/** Undefined while it may still report. */
export function jobFault(job: Job, pods: readonly Pod[], now: Date): JobFault | undefined {
  const stuck = pods.find(({ status: { container } }) => container?.is === 'waiting' && IN_VAIN.has(container.reason));
  if (stuck?.status.container?.is === 'waiting') {
    const { reason, message } = stuck.status.container;
    const why = `The pod ${stuck.metadata.name} of the install Job cannot start: ${reason}: ${message}`;
    return { message: why, isFromOutside: false };
  }
  const failed = held(job.status.conditions, 'Failed') ?? held(job.status.conditions, 'FailureTarget');
  const complete = held(job.status.conditions, 'Complete');
  const stop = pods.map((pod) => stopOf(pod, now)).find((one) => one !== undefined);
  // Kubernetes waits for a node for as long as its object is there.
  if (!failed && !complete && stop?.reason !== 'NodeLost') return undefined;
  const what = failed ? `${failed.reason ?? 'Failed'}: ${failed.message ?? ''}` : 'it ended without a report';
  const message = (why: string): string => `The install Job ${job.metadata.name} failed: ${why}`;
  if (stop) return { message: message(`${stop.reason}: ${stop.message}`), isFromOutside: true };
  if (pods.some(beganNothing))
    return { message: message('its pod was told to stop before it was done'), isFromOutside: true };
  if (failed && pods.length === 0 && failed.reason !== 'DeadlineExceeded')
    return { message: message(`its pod is gone (${what})`), isFromOutside: true };
  const ended = pods.find(({ status: { container } }) => container?.is === 'terminated')?.status.container;
  const why =
    ended?.is === 'terminated'
      ? `: exit code ${ended.exitCode}, ${ended.reason}: ${ended.message}${NO_INSTALLER.test(ended.message) ? FROM_RUNNER : ''}`
      : '';
  return { message: message(`${what}${why}`), isFromOutside: false };
}

const WORDS: Readonly<Partial<Record<Reason, string>>> = {
  Evicted: 'its pod was evicted from its node',
  NodeLost: 'the node of its pod is gone or does not answer',
  PodDeleted: 'its pod was deleted',
  PodRefused: 'the node refused its pod',
  Preempted: 'its pod made way for one of higher priority',
};

function stopOf(pod: Pod, now: Date): { readonly reason: Reason; readonly message: string } | undefined {
  const reason = causeOfStop(pod, now)?.reason;
  const words = reason && WORDS[reason];
  if (!reason || words === undefined) return undefined;
  const said = pod.status.message || held(pod.status.conditions, 'DisruptionTarget')?.message;
  return { reason, message: said === undefined || said === '' ? words : `${words}: ${said.slice(0, 300)}` };
}
