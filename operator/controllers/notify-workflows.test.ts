// operator/controllers/notify-workflows.test.ts — whom the ends of a workflow's tasks are told: what their Executions say, by engine.
import { expect, test } from 'vitest';
import { WorkflowSpec } from '../api/workflow.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import {
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
  WAITS,
  workflow,
} from './workflow-run.setup.ts';

const NOTIFY = { 'on-complete': { routes: ['ops'] } };
const notifyOf = async (api: ScriptedTransport) =>
  (await childrenOf(api)).map(({ metadata, spec }) => [
    metadata.annotations?.['squall.dev/task'],
    (spec as { request: { notify?: object } }).request.notify,
  ]);

test('the end of a task is told where the workflow names it, as its Execution says', async () => {
  const asked = { action: 'acme.w', parameters: { notify: ['c'] }, notify: NOTIFY };
  const api = server(workflow(CHAIN), draft('Execution', 'run', { request: asked, control: 'run' }));
  const one = await operator(api);
  await ends(api, 'Succeeded');
  one.stop();
  expect(new Map((await notifyOf(api)) as [string, object][])).toEqual(new Map([['a'], ['b'], ['c', NOTIFY]] as never));
});

test('a workflow that is to tell of a task that it does not have fails', async () => {
  const asked = { action: 'acme.w', parameters: { notify: ['x'] } };
  const api = server(workflow(CHAIN), draft('Execution', 'run', { request: asked, control: 'run' }));
  const one = await operator(api);
  await ends(api, 'Failed');
  one.stop();
  expect(statusOf(api)?.message).toBe(
    'The following tasks in the notify parameter do not exist in the workflow definition: x.',
  );
});

test('tasks of a chain are told as they say, else as the Workflow does; a notify that cannot be read fails its task', async () => {
  const chain = [
    { name: 'a', ref: 'core.noop', 'on-success': 'b' },
    { name: 'b', ref: 'core.noop', notify: { 'on-success': { routes: ['own'] } }, 'on-success': 'c' },
    { name: 'c', ref: 'core.noop', 'on-success': 'd' },
    { name: 'd', ref: 'core.noop', notify: { 'on-success': { routes: 'odd' } } },
  ];
  const spec = WorkflowSpec.parse({
    engine: 'action-chain',
    definition: { chain },
    parameters: { skip_notify: { default: ['c'] } },
    notify: NOTIFY,
  });
  const api = server(draft('Workflow', 'acme.w', spec), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  one.stop();
  expect(await notifyOf(api)).toEqual([
    ['a', NOTIFY],
    ['b', { 'on-success': { routes: ['own'] } }],
    ['c', undefined],
  ]);
  expect(JSON.stringify(statusOf(api)?.result)).toContain('notify.on-success.routes');
});

const notifications = () => ({ ends: () => false, notifications: true });
const leader = (api: ScriptedTransport) => operator(api, undefined, undefined, notifications);
const WORKFLOW = '/apis/squall.dev/v1alpha1/namespaces/default/workflows/acme.w';
const PAGER = { 'on-failure': { routes: ['pager'] } };
const telling = (notify?: object) =>
  draft('Workflow', 'acme.w', { ...(workflow(WAITS)['spec'] as object), ...(notify && { notify }) });

test.each([
  ['is gone', PAGER, (api: ScriptedTransport) => api.drop(WORKFLOW), 'Due'],
  ['tells nobody any more', PAGER, (api: ScriptedTransport) => api.put(telling()), 'Due'],
  ['tells somebody now', undefined, (api: ScriptedTransport) => api.put(telling(PAGER)), undefined],
] as const)(
  'the end of a run is told as it began, where the Workflow %s; after a restart too',
  async (_, first, then, mark) => {
    for (const isRestarted of [false, true]) {
      const api = server(telling(first), NEVER, run());
      let one = await leader(api);
      await children(api, 1);
      await expect.poll(() => statusOf(api)?.workflow?.journal.length).toBe(1);
      if (isRestarted) one.stop();
      then(api);
      if (isRestarted) one = await leader(api);
      await expect.poll(() => one.workflows.get('default/acme.w')?.spec.notify).toEqual(mark ? undefined : PAGER);
      const [child] = await childrenOf(api);
      api.drop(`${PATH}/${child?.metadata.name}`);
      await ends(api, 'Failed');
      one.stop();
      expect((statusOf(api) as { events?: string }).events).toBe(mark);
    }
  },
);
