// e2e/demo/story.ts — one notification on its way: what the API server shows of it, told as it happens, with times.
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Execution } from '../../operator/api/kinds.ts';
import { Execution as ExecutionKind } from '../../operator/api/kinds.ts';
import { type KubeObject, LABEL } from '../../operator/api/meta.ts';
import { isNotFound } from '../../operator/kube/errors.ts';
import { collectionPath, KIND, objectPath } from '../../operator/kube/paths.ts';
import type { Transport } from '../../operator/kube/transport.ts';
import type { Installed } from '../install.ts';

/** Longest wait for the end of the Execution, in ms; the Action's own timeout is shorter. */
const STORY_MS = 90_000;
/** How often the API server is asked while the story goes on, in ms. */
const LOOK_MS = 50;
/** How long the door may say 503 while its caches fill, in ms. */
const DOOR_MS = 30_000;

export type Tell = (what: string, detail: string) => void;

interface Answer {
  readonly code: number;
  readonly body: string;
  /** Names of the Executions that the event led to. */
  readonly executions: readonly string[];
}

/** Tells with seconds since now, one line per thing that happened. */
export function storyteller(): Tell {
  const began = performance.now();
  return (what, detail) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(2).padStart(6);
    process.stdout.write(`  ${seconds} s  ${what.padEnd(10)} ${detail}\n`);
  };
}

/** POSTs an event as Alertmanager does: with a bearer token, and again when the answer is 503. */
export async function postEvent(door: Installed, path: string, event: unknown, token: string): Promise<Answer> {
  const dispatcher = new Agent({ connect: { ca: door.ca, servername: door.servername } });
  const until = performance.now() + DOOR_MS;
  try {
    for (;;) {
      const answer = await request(`${door.url}${path}`, {
        method: 'POST',
        dispatcher,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Alertmanager/0.28.1',
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify(event),
      });
      const body = await answer.body.text();
      if (answer.statusCode !== 503 || performance.now() > until) {
        const names = answer.headers['squall-executions'];
        return {
          code: answer.statusCode,
          body,
          executions: [names ?? []]
            .flat()
            .flatMap((list) => list.split(/[,\s]+/))
            .filter(Boolean),
        };
      }
      await sleep(500);
    }
  } finally {
    await dispatcher.close();
  }
}

/** Watches one Execution to its end and tells of Execution, Job, Pod and result as they come to be. */
export async function follow(api: Transport, namespace: string, name: string, tell: Tell): Promise<Execution> {
  const seen = new Set<string>();
  const once = (key: string, what: string, detail: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    tell(what, detail);
  };
  for (const until = performance.now() + STORY_MS; performance.now() < until; await sleep(LOOK_MS)) {
    const [execution, jobs, pods] = await Promise.all([
      look(() => api.get(objectPath(ExecutionKind, namespace, name))) as Promise<Execution | undefined>,
      labelled(api, collectionPath(KIND.job, namespace), name),
      labelled(api, collectionPath(KIND.pod, namespace), name),
    ]);
    if (!execution) throw new Error(`Execution ${namespace}/${name} is gone: somebody deleted it`);
    const { trigger } = execution.spec.request.context ?? {};
    once('rule', 'rule', `${trigger?.rule.name} matched event ${trigger?.event.slice(0, 40)}`);
    once('execution', 'Execution', `${name} runs ${execution.spec.request.action}`);
    for (const job of jobs) once(job.metadata.uid, 'Job', job.metadata.name);
    for (const pod of pods) tellPod(pod, once);
    const { phase, reason, duration, message } = execution.status ?? { phase: 'Requested' };
    if (['Succeeded', 'Failed', 'TimedOut', 'Abandoned', 'Canceled'].includes(phase)) {
      tell(
        'result',
        `${phase}, ${reason}${duration ? `, ${duration} from request to result` : ''}${message ? `: ${message}` : ''}`,
      );
      return execution;
    }
    if (phase === 'Running') once(phase, 'Execution', 'Running');
  }
  throw new Error(`Execution ${namespace}/${name} has not ended within ${STORY_MS / 1000} s`);
}

function tellPod(pod: KubeObject, once: (key: string, what: string, detail: string) => void): void {
  const { name, uid } = pod.metadata;
  const node = (pod.spec as { nodeName?: string }).nodeName;
  const status = pod.status as { containerStatuses?: { state?: Record<string, unknown> }[] } | undefined;
  const state = status?.containerStatuses?.[0]?.state ?? {};
  if (node === undefined) return;
  once(`${uid} node`, 'Pod', `${name} goes to ${node}`);
  if (state['running'] || state['terminated']) once(`${uid} runs`, 'Pod', 'the action runs');
}

const labelled = async (api: Transport, path: string, execution: string): Promise<readonly KubeObject[]> =>
  (await api.page(path, { labelSelector: `${LABEL.execution}=${execution}` })).items;

const look = (get: () => Promise<KubeObject>): Promise<KubeObject | undefined> =>
  get().catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
