// operator/controllers/execution.test.ts — the wiring: what an API server sees of one execution, and what it may do to it.
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { KeyValue, KINDS, Pack, Workflow } from '../api/kinds.ts';
import type { Draft, Kind, KubeObject } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { action, at, container, execution, iso, job, settings } from '../domain/execution/builders.setup.ts';
import { KEY_VALUE_INDEXES } from '../domain/datastore/entry.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import { BY_EXECUTION } from '../domain/job/names.ts';
import { projectJob, projectPod } from '../domain/job/shapes.ts';
import { ACTION_INDEXES, EXECUTION_INDEXES, TRIGGER_TYPE_INDEXES, WORKFLOW_INDEXES } from '../domain/rule/indexes.ts';
import { Client } from '../kube/client.ts';
import { KIND } from '../kube/paths.ts';
import { WorkQueue } from '../kube/queue.ts';
import { reconcile } from '../kube/reconcile.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { projectAction } from './action.ts';
import { projectKeyValue } from './key-value.ts';
import { projectPack } from './pack.ts';
import { projectWorkflow } from './workflow.ts';
import { executionReconciler, projectExecution, sweep } from './execution.ts';

const kindOf = (name: string): Kind => KINDS.find(({ kind }) => kind === name) as Kind;
const log = createLog({ destination: new Writable({ write: (_chunk, _encoding, done) => done() }) });
const JOB = '/apis/batch/v1/namespaces/prod/jobs/e-1';
const EXECUTION = '/apis/squall.dev/v1alpha1/namespaces/prod/executions/e';

function scene(...objects: readonly KubeObject[]) {
  const api = new ScriptedTransport([], [...KINDS, { apiVersion: 'v1', kind: 'Event', plural: 'events' }]);
  const executions = new Store({ kind: kindOf('Execution'), project: projectExecution, indexes: EXECUTION_INDEXES });
  const actions = new Store({ kind: kindOf('Action'), project: projectAction, indexes: ACTION_INDEXES });
  const triggerTypes = new Store({
    kind: kindOf('TriggerType'),
    project: (raw) => raw as never,
    indexes: TRIGGER_TYPE_INDEXES,
  });
  const jobs = new Store({ kind: KIND.job, project: projectJob, indexes: BY_EXECUTION });
  const pods = new Store({ kind: KIND.pod, project: projectPod, indexes: BY_EXECUTION });
  const keyValues = new Store({ kind: KeyValue, project: projectKeyValue, indexes: KEY_VALUE_INDEXES });
  const stores = [executions, actions, triggerTypes, jobs, pods, keyValues] as const;
  const put = (object: object): KubeObject => {
    const stored = api.put(object as Draft);
    stores.find(({ kind }) => kind.kind === stored.kind)?.put(stored);
    return stored;
  };
  for (const object of objects) put(object);
  const client = new Client({ transport: api, kinds: KINDS, stores, fieldManager: 'squall', instance: 'o' });
  const workflows = new Store({ kind: Workflow, project: projectWorkflow, indexes: WORKFLOW_INDEXES });
  const packs = new Store({ kind: Pack, project: projectPack });
  const configMaps = new Store<ConfigMap>({ kind: KIND.configMap, project: (raw) => raw });
  const sources = { executions, actions, workflows, triggerTypes, jobs, pods, keyValues, packs, configMaps };
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
  const status = () => executions.get('prod/e')?.status;
  return {
    api,
    put,
    sources,
    look,
    status,
    writes: () => api.writes().map(({ verb, path }) => `${verb} ${path.split('/').slice(-2).join('/')}`),
  };
}

/** The pod that the Job controller makes. */
const podOf = (job: KubeObject | undefined, status: object): Draft => {
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
const ended = (exitCode: number, message = '') => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [{ state: { terminated: { exitCode, message, startedAt: iso(2), finishedAt: iso(3) } } }],
});

test('one write starts it, however often it is looked at', async () => {
  const { look, writes } = scene(action(), execution());
  await look(1);
  await look(1.1);
  await look(2);
  expect(writes()).toEqual(['create prod/jobs']);
});

test('a lost answer to the create makes no second Job', async () => {
  const { api, look } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, 'resetAfterApply');
  await look(1);
  await look(2);
  expect(api.object(JOB)).toBeDefined();
});

test("somebody else's Job under the name ends it with the remedy", async () => {
  const { api, look, status } = scene(action(), execution());
  api.put({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'e-1', namespace: 'prod' } });
  await look(1);
  await look(2);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'NameTaken' });
  expect(api.object(JOB)).toBeDefined();
});

test('a Job that Kubernetes refuses ends it with what Kubernetes said', async () => {
  const { api, look, status } = scene(action(), execution());
  api.fail(
    { verb: 'create', path: /jobs$/ },
    { code: 422, reason: 'Invalid', message: 'limits.memory: must be larger' },
  );
  await look(1);
  await look(2);
  expect(status()).toMatchObject({
    phase: 'Failed',
    reason: 'JobRefused',
    message: expect.stringContaining('limits.memory'),
  });
});

test('rights and quotas that may come back are waited for, ten minutes', async () => {
  const forbidden = { code: 403, reason: 'Forbidden', message: 'exceeded quota' };
  const { api, look, status } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, forbidden, forbidden, forbidden);
  await look(1);
  await look(300);
  expect(status()?.phase).toBe('Requested');
  await look(602);
  await look(603);
  expect(status()).toMatchObject({ reason: 'JobRefused', message: expect.stringContaining('exceeded quota') });
});

test('a right that comes back leads to the Job', async () => {
  const { api, look } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, { code: 403, reason: 'Forbidden', message: 'no rights yet' });
  await look(1);
  await look(2);
  expect(api.object(JOB)).toBeDefined();
});

test('an API server that is busy is asked again', async () => {
  const { api, look, status } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, { code: 503 });
  await look(1);
  await look(2);
  expect(status()?.phase).toBe('Requested');
  expect(api.object(JOB)).toBeDefined();
});

test('a Job that is deleted before it was seen running is confirmed to be gone, and not made again', async () => {
  const { api, look, sources, status, writes } = scene(action(), execution());
  await look(1);
  const job = api.object(JOB);
  api.drop(JOB);
  if (job) sources.jobs.remove(job);
  await look(3);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'JobDeleted' });
  expect(writes().filter((write) => write.startsWith('create prod/jobs'))).toHaveLength(1);
});

test('a deletion that only the cache has dreamt of ends nothing', async () => {
  const { api, look, sources, status } = scene(action(), execution());
  await look(1);
  const { metadata } = api.object(JOB) as KubeObject;
  sources.jobs.remove({ metadata: { ...metadata } });
  await look(3);
  expect(status()?.phase).toBe('Requested');
});

test('the log of a container becomes its result, then Job and record go', async () => {
  const { api, put, look, status, writes } = scene(container(), execution());
  await look(1);
  put(podOf(api.object(JOB), ended(0, '{"n": 1}')));
  await look(5);
  const stored = api.object(EXECUTION)?.status;
  expect(stored).toMatchObject({ phase: 'Succeeded', result: { exit_code: 0, message: { n: 1 }, succeeded: true } });
  expect(status()).not.toHaveProperty('result');
  await look(6);
  expect(api.object(JOB)).toBeUndefined();
  await look(90_000);
  expect(api.object(EXECUTION)).toBeUndefined();
  expect(writes()).toEqual([
    'create prod/jobs',
    'replaceStatus executions/e',
    'delete jobs/e-1',
    'delete executions/e',
  ]);
});

test('a runner that died ends its execution with the reason', async () => {
  const { api, put, look, status } = scene(action(), execution());
  await look(1);
  put(podOf(api.object(JOB), { phase: 'Failed', reason: 'Evicted', message: 'low on disk' }));
  await look(5);
  expect(status()).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
    message: expect.stringContaining('low on disk'),
  });
});

test.each([
  ['read', [], 'PodRefused', 'violates PodSecurity'],
  ['unreadable', [{ code: 403, reason: 'Forbidden', message: 'no' }], 'PendingTimedOut', 'look at the pod'],
])('warnings about a Job without a pod: %s', async (_, faults, reason, message) => {
  const { api, look, status } = scene(action(), execution());
  await look(1);
  api.put({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'w', namespace: 'prod' },
    type: 'Warning',
    reason: 'FailedCreate',
    message: 'violates PodSecurity',
  });
  api.fail({ path: /\/events/ }, ...faults);
  await look(4e9);
  expect(status()).toMatchObject({ reason, message: expect.stringContaining(message) });
});

test('an Execution that does not fit its schema ends, and harms no other', async () => {
  const { look, status } = scene(action(), { ...execution(), spec: { request: 5 } });
  await look(1);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'SpecInvalid' });
});

test('the sweep finds what a lost watch event has hidden, counts it, and looks at it', async () => {
  const { sources, look, api } = scene(action(), execution());
  const metrics = createMetrics({ version: 'test' });
  const queue = new WorkQueue();
  const options = { sources, queue, metrics, log };
  // The watch event of the Execution reached the store, but its key never reached the queue.
  expect(sweep(options, at(29))).toBe(0);
  expect(sweep(options, at(30))).toBe(1);
  expect((await metrics.sweptExecutions.get()).values[0]?.value).toBe(1);
  for await (const key of queue) {
    expect(key).toBe('prod/e');
    break;
  }
  await look(31);
  expect(api.object(JOB)).toBeDefined();
  expect(sweep(options, at(300))).toBe(0);
});

test('the sweep finds one that runs and has lost its Job unseen', () => {
  const running = scene(execution({}, { phase: 'Running', startedAt: iso(5), job: { name: 'e-1', uid: 'j-uid-1' } }));
  const options = { queue: new WorkQueue(), metrics: createMetrics({ version: 'test' }), log };
  expect(sweep({ ...options, sources: running.sources }, at(34))).toBe(0);
  expect(sweep({ ...options, sources: running.sources }, at(36))).toBe(1);
});

test('the sweep leaves alone what waits for its retry or has ended', () => {
  const delayed = scene(execution({}, { phase: 'Delayed', attempt: 2, notBefore: iso(500) }));
  const options = { queue: new WorkQueue(), metrics: createMetrics({ version: 'test' }), log };
  expect(sweep({ ...options, sources: delayed.sources }, at(520))).toBe(0);
  expect(sweep({ ...options, sources: delayed.sources }, at(531))).toBe(1);
  expect(
    sweep({ ...options, sources: scene(execution({}, { phase: 'Failed', endedAt: iso(1) })).sources }, at(531)),
  ).toBe(0);
});

test("a cancel does not wait for somebody else's Job that has its name", async () => {
  const foreign = job({}, { ownerReferences: [] });
  const { api, look, status } = scene(action(), execution({ control: 'cancel' } as object), foreign);
  await look(1);
  expect(status()).toMatchObject({ phase: 'Canceled' });
  expect(api.object(JOB)).toBeDefined();
});

test('a run of a Workflow is kept as long as the Workflow says', async () => {
  const { api, sources, look } = scene(execution({}, { phase: 'Succeeded', endedAt: iso(10) }));
  const definition = { version: 1.0, tasks: { a: { action: 'core.noop' } } };
  const spec = WorkflowSpec.parse({ ref: 'ops.clean', engine: 'orquesta', definition, ttlSecondsAfterFinished: 60 });
  sources.workflows.put({ ...action(), kind: 'Workflow', spec });
  await look(69);
  expect(api.object(EXECUTION)).toBeDefined();
  await look(71);
  expect(api.object(EXECUTION)).toBeUndefined();
});

test('a request to run a Workflow that fits no schema ends too', async () => {
  const request = { action: 'ops.clean', cause: { depth: 17 } };
  const { sources, look, status } = scene({ ...execution(), spec: { request } });
  const spec = WorkflowSpec.parse({ ref: 'ops.clean', engine: 'orquesta', definition: { tasks: {} } });
  sources.workflows.put({ ...action(), kind: 'Workflow', spec });
  await look(1);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'DepthExceeded' });
});

test('a finished execution is kept without what it was given and gave', () => {
  const kept = projectExecution(
    execution({ request: { parameters: { cmd: 'x' } } }, { phase: 'Succeeded', result: { big: 1 } }),
  );
  expect(JSON.stringify(kept)).not.toMatch(/big|"cmd"/);
  expect(projectExecution(execution({ request: { parameters: { cmd: 'x' } } })).spec.request.parameters).toEqual({
    cmd: 'x',
  });
});

test('the Job has what the datastore of its namespace says, and of secret entries where they are', async () => {
  const stored = (namespace: string, name: string, spec: object): KubeObject => ({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'KeyValue',
    metadata: { namespace, name, uid: `${namespace}-${name}`, resourceVersion: '1' },
    spec: { key: name, scope: 'system', ...spec },
  });
  const cmd = 'echo {{ st2kv.system.host }} {{ st2kv.system.over }}{{ st2kv.system.pw | decrypt_kv }}';
  const { api, look } = scene(
    action({ parameters: { cmd: { default: cmd } } }),
    execution(),
    stored('prod', 'host', { value: 'db.prod' }),
    stored('other', 'host', { value: 'db.other' }),
    stored('prod', 'over', { value: 'gone', expiresAt: iso(0) }),
    stored('prod', 'pw', { valueFrom: { secretKeyRef: { name: 'vault', key: 'password' } } }),
  );
  await look(1);
  const job = JSON.stringify(api.object(JOB)?.spec);
  expect(job).toContain('echo db.prod \\\\u0001squall:secret:st2kv.0\\\\u0001');
  expect(job).toContain('"sources":[{"secret":{"name":"vault","items":[{"key":"password","path":"st2kv.0"}]}}]');
});
