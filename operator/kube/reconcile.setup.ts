// operator/kube/reconcile.setup.ts — for tests: a kind of toys with a reconciler, on a scripted API server, and its loop.
import { Writable } from 'node:stream';
import type { Draft, Kind, KubeObject } from '../api/meta.ts';
import type { Plan } from '../domain/plan.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { Client } from './client.ts';
import { KIND } from './paths.ts';
import { type Observed, type Reconciler, runLoop, watched } from './reconcile.ts';
import { ScriptedTransport } from './scripted.ts';
import { type Key, Store } from './store.ts';

export const TOY: Kind = { apiVersion: 'squall.dev/v1alpha1', kind: 'Toy', plural: 'toys' };
export const path = (name: string, namespace = 'a') => `/apis/squall.dev/v1alpha1/namespaces/${namespace}/toys/${name}`;
export const toy = (name: string, more: Partial<Draft> = {}, namespace = 'a'): Draft => ({
  apiVersion: TOY.apiVersion,
  kind: TOY.kind,
  metadata: { name, namespace },
  ...more,
});
export interface ToyStatus {
  readonly phase: string;
  readonly note?: string | undefined;
}

export function scene(plan: (observed: Observed, now: Date) => Plan<ToyStatus>, ...drafts: Draft[]) {
  const api = new ScriptedTransport([], [TOY]);
  const store = new Store({ kind: TOY, project: (raw) => raw });
  const jobs = new Store({ kind: KIND.job, project: (raw) => raw });
  for (const draft of drafts) store.put(api.put(draft));
  const client = new Client({
    transport: api,
    kinds: [TOY],
    stores: [store, jobs],
    fieldManager: 'squall',
    instance: 'pod-0',
  });
  const ownerOf = (job: KubeObject): Key[] => [`a/${job.metadata.labels?.['toy']}`];
  const reconciler: Reconciler<Observed, ToyStatus> = {
    name: 'toy',
    watches: [watched(store), watched(jobs, ownerOf)],
    observe: (key) => {
      const self = store.get(key);
      return self && { self };
    },
    plan,
  };
  return { api, store, jobs, client, reconciler };
}
export const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'a' } };

interface Line {
  readonly level: string;
  readonly key?: string;
  readonly msg: string;
  readonly err?: { readonly message: string };
}

/** The loop of a reconciler over real queues, and what it logs. */
export function startLoop(built: ReturnType<typeof scene>) {
  const printed: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      printed.push(String(chunk));
      done();
    },
  });
  const linesWith = (text: string): readonly Line[] =>
    printed.filter((line) => line.includes(text)).map((line) => JSON.parse(line));
  const metrics = createMetrics({ version: 'test' });
  const stop = new AbortController();
  const log = createLog({ destination, level: 'debug' });
  const ended = runLoop(built.reconciler, { client: built.client, log, metrics, stop: stop.signal, workers: 2 });
  const end = async () => {
    stop.abort();
    await ended;
  };
  return { linesWith, metrics, end };
}
export const phaseOf = (api: ScriptedTransport, name: string) =>
  (api.object(path(name))?.status as ToyStatus | undefined)?.phase;
