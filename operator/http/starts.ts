// operator/http/starts.ts — POST by a runner before it begins: 204 to one pod of a Job, 425 to the others, 409 when it is too late.
import type { FastifyInstance } from 'fastify';
import { parseExecution } from '../domain/execution/parse.ts';
import { mayStart } from '../domain/execution/start.ts';
import { isOwnedBy } from '../domain/job/names.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Authenticators, identifyPod, workerFor } from './authenticate.ts';
import { HttpError } from './errors.ts';
import type { Worker } from './pod-execution.ts';
import type { PodIdentity } from './pod-token.ts';
import type { Sources } from './sources.ts';

export interface StartOptions extends Authenticators {
  readonly log: Log;
  readonly metrics: Metrics;
}

const AGAIN_SECONDS = 1;

/** What was allowed is remembered as long as its Job is there; after a restart the age of the pods decides. */
export function addStarts(app: FastifyInstance, options: StartOptions): void {
  const { sources, log, metrics } = options;
  const allowed = new Map<string, string>();
  sources.jobs.subscribe((old, now) => {
    if (old && old.metadata.uid !== now?.metadata.uid) allowed.delete(old.metadata.uid);
  });
  app.post('/internal/v1/namespaces/:namespace/executions/:name/start', {
    onResponse: async (_request, { statusCode }) => {
      const outcome = statusCode < 300 ? 'allowed' : statusCode === 425 ? 'later' : 'refused';
      metrics.startRequests.inc({ outcome });
    },
    handler: async (request, reply) => {
      const identity = await identifyPod(request, options);
      assertSeen(identity, sources);
      const worker = await workerFor(identity, request, options);
      const { uid } = worker.job;
      const decision = mayStart({ ...worker, ...siblings(worker, sources), allowed: allowed.get(uid) });
      if (decision.answer !== 'yes') {
        const { namespace, name } = worker.pod.metadata;
        log.info({ namespace, pod: name, execution: worker.execution.metadata.name }, decision.message);
        if (decision.answer === 'never') throw new HttpError(409, decision.message);
        throw new HttpError(425, decision.message, { retryAfterSeconds: AGAIN_SECONDS });
      }
      allowed.set(uid, worker.pod.metadata.uid);
      return await reply.code(204).send();
    },
  });
}

/** A watch shows what was created before a pod before that pod. @throws HttpError 425 */
function assertSeen({ namespace, name, uid }: PodIdentity, { pods }: Sources): void {
  if (pods.get(`${namespace}/${name}`)?.metadata.uid === uid) return;
  throw new HttpError(425, `pod ${name} is not seen yet`, { retryAfterSeconds: AGAIN_SECONDS });
}

/** @throws HttpError 409 */
function siblings({ execution, job }: Worker, { pods }: Sources) {
  const { namespace, name } = execution.metadata;
  const parsed = parseExecution(execution);
  if (!parsed.ok) throw new HttpError(409, `Execution "${name}" is not valid: ${parsed.message}`);
  const all = pods.by('execution', `${namespace}/${name}`);
  return { execution: parsed.execution, pods: all.filter((other) => isOwnedBy(other, job.uid)) };
}
