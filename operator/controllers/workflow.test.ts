// operator/controllers/workflow.test.ts — Workflows and Actions are judged again when what they name or are named by changes.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { Action, KINDS, Workflow } from '../api/kinds.ts';
import type { Draft } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { ACTION_INDEXES, WORKFLOW_INDEXES } from '../domain/rule/indexes.ts';
import { Client } from '../kube/client.ts';
import { runLoop } from '../kube/reconcile.ts';
import { reflect } from '../kube/reflect.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { actionReconciler, projectAction } from './action.ts';
import { projectWorkflow, workflowReconciler } from './workflow.ts';

const draft = (kind: string, name: string, spec: unknown, namespace: string, since: string): Draft => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind,
  metadata: { name, namespace, generation: 1, creationTimestamp: since },
  spec,
});
const OLD = '2026-01-01T00:00:00Z';
const NEW = '2026-01-02T00:00:00Z';
const workflow = (name: string, calls: string, since = OLD) => {
  const spec = WorkflowSpec.parse({ engine: 'orquesta', definition: { tasks: { t: { action: calls } } } });
  return draft('Workflow', name, spec, 'default', since);
};
const action = (name: string, namespace = 'default', since = OLD) =>
  draft('Action', name, ActionSpec.parse({ runner: 'local-shell-cmd' }), namespace, since);

async function start(...objects: readonly Draft[]) {
  const stop = new AbortController();
  const api = new ScriptedTransport(objects, KINDS);
  const workflows = new Store<Workflow>({ kind: Workflow, project: projectWorkflow, indexes: WORKFLOW_INDEXES });
  const actions = new Store<Action>({ kind: Action, project: projectAction, indexes: ACTION_INDEXES });
  const stores = [workflows, actions];
  for (const store of stores) void reflect({ transport: api, store, stop: stop.signal });
  await Promise.all(stores.map(({ synced }) => synced));
  const client = new Client({ transport: api, kinds: KINDS, stores, fieldManager: 'squall', instance: 'test' });
  const log = createLog({ level: 'silent' });
  const options = { client, log, metrics: createMetrics({ version: 'test' }), stop: stop.signal };
  void runLoop(workflowReconciler({ actions, workflows }, 'squall'), options);
  void runLoop(actionReconciler({ actions, workflows }), options);
  const conditionOf = (name: string, store: Store<Action> | Store<Workflow>) =>
    store.get(`default/${name}`)?.status?.conditions?.[0];
  return {
    api,
    becomes: (name: string, reason: string) => expect.poll(() => conditionOf(name, workflows)?.reason).toBe(reason),
    actionBecomes: (name: string, reason: string) => expect.poll(() => conditionOf(name, actions)?.reason).toBe(reason),
    message: (name: string) => conditionOf(name, workflows)?.message,
    drop: (plural: string, name: string) => api.drop(`/apis/squall.dev/v1alpha1/namespaces/default/${plural}/${name}`),
    [Symbol.dispose]: () => stop.abort(),
  };
}

test('a workflow becomes ready when the action that it names comes, and loses it when that goes', async () => {
  using loop = await start(workflow('acme.w', 'acme.a'));
  await loop.becomes('acme.w', 'ContentInvalid');
  loop.api.put(action('acme.a'));
  await loop.becomes('acme.w', 'Accepted');
  loop.drop('actions', 'acme.a');
  await loop.becomes('acme.w', 'ContentInvalid');
});

test('a chain may be applied before its actions: it is told what is missing until it comes', async () => {
  const definition = { chain: [{ name: 'a', ref: 'acme.a' }] };
  const spec = WorkflowSpec.parse({ engine: 'action-chain', definition });
  using loop = await start(draft('Workflow', 'acme.w', spec, 'default', OLD));
  await loop.becomes('acme.w', 'AcceptedWithWarnings');
  expect(loop.message('acme.w')).toMatch(/chain\[0\]\.ref: Task "a": The action "acme\.a" is not registered/);
  loop.api.put(action('acme.a'));
  await loop.becomes('acme.w', 'Accepted');
});

test('pack core is that of the operator, other packs are those of the namespace', async () => {
  using loop = await start(
    workflow('acme.w', 'core.noop'),
    workflow('acme.v', 'acme.a'),
    action('core.noop', 'squall'),
    action('acme.a', 'elsewhere'),
  );
  await loop.becomes('acme.w', 'Accepted');
  await loop.becomes('acme.v', 'ContentInvalid');
});

test('a circle is told to each that is in it, and to nobody when it is opened', async () => {
  using loop = await start(workflow('acme.a', 'acme.b'), workflow('acme.b', 'acme.c'), action('core.noop', 'squall'));
  await loop.becomes('acme.b', 'ContentInvalid');
  await loop.becomes('acme.a', 'Accepted');
  loop.api.put(workflow('acme.c', 'acme.a'));
  for (const name of ['acme.a', 'acme.b', 'acme.c']) await loop.becomes(name, 'ReferenceCycle');
  expect(loop.message('acme.b')).toMatch(/acme\.b → acme\.c → acme\.a → acme\.b/);
  loop.drop('workflows', 'acme.c');
  await loop.becomes('acme.b', 'ContentInvalid');
  loop.api.put(workflow('acme.c', 'core.noop'));
  for (const name of ['acme.a', 'acme.b', 'acme.c']) await loop.becomes(name, 'Accepted');
});

test('a workflow that names itself is refused', async () => {
  using loop = await start(workflow('acme.w', 'acme.w'));
  await loop.becomes('acme.w', 'ReferenceCycle');
});

test('an Action and a Workflow cannot have the same reference: the older keeps it, until it goes', async () => {
  using loop = await start(workflow('acme.x', 'core.noop', NEW), action('core.noop', 'squall'), action('acme.x'));
  await loop.becomes('acme.x', 'RefTaken');
  await loop.actionBecomes('acme.x', 'Accepted');
  loop.drop('actions', 'acme.x');
  await loop.becomes('acme.x', 'Accepted');
  loop.api.put(action('acme.x', 'default', '2026-01-03T00:00:00Z'));
  await loop.actionBecomes('acme.x', 'RefTaken');
  loop.drop('workflows', 'acme.x');
  await loop.actionBecomes('acme.x', 'Accepted');
});
