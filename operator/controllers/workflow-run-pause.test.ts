// operator/controllers/workflow-run-pause.test.ts — runs that pause by themselves, or are paused before they have begun.
import { expect, test } from 'vitest';
import { WorkflowSpec } from '../api/workflow.ts';
import {
  barrier,
  below,
  change,
  draft,
  ends,
  NOOPS,
  operator,
  run,
  server,
  statusOf,
  workflow,
  workflowOf,
} from './workflow-run.setup.ts';

test('a workflow that pauses by itself goes on as often as spec.resumes says', async () => {
  const definition = {
    version: '2.0',
    'acme.w': {
      tasks: {
        a: { action: 'core.noop', 'pause-before': true, 'on-success': ['b'] },
        b: { action: 'core.noop', 'pause-before': true },
      },
    },
  };
  const api = server(draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine: 'mistral', definition })), run());
  const one = await operator(api);
  const pausesAt = (pauses: number) =>
    expect.poll(() => statusOf(api)).toMatchObject({ phase: 'Paused', workflow: { pauses } });
  await pausesAt(1);
  expect(statusOf(api)).toMatchObject({
    reason: 'PausedByWorkflow',
    message: expect.stringContaining('when spec.resumes is 1') as string,
  });
  const resumes = (count: number) =>
    change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), resumes: count } }));
  resumes(1);
  await pausesAt(2);
  one.stop();
  const two = await operator(api);
  await barrier(api);
  await pausesAt(2);
  resumes(2);
  await ends(api, 'Succeeded');
  two.stop();
});

test('what is paused before it has begun begins nothing until it is resumed', async () => {
  const api = server(workflow(NOOPS), run('run', { control: 'pause' }));
  const one = await operator(api);
  await ends(api, 'Paused');
  expect(statusOf(api)).toMatchObject({
    reason: 'PauseRequested',
    message: expect.stringContaining('not begun') as string,
  });
  await barrier(api);
  expect(await below(api, 'run')).toEqual([]);
  change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), control: 'run' } }));
  await ends(api, 'Succeeded');
  one.stop();
});

test('nor does a workflow that its parent asked for before it was paused', async () => {
  const inner = workflowOf('acme.inner', NOOPS);
  const api = server(workflow({ i: { action: 'acme.inner', delay: 1 } }), inner, run());
  const one = await operator(api);
  await expect.poll(() => statusOf(api)?.phase).toBe('Running');
  change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), control: 'pause' } }));
  await ends(api, 'Paused');
  const [child] = await below(api, 'run');
  expect(statusOf(api, child?.metadata.name)?.phase).toBe('Paused');
  expect(await below(api, child?.metadata.name ?? '')).toEqual([]);
  change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), control: 'run' } }));
  await ends(api, 'Succeeded');
  one.stop();
});
