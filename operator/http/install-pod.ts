// operator/http/install-pod.ts — a pod → the install Job and the Pack that it works for, from the stores, live on a miss.
import type { Pack } from '../api/kinds.ts';
import { Pack as PackKind } from '../api/kinds.ts';
import { HttpError } from './errors.ts';
import type { Authenticators } from './authenticate.ts';
import { controllerOf, findLive } from './pod-execution.ts';
import type { PodIdentity } from './pod-token.ts';

export interface Installer {
  readonly pack: Pack;
  /** Name of its Job. */
  readonly job: string;
}

/** @throws HttpError 403 when the pod is no pod of an install Job, 409 when its Pack is gone, 503 */
export async function installerOf(pod: PodIdentity, { sources, client }: Authenticators): Promise<Installer> {
  const { namespace } = pod;
  const running = await findLive(sources.pods, pod, client);
  const owner = running && controllerOf(running);
  if (!owner || owner.kind !== 'Job')
    throw new HttpError(403, `Pod ${namespace}/${pod.name} is not a pod of an install Job`);
  const job = await findLive(sources.jobs, { namespace, name: owner.name, uid: owner.uid }, client);
  const wanted = job && controllerOf(job);
  if (!job || !wanted || wanted.kind !== PackKind.kind || !wanted.apiVersion.startsWith('squall.dev/'))
    throw new HttpError(403, `Job ${namespace}/${owner.name} is not an install Job of a Pack`);
  const pack = await findLive(sources.packs, { namespace, name: wanted.name, uid: wanted.uid }, client);
  if (!pack) throw new HttpError(409, `Pack ${namespace}/${wanted.name} of the pod is gone`);
  return { pack, job: owner.name };
}
