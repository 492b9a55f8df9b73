// operator/domain/job/names.ts — the names by which a Job, its Pod and its Execution find each other.
import { GROUP, JOB_NAME_MAX, type KubeObject, LABEL } from '../../api/meta.ts';

/** Full name of the Execution on its Jobs and Pods: a label takes 63 characters, a name may have 253. */
export const EXECUTION_ANNOTATION = `${GROUP}/execution`;
/** Limits of the attempt, which do not change with the Action, in seconds. */
export const TIMEOUT_ANNOTATION = `${GROUP}/timeout-seconds`;
export const PENDING_ANNOTATION = `${GROUP}/pending-timeout-seconds`;
/** Digests of the content of its pack that a Job's pods fetch. */
export const CONTENT_ANNOTATION = `${GROUP}/content`;
/** Names of the one container; which of the two says who reports the result. */
export const RUNNER_CONTAINER = 'runner';
export const ACTION_CONTAINER = 'action';
/** `runner` or `container`: who reports the result. */
export const MODE_ANNOTATION = `${GROUP}/mode`;

/** The same for the same attempt: creating it twice creates it once. */
export const jobName = (execution: string, attempt: number, sha256: (text: string) => string): string =>
  fitting(`${execution}-${attempt}`, sha256);

/** The name where it fits into 63 characters, else its beginning and 8 hex digits of its hash. */
export function fitting(name: string, sha256: (text: string) => string): string {
  if (name.length <= JOB_NAME_MAX) return name;
  const head = name.slice(0, JOB_NAME_MAX - 9).replace(/[^A-Za-z0-9]+$/, '');
  return `${head}-${sha256(name).slice(0, 8)}`;
}

type Named = Pick<KubeObject, 'metadata'>;

/** Name of the Execution that a Job or Pod belongs to. */
export const executionOf = ({ metadata: { annotations, labels } }: Named): string | undefined =>
  annotations?.[EXECUTION_ANNOTATION] ?? labels?.[LABEL.execution];

/** Index of the stores of Jobs and Pods: the key of the Execution. */
export const BY_EXECUTION = { execution: executionKeysOf };

/** Key of the Execution that a Job or Pod belongs to, if it is one of ours. */
export function executionKeysOf(object: Named): readonly `${string}/${string}`[] {
  const name = executionOf(object);
  return name === undefined ? [] : [`${object.metadata.namespace ?? ''}/${name}`];
}

/** Digests of the content that the pods of a Job fetch. */
export const contentOf = ({ metadata: { annotations } }: Named): readonly string[] =>
  (annotations?.[CONTENT_ANNOTATION] ?? '').split(',').filter((digest) => digest !== '');

/** Number of the attempt that a Job or Pod belongs to. */
export const attemptOf = ({ metadata: { labels } }: Named): number => Number(labels?.[LABEL.attempt] ?? Number.NaN);

/** Seconds in an annotation of a Job; `otherwise` where there are none. */
export function secondsIn({ metadata: { annotations } }: Named, key: string, otherwise: number): number {
  const seconds = Number(annotations?.[key] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : otherwise;
}

export const isOwnedBy = ({ metadata: { ownerReferences } }: Named, uid: string): boolean =>
  ownerReferences?.some((owner) => owner.uid === uid && owner.controller === true) ?? false;
