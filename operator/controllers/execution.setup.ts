// operator/controllers/execution.setup.ts — for tests: the controller of Executions on a scripted API server that has one of them.
import { Writable } from 'node:stream';
import { KINDS } from '../api/kinds.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { at, iso, settings } from '../domain/execution/builders.setup.ts';
import { Client } from '../kube/client.ts';
import { reconcile } from '../kube/reconcile.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import type { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { executionReconciler } from './execution.ts';
import { emptySources } from './sources.setup.ts';

export const log = createLog({ destination: new Writable({ write: (_chunk, _encoding, done) => done() }) });
export const JOB = '/apis/batch/v1/namespaces/prod/jobs/e-1';
export const EXECUTION = '/apis/squall.dev/v1alpha1/namespaces/prod/executions/e';

export function scene(...objects: readonly KubeObject[]) {
  const api = new ScriptedTransport([], [...KINDS, { apiVersion: 'v1', kind: 'Event', plural: 'events' }]);
  const sources = emptySources();
  const stores = Object.values(sources) as unknown as readonly Store<KubeObject>[];
  const put = (object: object): KubeObject => {
    const stored = api.put(object as Draft);
    stores.find(({ kind }) => kind.kind === stored.kind)?.put(stored);
    return stored;
  };
  for (const object of objects) put(object);
  const client = new Client({ transport: api, kinds: KINDS, stores, fieldManager: 'squall', instance: 'o' });
  let clock = at(1);
  const reconciler = executionReconciler({
    sources,
    client,
    transport: api,
    settings,
    systemNamespace: 'squall',
    storeResult: undefined,
    audience: () => ({ ends: () => false, notifications: false }),
    log,
    now: () => clock,
  });
  const look = async (seconds: number) => {
    clock = at(seconds);
    try {
      return await reconcile(reconciler, 'prod/e', { client, log, now: clock });
    } catch (error) {
      reconciler.onError?.('prod/e', error);
      return error;
    }
  };
  const status = () => sources.executions.get('prod/e')?.status;
  return {
    api,
    put,
    sources,
    watches: reconciler.watches,
    look,
    status,
    writes: () => api.writes().map(({ verb, path }) => `${verb} ${path.split('/').slice(-2).join('/')}`),
  };
}

/** The pod that the Job controller makes. */
export const podOf = (job: KubeObject | undefined, status: object): Draft => {
  const { name = '', uid = '', labels } = job?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-x`,
      namespace: 'prod',
      ...(labels ? { labels } : {}),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true }],
    },
    status,
  };
};
export const ended = (exitCode: number, message = '') => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [{ state: { terminated: { exitCode, message, startedAt: iso(2), finishedAt: iso(3) } } }],
});
