// operator/controllers/execution-look.ts — questions that the stores cannot answer: is the Job gone, what are the warnings, what is in the log.
import type { KubeObject } from '../api/meta.ts';
import type { Look, ObservedExecution } from '../domain/execution/observed.ts';
import type { Warned } from '../domain/job/outcome.ts';
import { ACTION_CONTAINER } from '../domain/job/names.ts';
import { projectJob } from '../domain/job/shapes.ts';
import {
  bytesOf,
  containerResult,
  inlineResult,
  LOG_TAIL_BYTES,
  LOG_TAIL_LINES,
  placeOf,
  type Stored,
  withheldResult,
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

/** Bytes of a container's log that are read at most to find its end; runtimes split lines at 16 KiB, so the lines asked for are fewer. */
const LOG_READ_BYTES = 128 * 1024 * 1024;
/** How long that may take, in ms. */
const LOG_READ_MS = 30_000;
const LOG_CUT = '(this is not the end: the log could not be read further in 128 MiB and 30 s)';

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
      return { warned: await readWarnings(self, look.uid, options) };
    }
    case 'log': {
      const { exitCode, message, pod, hasSecrets } = look;
      const log = await readLog(self, pod, options);
      const result = hasSecrets ? withheldResult(exitCode) : containerResult(exitCode, message, log);
      return { log, stored: await keep(result, options) };
    }
  }
}

interface CoreEvent extends KubeObject {
  readonly reason?: string;
  readonly message?: string;
}

/** Without them it is only known later, and less exactly, why a pod does not start. */
async function readWarnings(
  self: KubeObject,
  uid: string,
  { transport, log }: LookOptions,
): Promise<readonly Warned[]> {
  const path = collectionPath({ apiVersion: 'v1', plural: 'events' }, self.metadata.namespace);
  try {
    const page = await transport.page(path, { fieldSelector: `involvedObject.uid=${uid},type=Warning`, limit: '50' });
    return page.items.map(({ reason = '', message = '' }: CoreEvent) => ({ reason, message }));
  } catch (err) {
    log.warn({ err, ...whose(self) }, 'events cannot be read');
    return [];
  }
}

/** The end of the log; it says so where it is not. */
async function readLog(self: KubeObject, pod: string, { transport, log }: LookOptions): Promise<string> {
  const path = `${objectPath(KIND.pod, self.metadata.namespace, pod)}/log`;
  let isCut = false;
  const onCut = () => {
    isCut = true;
  };
  const limits = { limitBytes: LOG_READ_BYTES, tailBytes: LOG_TAIL_BYTES, deadlineMs: LOG_READ_MS, onCut };
  try {
    const query = { container: ACTION_CONTAINER, tailLines: String(LOG_TAIL_LINES) };
    const text = await transport.text(path, query, limits);
    return isCut ? `${text}\n${LOG_CUT}` : text;
  } catch (err) {
    // A result without a log is better than none; the pod or its node is gone.
    if (!isNotFound(err)) log.warn({ err, pod, ...whose(self) }, 'log of a container cannot be read');
    return '';
  }
}

const whose = ({ metadata: { namespace, name, uid } }: KubeObject) => ({ namespace, name, uid });

async function keep(result: ReturnType<typeof containerResult>, { storeResult }: LookOptions): Promise<Stored> {
  const json = JSON.stringify(result);
  if (placeOf(bytesOf(json), storeResult && result) === 'status') return { inline: result };
  return storeResult ? { ref: await storeResult(json) } : { inline: inlineResult(result) };
}
