// e2e/bench/fake-runner.ts — the runner of pods on fake nodes: does nothing, but speaks the contract with a token of each pod.
import { setTimeout as sleep } from 'node:timers/promises';
import { RESULT_AUDIENCE, type ResultEnvelope } from '../../operator/api/envelope.ts';
import type { KubeObject } from '../../operator/api/meta.ts';
import { collectionPath, KIND, objectPath } from '../../operator/kube/paths.ts';
import { kubernetes, post } from '../harness.ts';
import { ENDED } from './kwok.ts';

export interface FakeRunner {
  /** Pods that were allowed to begin, and results that were taken, so far. */
  readonly begun: number;
  readonly delivered: number;
  close(): Promise<void>;
}

interface PodSpec {
  readonly containers?: readonly { readonly env?: readonly { readonly name: string; readonly value?: string }[] }[];
}

const AGAIN = new Set([401, 408, 425, 429]);
const PAUSE_MS = 500;

/**
 * Serves the pods of one namespace from now on. `work` ends when the action of a pod does, with its result; `onDelivered` is
 * called when that was taken.
 */
export async function fakeRunner(
  namespace: string,
  work: () => Promise<unknown>,
  onDelivered: () => void = () => undefined,
): Promise<FakeRunner> {
  const api = await kubernetes();
  const path = collectionPath(KIND.pod, namespace);
  const stop = new AbortController();
  const served = new Set<string>();
  const serving = new Set<Promise<void>>();
  let [begun, delivered] = [0, 0];

  const tokenOf = async ({ metadata: { name, uid } }: KubeObject): Promise<string> => {
    const accounts = collectionPath({ apiVersion: 'v1', plural: 'serviceaccounts' }, namespace);
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
    const made = await api.create(`${accounts}/default/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [RESULT_AUDIENCE], boundObjectRef },
    });
    return (made.status as { readonly token: string }).token;
  };
  /** @returns the answer that is for good */
  const insist = async (url: string, body: object | string, authorization: string): Promise<number> => {
    for (;;) {
      const { pathname } = new URL(url);
      const { code } = await post(pathname, body, { authorization }).catch(() => ({ code: 0 }));
      if (stop.signal.aborted || (code >= 200 && code < 500 && !AGAIN.has(code))) return code;
      await sleep(PAUSE_MS);
    }
  };
  const serve = async (pod: KubeObject): Promise<void> => {
    const [container] = (pod.spec as PodSpec).containers ?? [];
    const variable = (name: string) => container?.env?.find((one) => one.name === name)?.value ?? '';
    const authorization = `Bearer ${await tokenOf(pod)}`;
    if ((await insist(variable('SQUALL_START_URL'), '', authorization)) >= 300) return;
    begun += 1;
    const startedAt = new Date().toISOString();
    const result = await work();
    const { attempt } = JSON.parse(variable('SQUALL_TASK')) as { attempt: number };
    const times = { startedAt, endedAt: new Date().toISOString() };
    const envelope: ResultEnvelope = { attempt, outcome: 'succeeded', result, ...times };
    if ((await insist(variable('SQUALL_RESULT_URL'), envelope, authorization)) < 300) {
      delivered += 1;
      onDelivered();
    }
    // The runner's process ends. A pod that is gone has ended already.
    await api.mergePatch(objectPath(KIND.pod, namespace, pod.metadata.name), ENDED).catch(() => undefined);
  };
  const { metadata } = await api.page(path, { limit: '1' });
  const follow = async (): Promise<void> => {
    const query = { resourceVersion: metadata.resourceVersion };
    for await (const { object, type } of api.changes(path, query, stop.signal)) {
      if (type === 'BOOKMARK' || type === 'DELETED' || type === 'ERROR') continue;
      if ((object.status as { phase?: string }).phase !== 'Running' || served.has(object.metadata.uid)) continue;
      served.add(object.metadata.uid);
      const one = serve(object).catch((error: unknown) => console.error(`pod ${object.metadata.name}:`, error));
      serving.add(one);
      void one.finally(() => serving.delete(one));
    }
  };
  const following = follow().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    get begun() {
      return begun;
    },
    get delivered() {
      return delivered;
    },
    close: async () => {
      stop.abort();
      await Promise.allSettled([...serving, following]);
    },
  };
}
