// operator/controllers/notify-workflows.test.ts — whom the ends of a workflow's tasks are told: what their Executions say, by engine.
import { expect, test } from 'vitest';
import { WorkflowSpec } from '../api/workflow.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import { CHAIN, childrenOf, draft, ends, operator, run, server, statusOf, workflow } from './workflow-run.setup.ts';

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
