// operator/controllers/workflow-run.test.ts — runs of workflows against the scripted API server: writes that fail, restarts, deletions, limits.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { Action, Execution, KeyValue, KINDS, Pack, TriggerType, Workflow } from '../api/kinds.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { settings, sha256 } from '../domain/execution/builders.setup.ts';
import { KEY_VALUE_INDEXES } from '../domain/datastore/entry.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import { BY_EXECUTION } from '../domain/job/names.ts';
import { projectJob, projectPod } from '../domain/job/shapes.ts';
import { ACTION_INDEXES, EXECUTION_INDEXES, TRIGGER_TYPE_INDEXES, WORKFLOW_INDEXES } from '../domain/rule/indexes.ts';
import { Client } from '../kube/client.ts';
import { KIND } from '../kube/paths.ts';
import { runLoop } from '../kube/reconcile.ts';
import { reflect } from '../kube/reflect.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { projectAction } from './action.ts';
import { executionReconciler, projectExecution } from './execution.ts';
import { RunStore } from './run-store.ts';
import { projectKeyValue } from './key-value.ts';
import { projectPack } from './pack.ts';
import { projectWorkflow } from './workflow.ts';
import { workflowRunReconciler } from './workflow-run.ts';

const draft = (kind: string, name: string, spec: unknown, namespace = 'default'): Draft => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind,
  metadata: { name, namespace, generation: 1, creationTimestamp: new Date().toISOString() },
  spec,
});
const NOOP = draft('Action', 'core.noop', ActionSpec.parse({ runner: 'noop' }), 'squall');
const workflow = (tasks: object, more: object = {}) =>
  draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks, ...more } }));
const run = (name = 'run') => draft('Execution', name, { request: { action: 'acme.w' }, control: 'run' });
const CHAIN = {
  a: { action: 'core.noop', next: [{ do: 'b' }] },
  b: { with: { items: '<% range(5) %>', concurrency: 2 }, action: 'core.noop', next: [{ do: 'c' }] },
  c: { action: 'core.noop' },
};

interface Operator {
  readonly store: RunStore;
  readonly workflows: Store<Workflow>;
  readonly executions: Store<Execution>;
  stop(): void;
}

/** An operator with the two controllers; several may follow each other on one API server. */
async function operator(
  api: ScriptedTransport,
  limits = { tasks: 100, contextBytes: 100_000, depth: 3 },
): Promise<Operator> {
  const stop = new AbortController();
  const stores = {
    workflows: new Store<Workflow>({ kind: Workflow, project: projectWorkflow, indexes: WORKFLOW_INDEXES }),
    actions: new Store<Action>({ kind: Action, project: projectAction, indexes: ACTION_INDEXES }),
    executions: new Store<Execution>({ kind: Execution, project: projectExecution, indexes: EXECUTION_INDEXES }),
    triggerTypes: new Store<TriggerType>({
      kind: TriggerType,
      project: (raw) => raw as TriggerType,
      indexes: TRIGGER_TYPE_INDEXES,
    }),
    keyValues: new Store<KeyValue>({ kind: KeyValue, project: projectKeyValue, indexes: KEY_VALUE_INDEXES }),
    packs: new Store<Pack>({ kind: Pack, project: projectPack }),
    configMaps: new Store<ConfigMap>({ kind: KIND.configMap, project: (raw) => raw }),
    jobs: new Store({ kind: KIND.job, project: projectJob, indexes: BY_EXECUTION }),
    pods: new Store({ kind: KIND.pod, project: projectPod, indexes: BY_EXECUTION }),
  };
  const all = Object.values(stores) as unknown as readonly Store<KubeObject>[];
  for (const store of all) void reflect({ transport: api, store, stop: stop.signal });
  await Promise.all(all.map(({ synced }) => synced));
  const client = new Client({ transport: api, kinds: KINDS, stores: all, fieldManager: 'squall', instance: 'test' });
  const log = createLog({ level: 'silent' });
  const loop = { client, log, metrics: createMetrics({ version: 'test' }), stop: stop.signal };
  const shared = { sources: stores, client, transport: api, systemNamespace: 'squall', log };
  void runLoop(executionReconciler({ ...shared, settings, storeResult: undefined }), loop);
  const store = new RunStore({ client, transport: api, readResult: async () => undefined, sha256 });
  const storeResult = async () => ({ digest: 'sha256:0', bytes: 1 });
  void runLoop(workflowRunReconciler({ ...shared, store, storeResult, limits, serviceUrl: 'https://s', sha256 }), loop);
  return { store, workflows: stores.workflows, executions: stores.executions, stop: () => stop.abort() };
}

const server = (...objects: readonly Draft[]) =>
  new ScriptedTransport([NOOP, ...objects], [...KINDS, ...Object.values(KIND)]);
const PATH = '/apis/squall.dev/v1alpha1/namespaces/default/executions';
type Status = { phase?: string; reason?: string; message?: string; result?: unknown; workflow?: { journal: string[] } };
const statusOf = (api: ScriptedTransport, name = 'run') => api.object(`${PATH}/${name}`)?.status as Status | undefined;
const childrenOf = async (api: ScriptedTransport) =>
  (await api.page(PATH, {})).items.filter(({ metadata }) => metadata.ownerReferences !== undefined);
const ends = (api: ScriptedTransport, phase: string, name = 'run') =>
  expect.poll(() => statusOf(api, name)?.phase, { timeout: 20_000 }).toBe(phase);

test('each task is a child with a name of its own, made once', async () => {
  const api = server(workflow(CHAIN), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  expect(statusOf(api)).toMatchObject({ reason: 'WorkflowSucceeded', result: { output: null } });
  const children = await childrenOf(api);
  expect(new Set(children.map(({ metadata }) => metadata.annotations?.['squall.dev/task-key']))).toEqual(
    new Set(['a/0/0', 'b/0/0/0', 'b/0/0/1', 'b/0/0/2', 'b/0/0/3', 'b/0/0/4', 'c/0/0']),
  );
  expect(children).toHaveLength(7);
  one.stop();
});

test.each(['reset', 'resetAfterApply', { code: 409, reason: 'Conflict' }, { code: 503 }] as const)(
  'writes of status and children that fail by %s are made again, and nothing twice',
  async (fault) => {
    const api = server(workflow(CHAIN), run());
    for (let i = 0; i < 2; i++) {
      api.fail({ verb: 'replaceStatus' }, fault);
      api.fail({ verb: 'create', path: PATH }, fault === 'reset' || fault === 'resetAfterApply' ? fault : 'reset');
    }
    const one = await operator(api);
    await ends(api, 'Succeeded');
    expect(await childrenOf(api)).toHaveLength(7);
    one.stop();
  },
);

test("a default that the configuration of a task's pack gives is no fault of the task", async () => {
  const parameters = { host: { type: 'string', default: '{{ config_context.host }}' } };
  const asks = draft('Action', 'shop.asks', ActionSpec.parse({ runner: 'noop', parameters }));
  const owner = { apiVersion: asks.apiVersion, kind: 'Pack', name: 'shop', uid: 'pack-uid', controller: true };
  const ofPack: Draft = { ...asks, metadata: { ...asks.metadata, ownerReferences: [owner] } };
  const pack = (values: object) => draft('Pack', 'shop', { source: { inline: {} }, config: { values } });
  const api = server(workflow({ a: { action: 'shop.asks' } }), ofPack, pack({ host: 'h1' }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  one.stop();
  const without = server(workflow({ a: { action: 'shop.asks' } }), ofPack, pack({}), run());
  const other = await operator(without);
  await ends(without, 'Failed');
  expect(await childrenOf(without)).toEqual([]);
  other.stop();
});

test('another operator goes on from the journal', async () => {
  const api = server(workflow(CHAIN), run());
  for (let turn = 0; statusOf(api)?.phase !== 'Succeeded' && turn < 40; turn++) {
    const one = await operator(api);
    const lines = statusOf(api)?.workflow?.journal.length ?? 0;
    await expect.poll(() => (statusOf(api)?.workflow?.journal.length ?? 0) > lines, { timeout: 20_000 }).toBe(true);
    one.stop();
  }
  await ends(api, 'Succeeded');
  expect(await childrenOf(api)).toHaveLength(7);
});

test('a definition may name the variables that a run has from outside', async () => {
  const output = [{ who: '<% ctx().st2.user %>' }, { of: '<% ctx().parent.pack %>' }];
  const api = server(workflow({ a: { action: 'core.noop' } }, { output }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  expect(statusOf(api)).toMatchObject({ result: { output: { who: 'system:squall.dev', of: 'acme' } } });
  one.stop();
});

test('an Execution waits for a Workflow that is applied after it', async () => {
  const api = server(run());
  const one = await operator(api);
  await expect.poll(() => api.object(`${PATH}/run`)).toBeDefined();
  api.put(workflow({ a: { action: 'core.noop' } }));
  await ends(api, 'Succeeded');
  one.stop();
});

test('definitions are kept as long as a run or a Workflow has them', async () => {
  const api = server(workflow({ a: { action: 'core.noop' } }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  const later = { namespace: undefined, now: new Date(Date.now() + 7_200_000) };
  const collect = () =>
    one.store.collect(one.workflows.values(), (key) => one.executions.by('revision', key).length > 0, later);
  expect(await collect()).toBe(0);
  api.drop('/apis/squall.dev/v1alpha1/namespaces/default/workflows/acme.w');
  await expect.poll(() => one.workflows.size).toBe(0);
  expect(await collect()).toBe(0);
  for (const { metadata } of await childrenOf(api)) api.drop(`${PATH}/${metadata.name}`);
  api.drop(`${PATH}/run`);
  await expect.poll(() => one.executions.size).toBe(0);
  expect(await collect()).toBe(1);
  one.stop();
});

test('a child that somebody deletes ends its task with a reason', async () => {
  const waits = { a: { action: 'acme.never' } };
  const never = draft(
    'Action',
    'acme.never',
    ActionSpec.parse({ runner: 'local-shell-cmd', parameters: { cmd: { default: 'date' } } }),
  );
  const api = server(workflow(waits), never, run());
  const one = await operator(api);
  await expect.poll(async () => (await childrenOf(api)).length).toBe(1);
  const [child] = await childrenOf(api);
  api.drop(`${PATH}/${child?.metadata.name}`);
  await ends(api, 'Failed');
  expect(JSON.stringify(statusOf(api)?.result)).toMatch(/somebody deleted it/);
  one.stop();
});

test('a journal that cannot be read ends the run, and says so', async () => {
  const never = draft(
    'Action',
    'acme.never',
    ActionSpec.parse({ runner: 'local-shell-cmd', parameters: { cmd: { default: 'date' } } }),
  );
  const api = server(workflow({ a: { action: 'acme.never' } }), never, run());
  const one = await operator(api);
  await expect.poll(async () => (await childrenOf(api)).length).toBe(1);
  one.stop();
  const execution = await api.get(`${PATH}/run`);
  const status = statusOf(api);
  api.put({ ...execution, status: { ...status, workflow: { ...status?.workflow, journal: ['from the future'] } } });
  const two = await operator(api);
  await ends(api, 'Failed');
  expect(statusOf(api)).toMatchObject({
    reason: 'WorkflowInvalid',
    message: expect.stringContaining('its journal cannot be read') as string,
  });
  two.stop();
});

test.each<[string, object, object, string]>([
  ['tasks', CHAIN, { tasks: 3, contextBytes: 1000, depth: 3 }, 'more than 3 tasks'],
  [
    'variables',
    { a: { action: 'core.noop', next: [{ publish: "big=<% 'x' * 2000 %>", do: 'b' }] }, b: { action: 'core.noop' } },
    { tasks: 10, contextBytes: 1000, depth: 3 },
    'more than 1000; publish less',
  ],
])('too many %s end it', async (_, tasks, limits, message) => {
  const api = server(workflow(tasks), run());
  const one = await operator(api, limits as { tasks: number; contextBytes: number; depth: number });
  await ends(api, 'Failed');
  expect(statusOf(api)).toMatchObject({ reason: 'WorkflowLimit', message: expect.stringContaining(message) as string });
  one.stop();
});

test('an unknown action and wrong parameters are told by the workflow', async () => {
  const api = server(workflow({ a: { action: 'acme.<% "nothing" %>' } }), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(JSON.stringify(statusOf(api)?.result)).toMatch(/Unable to find action \\"acme.nothing\\"/);
  expect(await childrenOf(api)).toHaveLength(0);
  one.stop();
});
