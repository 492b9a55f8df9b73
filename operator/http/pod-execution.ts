// operator/http/pod-execution.ts — a pod → the Execution and attempt that it works for, from the stores, live on a miss.
import type { Execution } from '../api/kinds.ts';
import { Execution as ExecutionKind } from '../api/kinds.ts';
import type { KubeObject, OwnerReference } from '../api/meta.ts';
import { attemptOf, executionOf } from '../domain/job/names.ts';
import type { Pod } from '../domain/job/shapes.ts';
import type { Client } from '../kube/client.ts';
import type { Store } from '../kube/store.ts';
import { HttpError, unavailable } from './errors.ts';
import type { PodIdentity } from './pod-token.ts';
import type { Sources } from './sources.ts';

/** Who works for an Execution: the attempt's Job and its pod. */
export interface Worker {
  readonly execution: Execution;
  readonly attempt: number;
  readonly job: { readonly name: string; readonly uid: string };
  readonly pod: Pod;
  /** Whether the Job is gone while its pod goes. */
  readonly isJobGone: boolean;
}

const DEADLINE_MS = 5_000;

/** @throws HttpError 403 when the pod is not (or no longer) one of ours, 409 when its Execution is gone */
export async function workerOf(pod: PodIdentity, sources: Sources, client: Client): Promise<Worker> {
  const { namespace } = pod;
  const find = <T extends KubeObject>(store: Store<T>, name: string, uid: string) =>
    findLive(store, { namespace, name, uid }, client);
  const running = await find(sources.pods, pod.name, pod.uid);
  const owner = running && controllerOf(running);
  if (!owner || owner.kind !== 'Job')
    throw new HttpError(403, `Pod ${namespace}/${pod.name} is not a pod of an Execution`);
  const worker = { job: { name: owner.name, uid: owner.uid }, pod: running };
  const job = await find(sources.jobs, owner.name, owner.uid);
  if (!job) return { ...worker, ...leftBehind(running, owner, sources), isJobGone: true };
  const request = controllerOf(job);
  const attempt = attemptOf(job);
  if (!request || request.kind !== ExecutionKind.kind || !Number.isInteger(attempt) || attempt < 1) {
    throw new HttpError(403, `Job ${namespace}/${owner.name} is not a Job of an Execution`);
  }
  const execution = await find(sources.executions, request.name, request.uid);
  if (!execution) throw new HttpError(409, `Execution ${namespace}/${request.name} of the pod is gone`);
  return { ...worker, execution, attempt, isJobGone: false };
}

/** The Job was deleted while the pod still ends: it counts when the Execution has recorded the Job. */
function leftBehind(pod: Pod, owner: OwnerReference, { executions }: Sources) {
  const { namespace = '' } = pod.metadata;
  const execution = executions.get(`${namespace}/${executionOf(pod) ?? ''}`);
  if (execution?.status?.job?.uid === owner.uid) return { execution, attempt: execution.status.attempt };
  throw new HttpError(409, `Job ${namespace}/${owner.name} of the pod is gone; its attempt is over`);
}

/** From the store, live on a miss. @returns undefined when it is gone, or another by now. @throws HttpError 503 */
export async function findLive<T extends KubeObject>(
  store: Store<T>,
  { namespace, name, uid }: PodIdentity,
  client: Client,
): Promise<T | undefined> {
  const key = `${namespace}/${name}` as const;
  const held = store.get(key);
  if (held?.metadata.uid === uid) return held;

  const live = await client.getLive(store.kind, key, { deadlineMs: DEADLINE_MS }).catch((cause: unknown) => {
    throw unavailable(`${store.kind.kind} ${key} cannot be read from the API server; try again`, 2, cause);
  });
  if (live?.metadata.uid !== uid) return undefined;
  // The client has put the answer into its store; a store that is not the client's gets it here.
  return store.put(live) ?? undefined;
}

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller);
