// operator/controllers/workflow-run.test.ts — runs of workflows against the scripted API server: writes that fail, restarts, deletions, limits.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import type { Draft } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import {
  below,
  CHAIN,
  children,
  childrenOf,
  draft,
  ends,
  NEVER,
  operator,
  PATH,
  run,
  server,
  statusOf,
  workflow,
} from './workflow-run.setup.ts';

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
  const api = server(workflow(waits), NEVER, run());
  const one = await operator(api);
  await children(api, 1);
  const [child] = await childrenOf(api);
  api.drop(`${PATH}/${child?.metadata.name}`);
  await ends(api, 'Failed');
  expect(JSON.stringify(statusOf(api)?.result)).toMatch(/somebody deleted it/);
  one.stop();
});

test('a journal that cannot be read ends the run, and says so', async () => {
  const api = server(workflow({ a: { action: 'acme.never' } }), NEVER, run());
  const one = await operator(api);
  await children(api, 1);
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

test('too many workflows in workflows end it', async () => {
  const inner = (name: string, action: string) =>
    draft('Workflow', name, WorkflowSpec.parse({ engine: 'orquesta', definition: { tasks: { t: { action } } } }));
  const api = server(
    workflow({ a: { action: 'acme.v' } }),
    inner('acme.v', 'acme.u'),
    inner('acme.u', 'core.noop'),
    run(),
    run('shorter', { request: { action: 'acme.v' } }),
  );
  const one = await operator(api, { tasks: 10, contextBytes: 100_000, depth: 2 });
  await ends(api, 'Failed');
  await ends(api, 'Succeeded', 'shorter');
  const deepest = (await childrenOf(api)).map(({ metadata }) => statusOf(api, metadata.name));
  expect(deepest).toContainEqual(
    expect.objectContaining({
      reason: 'WorkflowLimit',
      message: 'it is workflow 3 in a row of workflows in workflows, at most 2 are allowed',
    }),
  );
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

test('a chain sees the configuration of its pack as it was at the start, in defaults and in templates', async () => {
  const take = draft(
    'Action',
    'shop.take',
    ActionSpec.parse({ runner: 'noop', parameters: { host: {}, pin: {}, word: { secret: true } } }),
  );
  const parameters = {
    pin: { default: '{{ config_context.pin }}' },
    word: { secret: true, default: '{{ config_context.word }}' },
  };
  const task = (name: string, more: object) => ({
    name,
    ref: 'shop.take',
    parameters: { host: '{{ config_context.host }}', pin: '{{ pin }}', word: '{{ config_context.word }}' },
    ...more,
  });
  const chain = {
    chain: [{ name: 'wait', ref: 'acme.never', 'on-failure': 'a' }, task('a', { 'on-success': 'b' }), task('b', {})],
  };
  const pack = (host: string) =>
    draft('Pack', 'shop', {
      source: { inline: {} },
      config: { values: { host, pin: 7 }, valuesFrom: [{ path: 'word', secretKeyRef: { name: 's', key: 'k' } }] },
    });
  const shop = draft(
    'Workflow',
    'shop.w',
    WorkflowSpec.parse({ engine: 'action-chain', definition: chain, parameters }),
  );
  const owner = { apiVersion: shop.apiVersion, kind: 'Pack', name: 'shop', uid: 'pack-uid', controller: true };
  const ofPack = { ...shop, metadata: { ...shop.metadata, ownerReferences: [owner] } };
  const api = server(ofPack, take, NEVER, pack('h1'), run('run', { request: { action: 'shop.w' } }));
  const one = await operator(api);
  await children(api, 1);
  one.stop();
  api.put(pack('h2'));
  const [first] = await childrenOf(api);
  const two = await operator(api);
  api.put(run('later', { request: { action: 'shop.w' } }));
  await children(api, 2);
  api.drop(`${PATH}/${first?.metadata.name}`);
  await ends(api, 'Succeeded');
  const own = await below(api, 'run');
  const given = own.map(({ spec }) => (spec as { request: { parameters: object } }).request.parameters);
  const word = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
  expect(given).toEqual([
    { host: 'h1', pin: '7', word },
    { host: 'h1', pin: '7', word },
  ]);
  expect(JSON.stringify(statusOf(api)?.result)).not.toContain('squall:');
  two.stop();
});

test('with-items of nothing is done at once', async () => {
  const api = server(workflow({ ...CHAIN, b: { ...CHAIN.b, with: { items: '<% list() %>' } } }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  expect(await childrenOf(api)).toHaveLength(2);
  one.stop();
});
