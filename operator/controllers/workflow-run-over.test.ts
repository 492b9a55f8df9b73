// operator/controllers/workflow-run-over.test.ts — a run that has ended holds none of the workflows among its steps: they go on, or are stopped for good.
import { expect, test } from 'vitest';
import type { ScriptedTransport } from '../kube/scripted.ts';
import { finish } from './workflow-run-rerun.setup.ts';
import {
  below,
  change,
  children,
  ends,
  FOLLOWED,
  NEVER,
  NOOPS,
  operator,
  PATH,
  run,
  server,
  statusOf,
  workflow,
  workflowOf,
} from './workflow-run.setup.ts';

const control = (api: ScriptedTransport, name: string, asked: string) =>
  void change(api, name, ({ spec }) => ({ spec: { ...(spec as object), control: asked } }));
const stepOf = async (api: ScriptedTransport, task: string) =>
  (await below(api, 'run')).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === task)?.metadata.name ??
  '';

/** `run` has failed while it was pausing, and `i` in it has paused with it. */
async function failedWhilePausing() {
  const tasks = { i: { action: 'acme.inner' }, x: { action: 'acme.never' } };
  const api = server(workflow(tasks), workflowOf('acme.inner', FOLLOWED), NEVER, run());
  const one = await operator(api);
  await children(api, 3);
  const inner = await stepOf(api, 'i');
  control(api, 'run', 'pause');
  await ends(api, 'Pausing', inner);
  await finish(api, 'a/0/0', 'Succeeded');
  await ends(api, 'Paused', inner);
  return { api, one, inner };
}

test('a run that fails while it is pausing lets go what it had paused', async () => {
  const { api, one, inner } = await failedWhilePausing();
  await finish(api, 'x/0/0', 'Failed');
  await ends(api, 'Failed');
  await ends(api, 'Succeeded', inner);
  expect(await below(api, inner)).toHaveLength(2);
  one.stop();
});

test('and its steps are paused, resumed and canceled by their own control', async () => {
  const { api, one, inner } = await failedWhilePausing();
  control(api, inner, 'pause');
  await finish(api, 'x/0/0', 'Failed');
  await ends(api, 'Failed');
  expect(statusOf(api, inner)?.phase).toBe('Paused');
  control(api, inner, 'run');
  await ends(api, 'Succeeded', inner);
  one.stop();
});

test('a step that had not begun does then', async () => {
  const tasks = { i: { action: 'acme.inner', delay: 1 }, x: { action: 'acme.never' } };
  const api = server(workflow(tasks), workflowOf('acme.inner', NOOPS), NEVER, run());
  const one = await operator(api);
  await children(api, 1);
  control(api, 'run', 'pause');
  await children(api, 2);
  const inner = await stepOf(api, 'i');
  await ends(api, 'Paused', inner);
  expect(statusOf(api, inner)?.workflow).toBeUndefined();
  await finish(api, 'x/0/0', 'Failed');
  await ends(api, 'Failed');
  await ends(api, 'Succeeded', inner);
  one.stop();
});

test('a run that cannot be opened again keeps its journal, and stops the workflows in it', async () => {
  const tasks = { i: { action: 'acme.inner' }, q: { action: 'core.noop' } };
  const api = server(workflow(tasks), workflowOf('acme.inner', FOLLOWED), NEVER, run());
  const one = await operator(api);
  await children(api, 3);
  await expect.poll(() => statusOf(api)?.workflow?.tasks).toMatchObject({ succeeded: 1 });
  const [inner, quick] = [await stepOf(api, 'i'), await stepOf(api, 'q')];
  one.stop();
  api.drop(`${PATH}/${quick}`);
  const { journal } = statusOf(api)?.workflow ?? {};
  const two = await operator(api);
  await ends(api, 'Failed');
  const message = expect.stringContaining('somebody deleted it') as string;
  expect(statusOf(api)).toMatchObject({ reason: 'WorkflowInvalid', message, workflow: { tells: 'cancel', journal } });
  await finish(api, 'a/0/0', 'Succeeded');
  await ends(api, 'Canceled', inner);
  expect(await below(api, inner)).toHaveLength(1);
  api.put(run('again', { request: { action: 'acme.w', rerun: {}, cause: { rerunOf: 'run' } } }));
  await ends(api, 'Failed', 'again');
  expect(statusOf(api, 'again')?.message).toMatch(/somebody deleted it/);
  two.stop();
});
