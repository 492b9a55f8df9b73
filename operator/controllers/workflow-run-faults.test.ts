// operator/controllers/workflow-run-faults.test.ts — what a run meets while it goes on: definitions and actions that change, limits of objects and of tasks.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import type { Draft } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import {
  barrier,
  children,
  childrenOf,
  draft,
  ends,
  FOLLOWED,
  NEVER,
  NOOPS,
  operator,
  run,
  server,
  statusOf,
  WAITS,
  workflow,
  workflowOf,
} from './workflow-run.setup.ts';

const REVISIONS = '/apis/apps/v1/namespaces/default/controllerrevisions';

test('a task that is under way is not judged by what its action has become', async () => {
  const api = server(workflow(WAITS), NEVER, run());
  const one = await operator(api);
  await children(api, 1);
  one.stop();
  const parameters = { cmd: { default: 'date' }, host: { type: 'string', required: true } };
  api.put({ ...NEVER, spec: ActionSpec.parse({ runner: 'local-shell-cmd', parameters }) });
  const two = await operator(api);
  await barrier(api);
  expect(statusOf(api)).toMatchObject({ phase: 'Running', workflow: { journal: ['0 start'] } });
  two.stop();
});

test("an Execution that began as an Action's is not begun again as a Workflow's of the same reference", async () => {
  const api = server(workflow(NOOPS));
  const status = {
    phase: 'Running',
    attempt: 1,
    job: { name: 'run-1', uid: 'u' },
    startedAt: new Date().toISOString(),
  };
  api.put({ ...run(), status } as Draft);
  const one = await operator(api);
  await barrier(api);
  expect(statusOf(api)?.workflow).toBeUndefined();
  one.stop();
});

test('an input that no object can hold is refused, and the others go on', async () => {
  const two = draft('Action', 'acme.two', ActionSpec.parse({ runner: 'noop', parameters: { a: {}, b: {} } }));
  const big = {
    action: 'acme.two',
    input: { a: "<% 'x' * 600000 %>", b: "<% 'x' * 600000 %>" },
    next: [{ when: '<% failed() %>', do: 'noop' }],
  };
  const api = server(workflow({ big, other: { action: 'core.noop' } }), two, run());
  const one = await operator(api, { tasks: 10, contextBytes: 10_000_000, depth: 3 });
  await ends(api, 'Failed');
  expect(JSON.stringify(statusOf(api)?.result)).toMatch(
    /has 1200015 bytes, more than 1048576; hand large values over by reference/,
  );
  one.stop();
});

test('an output that is no number is null, as StackStorm stores it', async () => {
  const output = [{ rate: "<% float('nan') %>" }, { most: "{{ 'inf' | float }}" }];
  const api = server(workflow(NOOPS, { output }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  expect(statusOf(api)?.result).toEqual({ output: { rate: null, most: null } });
  one.stop();
});

test('an action that is no name fails its task, also the first', async () => {
  const api = server(workflow({ a: { action: "<% ['core.noop'] %>" } }), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(JSON.stringify(statusOf(api)?.result)).toContain(`Unable to find action \\"['core.noop']\\"`);
  one.stop();
});

test('who leads again does not rely on definitions that another may have deleted', async () => {
  const api = server(workflow(NOOPS), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  const { items } = await api.page(REVISIONS, {});
  for (const { metadata } of items) api.drop(`${REVISIONS}/${metadata.name}`);
  one.store.beginTerm();
  api.put({ ...run(), metadata: { name: 'later', namespace: 'default' } });
  await ends(api, 'Succeeded', 'later');
  expect((await api.page(REVISIONS, {})).items).toHaveLength(1);
  one.stop();
});

test('the end by a limit stops workflows among the children', async () => {
  const inner = workflowOf('acme.inner', FOLLOWED);
  const tasks = {
    i: { action: 'acme.inner' },
    a: { action: 'core.noop', next: [{ do: 'b,c' }] },
    b: NOOPS.a,
    c: NOOPS.a,
  };
  const api = server(workflow(tasks), inner, NEVER, run());
  const one = await operator(api, { tasks: 3, contextBytes: 10_000, depth: 3 });
  await ends(api, 'Failed');
  expect(statusOf(api)).toMatchObject({ reason: 'WorkflowLimit', workflow: { tells: 'cancel' } });
  const child = (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 'i');
  await expect.poll(() => statusOf(api, child?.metadata.name)?.phase).toMatch(/^Cancel/);
  one.stop();
});

test('definitions are looked for on every page, and those of another namespace are in use too', async () => {
  const api = server(
    draft(
      'Workflow',
      'core.w',
      WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks: NOOPS } }),
      'squall',
    ),
  );
  api.put(run('run', { request: { action: 'core.w' } }));
  for (let i = 0; i < 600; i++) {
    const name = `old-${i}`;
    const labels = { 'squall.dev/workflow': 'old' };
    api.put({ apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name, namespace: 'squall', labels } });
  }
  const one = await operator(api);
  await ends(api, 'Succeeded');
  api.drop('/apis/squall.dev/v1alpha1/namespaces/squall/workflows/core.w');
  await expect.poll(() => one.workflows.size).toBe(0);
  const isUsed = (revision: string) => one.executions.by('revision', revision).length > 0;
  expect(await one.store.collect([], isUsed, { namespace: undefined, now: new Date(Date.now() + 7_200_000) })).toBe(
    600,
  );
  one.stop();
});
