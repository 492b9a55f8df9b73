// operator/http/results.ts — POST of a result by the pod that has it: 204 when it is durable, 409 when it comes too late.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ResultEnvelope } from '../api/envelope.ts';
import { type Phase, RESULT_MAX_BYTES } from '../api/execution.ts';
import type { Execution } from '../api/kinds.ts';
import type { KubeObject } from '../api/meta.ts';
import { planResult } from '../domain/execution/result.ts';
import type { Audience } from '../domain/notify/audience.ts';
import { parseExact } from '../domain/result/exact-json.ts';
import { placeOf, type Stored } from '../domain/result/result.ts';
import { parseJson } from '../domain/trigger/body.ts';
import { AmbiguousError, isConflict, isNotFound } from '../kube/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Authenticators, identifyPod, workerFor } from './authenticate.ts';
import { HttpError, unavailable } from './errors.ts';
import { FairGate } from './fair-gate.ts';
import type { Worker } from './pod-execution.ts';
import type { BlobStore } from './blob-store.ts';
import { assertActionsFresh, lookup } from './sources.ts';

export interface ResultOptions extends Authenticators {
  /** Undefined where there is no volume: larger results wait with their runners. */
  readonly store: BlobStore | undefined;
  /** Who would hear of an end in a namespace. */
  readonly audience: (namespace: string) => Audience;
  readonly systemNamespace: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now?: () => Date;
}

/** What the envelope adds to a result. */
const ENVELOPE_BYTES = 64 * 1024;
/** Large bodies in memory at a time, and from what size on one is large. */
const LARGE_AT_A_TIME = 8;
const LARGE_BYTES = 256 * 1024;
/** Results that are written at a time, and that may wait for it: less than a runner waits for an answer. */
const AT_A_TIME = 16;
const PER_NAMESPACE = 12;
const WAITING_MAX = 200;
const AGAIN_SECONDS = 5;
const TRIES = 8;
const DEADLINE_MS = 8_000;
const PHASES = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  timedOut: 'TimedOut',
  abandoned: 'Abandoned',
} as const satisfies Record<ResultEnvelope['outcome'], Phase>;

export function addResults(app: FastifyInstance, options: ResultOptions): void {
  const gate = new FairGate({
    total: AT_A_TIME,
    perNamespace: PER_NAMESPACE,
    waiting: WAITING_MAX,
    advice: 'results waiting to be stored; post it again',
    retryAfterSeconds: AGAIN_SECONDS,
  });
  const workers = new WeakMap<FastifyRequest, Worker>();
  const large = new Set<FastifyRequest>();
  app.post('/internal/v1/namespaces/:namespace/executions/:name/result', {
    bodyLimit: RESULT_MAX_BYTES + ENVELOPE_BYTES,
    onRequest: async (request) => {
      workers.set(request, await workerFor(await identifyPod(request, options), request, options));
      if (Number(request.headers['content-length'] ?? Infinity) <= LARGE_BYTES) return;
      if (large.size >= LARGE_AT_A_TIME) throw unavailable('Many large results are being taken; post it again', 1);
      large.add(request);
      request.raw.once('close', () => large.delete(request));
    },
    onResponse: async (request, reply) => {
      large.delete(request);
      options.metrics.resultDeliveries.inc({ outcome: outcomeOf(reply.statusCode) });
    },
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const worker = workers.get(request);
      if (!worker) throw new Error('the pod was not authenticated');
      const { namespace = '' } = worker.execution.metadata;
      gate.assertRoom(namespace, 1);
      const envelope = parseEnvelope(request.body);
      await gate.run(namespace, () => take(worker, envelope, options));
      return await reply.code(204).send();
    },
  });
}

const outcomeOf = (code: number) =>
  code < 300 ? 'accepted' : code === 409 ? 'late' : code < 500 ? 'refused' : 'unavailable';

function parseEnvelope(body: unknown): ResultEnvelope {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  const parsed = parseJson(new TextDecoder().decode(bytes), parseExact); // what is not UTF-8 in an output is replaced, not refused
  if ('refused' in parsed) throw new HttpError(parsed.refused.status, parsed.refused.message);
  const envelope = ResultEnvelope.safeParse(parsed.value);
  if (envelope.success) return envelope.data;
  const issue = envelope.error.issues[0];
  throw new HttpError(
    422,
    `The result does not fit its envelope: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}

/** Returns when it is durable. @throws HttpError 409 when it does not count, 413, 503 */
async function take(worker: Worker, envelope: ResultEnvelope, options: ResultOptions): Promise<void> {
  let { execution } = worker;
  if (isTaken(execution, worker, envelope)) return;
  if (envelope.attempt !== worker.attempt) {
    throw new HttpError(
      409,
      `The pod works for attempt ${worker.attempt}, the result is of attempt ${envelope.attempt}`,
    );
  }
  const stored = await keep(envelope.result, options.store);
  for (let tries = 1; ; tries++) {
    try {
      await write(execution, { worker, envelope, stored }, options);
      return;
    } catch (error) {
      if (error instanceof HttpError) throw error;
      if (isNotFound(error)) throw gone(execution);
      const again = isConflict(error) || error instanceof AmbiguousError;
      if (!again || tries === TRIES) throw unavailable('The result could not be stored; post it again', 2, error);
    }
    execution = await readLive(execution, options);
    if (isTaken(execution, worker, envelope)) return;
  }
}

interface Taken {
  readonly worker: Worker;
  readonly envelope: ResultEnvelope;
  readonly stored: Stored;
}

async function write(execution: Execution, { worker, envelope, stored }: Taken, options: ResultOptions): Promise<void> {
  const { sources, client, log, systemNamespace, now = () => new Date() } = options;
  const { namespace = '' } = execution.metadata;
  const action = lookup(sources, namespace, systemNamespace).action(execution.spec.request.action);
  // It says whether there is another attempt, and who is told: one that is not known yet is not one that is gone.
  if (!action) assertActionsFresh(sources);
  const { job, isJobGone } = worker;
  const delivery = { envelope, stored, job, pod: worker.pod, isJobGone, audience: options.audience(namespace) };
  const plan = planResult(execution, action, delivery, now());
  if (!plan.accept) throw new HttpError(409, plan.message);
  const written = await client.replaceStatus(execution, plan.status, { deadlineMs: DEADLINE_MS });
  const { phase, reason } = plan.status;
  log.info(
    {
      namespace: execution.metadata.namespace,
      execution: execution.metadata.name,
      uid: execution.metadata.uid,
      trace: execution.spec.request.context?.trace?.id,
      attempt: envelope.attempt,
      phase,
      reason,
    },
    'result taken',
  );
  for (const event of plan.events) void client.tell(written, event);
}

/** Whether this very result was stored before: its answer was lost, or it was posted twice. */
function isTaken({ status }: Execution, { job, attempt }: Worker, envelope: ResultEnvelope): boolean {
  if (!status || attempt !== envelope.attempt) return false;
  const phase = PHASES[envelope.outcome];
  const isIt = (end: { readonly phase: Phase; readonly startedAt?: string | undefined }) =>
    (end.phase === phase || end.phase === 'Canceled') &&
    Date.parse(end.startedAt ?? '') === Date.parse(envelope.startedAt);
  if (status.attempt === attempt) return status.job?.uid === job.uid && isIt(status);
  return status.attempts?.some((end) => end.number === attempt && isIt(end)) ?? false;
}

async function keep(result: unknown, store: BlobStore | undefined): Promise<Stored> {
  const json = JSON.stringify(result ?? null);
  const bytes = Buffer.byteLength(json);
  switch (placeOf(bytes, store && result)) {
    case 'status':
      return { inline: result };
    case 'nowhere':
      throw new HttpError(
        413,
        `The result is ${bytes} bytes of JSON, at most ${RESULT_MAX_BYTES} are taken; return less`,
      );
    case 'store':
      if (!store) throw unavailable('There is no volume for large results; they wait for it', 10);
      return {
        ref: await store
          .put(json)
          .catch((cause: unknown) => Promise.reject(unavailable('The result store cannot be written', 10, cause))),
      };
  }
}

async function readLive(execution: Execution, { client, sources }: ResultOptions): Promise<Execution> {
  const { namespace = '', name, uid } = execution.metadata;
  const live: KubeObject | undefined = await client
    .getLive(sources.executions.kind, `${namespace}/${name}`)
    .catch((cause: unknown) => {
      throw unavailable('The Execution cannot be read; post the result again', 2, cause);
    });
  if (live?.metadata.uid !== uid) throw gone(execution);
  return live as Execution;
}

const gone = ({ metadata }: Execution) =>
  new HttpError(409, `Execution ${metadata.namespace}/${metadata.name} is gone`);
