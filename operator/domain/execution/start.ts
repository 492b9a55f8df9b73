// operator/domain/execution/start.ts — a pod that asks to begin → yes, not yet, or never: one pod of a Job runs its action, however many Kubernetes makes.
import { beganNothing } from '../job/outcome.ts';
import type { Pod } from '../job/shapes.ts';
import type { Live } from './parse.ts';
import { isFinal } from './parse.ts';

/** What is known when a pod asks; that it belongs to the Job and the attempt has been checked. */
export interface StartRequest {
  readonly execution: Live;
  readonly attempt: number;
  readonly pod: Pod;
  readonly isJobGone: boolean;
  /** All pods of the Job that are there, the one that asks among them. */
  readonly pods: readonly Pod[];
  /** The uid of the pod that was allowed to begin, where it is remembered. */
  readonly allowed: string | undefined;
}

export type StartAnswer =
  | { readonly answer: 'yes' }
  /** `later`: ask again; `never`: the attempt is over. */
  | { readonly answer: 'later' | 'never'; readonly message: string };

/**
 * Never throws. The Job controller creates a pod again when the answer to its first create was lost, and deletes what is too
 * many later. The oldest pod begins; one of the same second waits too, for nobody can tell which came first.
 */
export function mayStart({ execution, attempt, pod, isJobGone, pods, allowed }: StartRequest): StartAnswer {
  const { name } = execution.metadata;
  const { phase, attempt: current } = execution.status;
  if (isFinal(phase)) return { answer: 'never', message: `Execution "${name}" has ended as ${phase} already` };
  if (isJobGone || attempt < current)
    return { answer: 'never', message: `attempt ${attempt} of Execution "${name}" is over` };
  if (attempt > current || execution.spec.control === 'cancel' || phase === 'Canceling')
    return { answer: 'later', message: `attempt ${attempt} of Execution "${name}" may not begin now` };
  if (allowed === pod.metadata.uid) return { answer: 'yes' };
  const first = allowed ?? pods.find((other) => comesBefore(other, pod))?.metadata.uid;
  if (first === undefined) return { answer: 'yes' };
  const other = pods.find(({ metadata }) => metadata.uid === first)?.metadata.name ?? first;
  return { answer: 'later', message: `pod ${other} of the same Job came before ${pod.metadata.name}` };
}

function comesBefore(other: Pod, pod: Pod): boolean {
  if (other.metadata.uid === pod.metadata.uid || beganNothing(other)) return false;
  // Times are of whole seconds, all in one format.
  return (other.metadata.creationTimestamp ?? '') <= (pod.metadata.creationTimestamp ?? '');
}
