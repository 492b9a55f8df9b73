// operator/controllers/notify.test.ts — ends on an API server that fails at every call: told once, then the mark goes; and what is kept meanwhile.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { KINDS } from '../api/kinds.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { sha256 } from '../domain/execution/builders.setup.ts';
import { ACTION_TRIGGER } from '../domain/notify/audience.ts';
import type { InsideEvent } from '../domain/notify/events.ts';
import { Client } from '../kube/client.ts';
import { KIND } from '../kube/paths.ts';
import { runLoop } from '../kube/reconcile.ts';
import { reflect } from '../kube/reflect.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import type { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { projectExecution } from './execution.ts';
import { notifyReconciler } from './notify.ts';
import { RunStore } from './run-store.ts';
import { emptySources } from './sources.setup.ts';

const PATH = '/apis/squall.dev/v1alpha1/namespaces/prod/executions';
const ENDED = '2026-03-01T10:00:02.500Z';
const draft = (kind: string, name: string, spec: unknown, status?: unknown): Draft => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind,
  metadata: { name, namespace: 'prod', generation: 1, creationTimestamp: '2026-03-01T10:00:00Z' },
  spec,
  ...(status === undefined ? {} : { status }),
});
const clean = draft('Action', 'ops.clean', ActionSpec.parse({ runner: 'noop', parameters: { pin: { secret: true } } }));
const ended = (name: string, status: object = {}) =>
  draft(
    'Execution',
    name,
    { request: { action: 'ops.clean', parameters: { pin: 'clear' } }, control: 'run' },
    { phase: 'Succeeded', attempt: 1, endedAt: ENDED, result: { out: 1 }, ...status },
  );

const readResult = async (digest: string) => (digest === 'sha256:big' ? '{"big":true}' : undefined);

interface Way {
  /** Why nothing may come in. */
  why?: string | undefined;
  ends: boolean;
  notifications?: boolean;
}

/** The leader's loop; what comes in creates one object for each event, as rules would. Several may follow each other on one API server. */
async function leader(api: ScriptedTransport, way: Way = { ends: true }) {
  const stop = new AbortController();
  const sources = emptySources();
  const stores = Object.values(sources) as unknown as readonly Store<KubeObject>[];
  for (const store of stores) void reflect({ transport: api, store, stop: stop.signal });
  await Promise.all(stores.map(({ synced }) => synced));
  const client = new Client({ transport: api, kinds: KINDS, stores, fieldManager: 'squall', instance: 'test' });
  const events: InsideEvent['event'][] = [];
  const reconciler = notifyReconciler({
    sources,
    client,
    inside: {
      audience: () => ({ ends: () => way.ends, notifications: way.notifications ?? false }),
      whyNot: () => way.why,
      takeIn: async (taken, by) => {
        for (const { event } of taken) {
          const made = draft('Execution', `told-${event.id.replace('/', '-')}`, { request: { action: 'ops.clean' } });
          await by.client.create(made, { sameAs: () => true });
          events.push(event);
        }
        return { loop: undefined };
      },
    },
    readResult,
    store: new RunStore({ client, transport: api, readResult, sha256 }),
    systemNamespace: 'squall',
    sha256,
  });
  const metrics = createMetrics({ version: 'test' });
  const running = runLoop(reconciler, { client, log: createLog({ level: 'silent' }), metrics, stop: stop.signal });
  const end = async () => {
    stop.abort();
    await running;
  };
  return { sources, events, end };
}

const server = (...objects: readonly Draft[]) =>
  new ScriptedTransport([clean, ...objects], [...KINDS, ...Object.values(KIND)]);
const statusOf = (api: ScriptedTransport, name: string) =>
  api.object(`${PATH}/${name}`)?.status as Record<string, unknown> | undefined;
const markOf = (api: ScriptedTransport, name: string) => statusOf(api, name)?.['events'];
const writesOf = (api: ScriptedTransport) => api.writes().map(({ verb, path }) => `${verb} ${path.slice(PATH.length)}`);
const uidOf = (api: ScriptedTransport, name: string) => api.object(`${PATH}/${name}`)?.metadata.uid ?? '';

test('an end that is due is told, then the mark goes, and nothing else of the status', async () => {
  const api = server(ended('e', { events: 'Due', workflow: undefined }), ended('quiet'));
  const one = await leader(api);
  await expect.poll(() => markOf(api, 'e')).toBeUndefined();
  await one.end();
  expect(writesOf(api)).toEqual([`create `, `replaceStatus /e`]);
  expect(statusOf(api, 'e')).toEqual({ phase: 'Succeeded', attempt: 1, endedAt: ENDED, result: { out: 1 } });
  expect(one.events).toMatchObject([
    {
      type: ACTION_TRIGGER,
      id: `${uidOf(api, 'e')}/end`,
      payload: { parameters: { pin: '********' }, result: { out: 1 } },
    },
  ]);
});

test('the journal of a workflow is still there when the mark has gone', async () => {
  const workflow = {
    revision: 'r',
    startedAt: ENDED,
    journal: ['0 start'],
    tells: 'run',
    tasks: { running: 0, succeeded: 0, failed: 0 },
  };
  const api = server(ended('e', { events: 'Due', workflow }));
  const one = await leader(api);
  await expect.poll(() => markOf(api, 'e')).toBeUndefined();
  await one.end();
  expect(statusOf(api, 'e')).toMatchObject({ workflow });
});

test.each([true, false])(
  'the end of a run is told by the Workflow as it was when the run began, which is there as another one: %s',
  async (isThere) => {
    const schemas = { pin: { secret: true }, plain: {} };
    const now = {
      engine: 'orquesta',
      definition: {},
      parameters: {},
      notify: { 'on-complete': { routes: ['other'] } },
    };
    const data = { ...now, ref: 'ops.w', parameters: schemas, notify: { 'on-complete': { routes: ['pager'] } } };
    const revision = {
      ...KIND.controllerRevision,
      metadata: { name: 'ops.w-1', namespace: 'prod' },
      data,
      revision: 1,
    };
    const request = { action: 'ops.w', parameters: { pin: 'clear', plain: 'p' } };
    const tasks = { running: 0, succeeded: 0, failed: 0 };
    const workflow = { revision: 'ops.w-1', startedAt: ENDED, journal: ['0 start'], tells: 'run', tasks };
    const end = { ...ended('e', { events: 'Due', workflow }), spec: { request, control: 'run' } };
    const api = server(revision, end, ...(isThere ? [draft('Workflow', 'ops.w', WorkflowSpec.parse(now))] : []));
    const one = await leader(api, { ends: true, notifications: true });
    await expect.poll(() => markOf(api, 'e')).toBeUndefined();
    await one.end();
    const parameters = { pin: '********', plain: 'p' };
    expect(one.events.map(({ payload }) => payload)).toMatchObject([
      { action_ref: 'ops.w', runner_ref: 'orquesta', parameters },
      { action_ref: 'ops.w', runner_ref: 'orquesta', route: 'pager' },
    ]);
  },
);

test.each([
  ['before an Execution is created', { verb: 'create', path: '/executions' }, 'reset'],
  ['after one was created', { verb: 'create', path: '/executions' }, 'resetAfterApply'],
  ['before the mark goes', { verb: 'replaceStatus' }, 'reset'],
  ['after the mark has gone', { verb: 'replaceStatus' }, 'resetAfterApply'],
] as const)('a leader that is cut off %s, and the next one: told once', async (_, match, fault) => {
  const api = server(ended('e', { events: 'Due' }), ended('f', { events: 'Due' }));
  api.fail(match, fault, fault, fault, fault);
  const first = await leader(api);
  await expect.poll(() => api.writes().length).toBeGreaterThan(1);
  await first.end();
  const second = await leader(api);
  await expect.poll(() => [markOf(api, 'e'), markOf(api, 'f')], { timeout: 10_000 }).toEqual([undefined, undefined]);
  await second.end();
  const made = (await api.page(PATH, {})).items.map(({ metadata }) => metadata.name).toSorted();
  expect(made).toEqual(['e', 'f', `told-${uidOf(api, 'e')}-end`, `told-${uidOf(api, 'f')}-end`].toSorted());
});

test('a result of the result store is read', async () => {
  const api = server(
    ended('e', { events: 'Due', result: undefined, resultRef: { digest: 'sha256:big', bytes: 20_000 } }),
  );
  const one = await leader(api);
  await expect.poll(() => one.events).toMatchObject([{ payload: { result: { big: true } } }]);
  await one.end();
});

test('an end that cannot be told now keeps its mark, and one that nobody wants to hear of loses it', async () => {
  const api = server(ended('e', { events: 'Due' }));
  const way: Way = { ends: true, why: 'too much is under way' };
  const one = await leader(api, way);
  await one.end();
  expect([markOf(api, 'e'), one.events, writesOf(api)]).toEqual(['Due', [], []]);
  const two = await leader(api, { ends: false });
  await expect.poll(() => markOf(api, 'e')).toBeUndefined();
  await two.end();
  expect([two.events, writesOf(api)]).toEqual([[], ['replaceStatus /e']]);
});

test('what an end is told with stays in the cache as long as its mark', () => {
  const raw = (status: object) => ({
    ...ended('e', status),
    metadata: { name: 'e', namespace: 'prod', uid: 'u', resourceVersion: '1' },
  });
  expect(projectExecution(raw({ events: 'Due' }))).toMatchObject({
    spec: { request: { parameters: { pin: 'clear' } } },
    status: { result: { out: 1 } },
  });
  const told = projectExecution(raw({}));
  expect([told.spec.request.parameters, told.status?.result]).toEqual([undefined, undefined]);
});
