// operator/domain/execution/scene.ts — what was observed, sorted: which Job and Pod are the current attempt's, which are older.
import type { Action } from '../../api/kinds.ts';
import { parseAction } from '../action/judge.ts';
import { attemptOf, isOwnedBy, jobName, MODE_ANNOTATION } from '../job/names.ts';
import { beganNothing, podEnded } from '../job/outcome.ts';
import type { Job, Pod } from '../job/shapes.ts';
import type { Write } from '../plan.ts';
import type { ObservedExecution } from './observed.ts';
import type { Live } from './parse.ts';

export interface Scene {
  readonly self: Live;
  readonly observed: ObservedExecution;
  readonly now: Date;
  /** The Action; a text says what is wrong with it. */
  readonly action: Action | string | undefined;
  /** Name of the current attempt's Job. */
  readonly jobName: string;
  /** The object of that name, whoever owns it. */
  readonly named: Job | undefined;
  /** The current attempt's Job. */
  readonly job: Job | undefined;
  readonly pod: Pod | undefined;
  /** All Jobs of the Execution. */
  readonly jobs: readonly Job[];
  readonly pods: readonly Pod[];
}

export function sceneOf(observed: ObservedExecution, self: Live, now: Date): Scene {
  const { name, uid } = self.metadata;
  const current = jobName(name, self.status.attempt, observed.settings.sha256);
  const jobs = observed.jobs.filter((job) => isOwnedBy(job, uid));
  const named = observed.jobs.find((job) => job.metadata.name === current);
  const job = jobs.find((candidate) => candidate.metadata.name === current);
  const pods = observed.pods.filter((pod) => ownerOf(pod)?.kind === 'Job');
  const action = observed.action && parseAction(observed.action);
  const pod = job ? podOf(job, pods) : pods.find((candidate) => ownerOf(candidate)?.name === current);
  return { self, observed, now, action, jobName: current, named, job, pod, jobs, pods };
}

const ownerOf = ({ metadata }: Pod) => metadata.ownerReferences?.find(({ controller }) => controller);

/** The Pod of a Job: of two, which Kubernetes makes by accident, the older of those that may run the action. Labels are not proof, the owner's uid is. */
export function podOf(job: Job, pods: readonly Pod[]): Pod | undefined {
  const own = pods.filter((pod) => ownerOf(pod)?.uid === job.metadata.uid);
  if (own.length < 2) return own[0];
  const rank = (pod: Pod) => `${isSurplus(pod) ? 1 : 0} ${pod.metadata.creationTimestamp ?? ''}`;
  return own.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

const isSurplus = (pod: Pod): boolean =>
  beganNothing(pod) || (pod.metadata.deletionTimestamp !== undefined && pod.status.container?.is !== 'running');

export const validAction = ({ action }: Scene): Action | undefined => (typeof action === 'string' ? undefined : action);

/** Whether the operator reads the result from the container, because no runner delivers one. */
export const isContainer = (job: Job): boolean => job.metadata.annotations?.[MODE_ANNOTATION] === 'container';

export const deleteOf = ({ apiVersion, kind, metadata }: Job | Live): Write => ({
  do: 'delete',
  object: { apiVersion, kind, metadata },
});

/** Jobs that nobody deletes yet. */
export const standing = (jobs: readonly Job[]): readonly Job[] =>
  jobs.filter(({ metadata }) => metadata.deletionTimestamp === undefined);

export const livePods = ({ pods, now }: Scene): readonly Pod[] => pods.filter((pod) => !podEnded(pod, now));

/** Jobs and live pods of attempts before the current one. */
export function earlier(scene: Scene): { readonly jobs: readonly Job[]; readonly live: readonly Pod[] } {
  const { attempt } = scene.self.status;
  return {
    jobs: standing(scene.jobs).filter((job) => attemptOf(job) < attempt),
    live: livePods(scene).filter((pod) => attemptOf(pod) < attempt),
  };
}
