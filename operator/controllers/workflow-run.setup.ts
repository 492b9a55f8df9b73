// operator/controllers/workflow-run.setup.ts — for tests: an operator with the controllers of Executions, on a scripted API server.
import { expect } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { type Execution, KINDS, type Workflow } from '../api/kinds.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { settings, sha256 } from '../domain/execution/builders.setup.ts';
import type { Audience } from '../domain/notify/audience.ts';
import { Client } from '../kube/client.ts';
import { KIND } from '../kube/paths.ts';
import { runLoop } from '../kube/reconcile.ts';
import { reflect } from '../kube/reflect.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import type { Store } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { executionReconciler } from './execution.ts';
import { RunStore } from './run-store.ts';
import { emptySources } from './sources.setup.ts';
import { workflowRunReconciler } from './workflow-run.ts';

export const draft = (kind: string, name: string, spec: unknown, namespace = 'default'): Draft => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind,
  metadata: { name, namespace, generation: 1, creationTimestamp: new Date().toISOString() },
  spec,
});
const NOOP = draft('Action', 'core.noop', ActionSpec.parse({ runner: 'noop' }), 'squall');
/** Of Orquesta. */
export const workflowOf = (name: string, tasks: object, more: object = {}) =>
  draft('Workflow', name, WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks, ...more } }));
export const workflow = (tasks: object, more: object = {}) => workflowOf('acme.w', tasks, more);
export const run = (name = 'run', more: object = {}) =>
  draft('Execution', name, { request: { action: 'acme.w' }, control: 'run', ...more });
/** An Action whose Execution gets a Job, of which nothing is ever heard. */
export const NEVER = draft(
  'Action',
  'acme.never',
  ActionSpec.parse({ runner: 'local-shell-cmd', parameters: { cmd: { default: 'date' } } }),
);
export const CHAIN = {
  a: { action: 'core.noop', next: [{ do: 'b' }] },
  b: { with: { items: '<% range(5) %>', concurrency: 2 }, action: 'core.noop', next: [{ do: 'c' }] },
  c: { action: 'core.noop' },
};
export const NOOPS = { a: { action: 'core.noop' } };
export const WAITS = { a: { action: 'acme.never' } };
/** A task that waits, and one that follows however it ends. */
export const FOLLOWED = { a: { action: 'acme.never', next: [{ do: 'b' }] }, b: { action: 'core.noop' } };

interface Operator {
  readonly store: RunStore;
  readonly workflows: Store<Workflow>;
  readonly executions: Store<Execution>;
  stop(): void;
}

/** An operator with the two controllers; several may follow each other on one API server, which `transport` is how it sees. */
export async function operator(
  api: ScriptedTransport,
  limits = { tasks: 100, contextBytes: 100_000, depth: 3 },
  transport: Transport = api,
  audience: () => Audience = nobody,
): Promise<Operator> {
  const stop = new AbortController();
  const stores = emptySources();
  const all = Object.values(stores) as unknown as readonly Store<KubeObject>[];
  for (const store of all) void reflect({ transport, store, stop: stop.signal });
  await Promise.all(all.map(({ synced }) => synced));
  const client = new Client({ transport, kinds: KINDS, stores: all, fieldManager: 'squall', instance: 'test' });
  const log = createLog({ level: 'silent' });
  const loop = { client, log, metrics: createMetrics({ version: 'test' }), stop: stop.signal };
  const shared = { sources: stores, client, transport, systemNamespace: 'squall', audience, log };
  void runLoop(executionReconciler({ ...shared, settings, storeResult: undefined }), loop);
  const kept = new Map<string, string>();
  const storeResult = async (json: string) => {
    kept.set(sha256(json), json);
    return { digest: sha256(json), bytes: json.length };
  };
  const store = new RunStore({ client, transport, readResult: async (digest) => kept.get(digest), sha256 });
  void runLoop(workflowRunReconciler({ ...shared, store, storeResult, limits, serviceUrl: 'https://s', sha256 }), loop);
  return { store, workflows: stores.workflows, executions: stores.executions, stop: () => stop.abort() };
}

const nobody = () => ({ ends: () => false, notifications: false });

export const server = (...objects: readonly Draft[]) =>
  new ScriptedTransport([NOOP, ...objects], [...KINDS, ...Object.values(KIND)]);
export const PATH = '/apis/squall.dev/v1alpha1/namespaces/default/executions';
type Status = {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly result?: unknown;
  readonly workflow?: {
    readonly journal: string[];
    readonly tells: string;
    readonly pauses?: number;
    readonly tasks?: object;
  };
};
export const statusOf = (api: ScriptedTransport, name = 'run') =>
  api.object(`${PATH}/${name}`)?.status as Status | undefined;
export const childrenOf = async (api: ScriptedTransport) =>
  (await api.page(PATH, {})).items.filter(({ metadata }) => metadata.ownerReferences !== undefined);
export const ends = (api: ScriptedTransport, phase: string, name = 'run') =>
  expect.poll(() => statusOf(api, name)?.phase, { timeout: 20_000 }).toBe(phase);
/** Waits until there are so many, of all runs. */
export const children = (api: ScriptedTransport, count: number) =>
  expect.poll(async () => (await childrenOf(api)).length).toBe(count);
/** The children of that Execution. */
export const below = async (api: ScriptedTransport, name: string) =>
  (await childrenOf(api)).filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === name);
/** Puts the object with those fields in the place of what it has. */
export const change = (api: ScriptedTransport, name: string, to: (object: KubeObject) => object) => {
  const object = api.object(`${PATH}/${name}`) as KubeObject;
  return api.put({ ...object, ...to(object) });
};

/** When it has ended, all that was to be seen before has been. */
export async function barrier(api: ScriptedTransport): Promise<void> {
  api.put(workflowOf('acme.quick', NOOPS));
  api.put(draft('Execution', 'barrier', { request: { action: 'acme.quick' }, control: 'run' }));
  await ends(api, 'Succeeded', 'barrier');
}
