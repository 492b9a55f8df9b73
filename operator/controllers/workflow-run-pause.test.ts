// operator/controllers/workflow-run-pause.test.ts — runs that pause by themselves, or are paused before they have begun.
import { expect, test } from 'vitest';
import { WorkflowSpec } from '../api/workflow.ts';
import {
  barrier,
  below,
  change,
  children,
  draft,
  ends,
  FOLLOWED,
  NEVER,
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

test('a workflow that has paused with one of its steps says how both go on', async () => {
  const tasks = { i: { action: 'acme.inner' }, j: { action: 'acme.inner' } };
  const spec = WorkflowSpec.parse({ engine: 'mistral', definition: { version: '2.0', 'acme.w': { tasks } } });
  const api = server(draft('Workflow', 'acme.w', spec), workflowOf('acme.inner', FOLLOWED), NEVER, run());
  const one = await operator(api);
  await children(api, 4);
  const [i = '', j = ''] = (await below(api, 'run')).map(({ metadata }) => metadata.name);
  const set = (name: string, to: object) =>
    void change(api, name, ({ spec }) => ({ spec: { ...(spec as object), ...to } }));
  const endsInside = async (name: string) => {
    const [action] = await below(api, name);
    const endedAt = new Date().toISOString();
    const status = { phase: 'Succeeded', attempt: 1, startedAt: endedAt, endedAt, result: {} };
    change(api, action?.metadata.name ?? '', () => ({ status }));
  };
  set(j, { control: 'pause' });
  await ends(api, 'Pausing', j);
  await endsInside(j);
  await ends(api, 'Pausing', i);
  await endsInside(i);
  const advice = (...names: readonly string[]) =>
    expect
      .poll(() => statusOf(api)?.message?.split('go on with: ')[1], { timeout: 5000 })
      .toBe(names.map((name) => `squall execution resume ${name}`).join(', then '));
  await advice(j, 'run');
  set(j, { control: 'run' });
  await advice('run');
  expect([i, j].map((name) => statusOf(api, name)?.phase)).toEqual(['Paused', 'Paused']);
  set('run', { resumes: statusOf(api)?.workflow?.pauses });
  await ends(api, 'Succeeded');
  one.stop();
});
