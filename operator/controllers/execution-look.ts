// operator/controllers/execution-look.ts — questions that the stores cannot answer: is the Job gone, what are the warnings, what is in the log.
import type { KubeObject } from '../api/meta.ts';
import type { Look, ObservedExecution } from '../domain/execution/observed.ts';
import type { Warned } from '../domain/job/outcome.ts';
import { projectJob } from '../domain/job/shapes.ts';
import {
  bytesOf,
  containerResult,
  inlineResult,
  LOG_TAIL_LINES,
  placeOf,
  type Stored,
} from '../domain/result/result.ts';
import type { Client } from '../kube/client.ts';
import { isNotFound } from '../kube/errors.ts';
import { collectionPath, KIND, objectPath } from '../kube/paths.ts';
import type { Transport } from '../kube/transport.ts';
import type { Log } from '../telemetry/log.ts';

export interface LookOptions {
  readonly client: Client;
  readonly transport: Transport;
  /** Keeps a result above the inline limit; without it such a log is cut. */
  readonly storeResult: ((json: string) => Promise<{ readonly digest: string; readonly bytes: number }>) | undefined;
  readonly log: Log;
}

/** Bytes of a container's log that are read at most. */
const LOG_LIMIT_BYTES = 1024 * 1024;

/** The observation that a look asks for. @throws what the API server answers about a Job */
export async function answer(look: Look, self: KubeObject, options: LookOptions): Promise<Partial<ObservedExecution>> {
  const { client } = options;
  const { namespace = '' } = self.metadata;
  switch (look.at) {
    case 'job': {
      const found = await client.getLive(KIND.job, `${namespace}/${look.name}`);
      return found ? { jobs: [projectJob(found)] } : { missing: look.name };
    }
    case 'warnings': {
      return { warned: await readWarnings(namespace, look.uid, options) };
    }
    case 'log': {
      const log = await readLog(objectPath(KIND.pod, namespace, look.pod), options);
      return { log, stored: await keep(containerResult(look.exitCode, look.message, log), options) };
    }
  }
}

interface CoreEvent extends KubeObject {
  readonly reason?: string;
  readonly message?: string;
}

/** Without them it is only known later, and less exactly, why a pod does not start. */
async function readWarnings(
  namespace: string,
  uid: string,
  { transport, log }: LookOptions,
): Promise<readonly Warned[]> {
  const path = collectionPath({ apiVersion: 'v1', plural: 'events' }, namespace);
  try {
    const page = await transport.page(path, { fieldSelector: `involvedObject.uid=${uid},type=Warning`, limit: '50' });
    return page.items.map(({ reason = '', message = '' }: CoreEvent) => ({ reason, message }));
  } catch (err) {
    log.warn({ err, namespace }, 'events cannot be read');
    return [];
  }
}

async function readLog(pod: string, { transport, log }: LookOptions): Promise<string> {
  try {
    return await transport.text(`${pod}/log`, { tailLines: String(LOG_TAIL_LINES) }, { limitBytes: LOG_LIMIT_BYTES });
  } catch (err) {
    // A result without a log is better than none; the pod or its node is gone.
    if (!isNotFound(err)) log.warn({ err, pod }, 'log of a container cannot be read');
    return '';
  }
}

async function keep(result: ReturnType<typeof containerResult>, { storeResult }: LookOptions): Promise<Stored> {
  const json = JSON.stringify(result);
  if (placeOf(bytesOf(json)) === 'status') return { inline: result };
  return storeResult ? { ref: await storeResult(json) } : { inline: inlineResult(result) };
}
