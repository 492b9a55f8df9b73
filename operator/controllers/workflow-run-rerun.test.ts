// operator/controllers/workflow-run-rerun.test.ts — a run goes on from another's tasks, with changed parameters, too: what was done stands, if it would have been done.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { from, ONE, PICKY, requestOf } from './workflow-run-rerun.setup.ts';
import { below, draft, ends, operator, run, server, statusOf, workflow } from './workflow-run.setup.ts';

const DEFINITION = {
  version: 1,
  input: ['word', 'way'],
  vars: [{ kept: '-' }],
  tasks: {
    a: {
      action: 'core.noop',
      next: [
        { when: "<% ctx(way) = 'left' %>", publish: [{ kept: '<% ctx(word) %>' }], do: 'b' },
        { when: "<% ctx(way) = 'right' %>", do: 'c' },
      ],
    },
    b: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } },
    c: { action: 'core.noop' },
  },
  output: [{ kept: '<% ctx(kept) %>' }],
};
const WORKFLOW = draft(
  'Workflow',
  'acme.w',
  WorkflowSpec.parse({ engine: 'orquesta', definition: DEFINITION, parameters: { word: {}, way: {} } }),
);
const parametersOf = (word: string, way: string) => ({ action: 'acme.w', parameters: { word, way } });
const again = (name: string, word: string, way: string, rerun: object = { tasks: ['b'] }, rerunOf = 'run') =>
  run(name, { request: { ...parametersOf(word, way), rerun, cause: { rerunOf } } });

test('tasks are run again with other parameters, and only they', async () => {
  const api = server(WORKFLOW, PICKY, run('run', { request: parametersOf('bad', 'left') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  api.put(again('again', 'good', 'left'));
  await ends(api, 'Succeeded', 'again');
  expect(statusOf(api, 'again')?.result).toEqual({ output: { kept: 'good' } });
  const made = await below(api, 'again');
  expect(made.map(({ spec }) => (spec as { request: { parameters: unknown } }).request.parameters)).toEqual([
    { word: 'good' },
  ]);
  api.put(again('failed-ones', 'good', 'left', {}));
  await ends(api, 'Succeeded', 'failed-ones');
  api.put(again('once-more', 'fine', 'left', { tasks: ['b'] }, 'again'));
  await ends(api, 'Succeeded', 'once-more');
  expect(statusOf(api, 'once-more')?.result).toEqual({ output: { kept: 'fine' } });
  one.stop();
});

test('parameters with which it would have gone another way are refused', async () => {
  const api = server(WORKFLOW, PICKY, run('run', { request: parametersOf('bad', 'left') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  for (const [name, way] of [
    ['other', 'right'],
    ['nowhere', 'up'],
  ] as const) {
    api.put(again(name, 'good', way));
    await ends(api, 'Failed', name);
    expect(statusOf(api, name)).toMatchObject({
      reason: 'WorkflowInvalid',
      message:
        'spec.request.parameters: with these Execution "run" would not have come to the same tasks; change others, or run it again as a whole',
    });
  }
  one.stop();
});

test('who asks again is another one: that is refused only where the way depended on it', async () => {
  const tasks = {
    a: {
      action: 'core.noop',
      next: [
        { when: "<% ctx().st2.user = 'ann' %>", do: 'b' },
        { when: "<% ctx().st2.user != 'ann' %>", do: 'c' },
      ],
    },
    b: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } },
    c: { action: 'core.noop' },
  };
  const asked = (user: string, more: object = {}) => ({ request: { ...requestOf('bad'), context: { user }, ...more } });
  const api = server(ONE(tasks), PICKY, run('run', asked('ann')));
  const one = await operator(api);
  await ends(api, 'Failed');
  const rerun = { rerun: { tasks: ['b'] }, cause: { rerunOf: 'run' } };
  api.put(run('by-bob', asked('bob', rerun)));
  await ends(api, 'Failed', 'by-bob');
  expect(statusOf(api, 'by-bob')).toMatchObject({
    reason: 'WorkflowInvalid',
    message:
      'spec.request.context: in this name Execution "run" would not have come to the same tasks; run it again as a whole',
  });
  api.put(run('by-ann', { request: { ...requestOf('good'), context: { user: 'ann' }, ...rerun } }));
  await ends(api, 'Succeeded', 'by-ann');
  one.stop();
});

test('a Workflow that is disabled is not gone on with either', async () => {
  const tasks = { b: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } } };
  const api = server(ONE(tasks), PICKY, run('run', { request: requestOf('bad') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  const off = ONE(tasks);
  api.put({ ...off, spec: { ...(off.spec as object), enabled: false } });
  await expect.poll(() => one.workflows.get('default/acme.w')?.spec.enabled).toBe(false);
  api.put(from('again', 'good', { tasks: ['b'] }));
  await ends(api, 'Failed', 'again');
  expect(statusOf(api, 'again')).toMatchObject({
    reason: 'WorkflowDisabled',
    message: 'Unable to execute. Workflow "acme.w" is disabled. Set spec.enabled of Workflow acme.w to true',
  });
  one.stop();
});

test('a rerun sees the same chance as what it goes on from', async () => {
  const tasks = {
    a: { action: 'core.noop', next: [{ publish: 'r=<% random(1, 1000000000) %>', do: 'b' }] },
    b: { action: "acme.missing<% '' %>" },
  };
  const api = server(workflow(tasks, { vars: [{ r: null }], output: [{ r: '<% ctx().r %>' }] }), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  const request = { action: 'acme.w', rerun: {}, cause: { rerunOf: 'run' } };
  api.put(run('again', { request }));
  await ends(api, 'Failed', 'again');
  const [first, second] = [statusOf(api), statusOf(api, 'again')].map(
    (status) => status?.result as { output: { r: number } },
  );
  expect(first?.output.r).toBeGreaterThan(0);
  expect(second?.output).toEqual(first?.output);
  one.stop();
});

test('a rerun names tasks inside a workflow of the same workbook', async () => {
  const definition = {
    version: '2.0',
    name: 'acme.w',
    workflows: {
      main: { tasks: { t: { workflow: 'sub', 'on-success': ['u'] }, u: { action: 'core.noop' } } },
      sub: { tasks: { r: { action: 'core.noop', 'on-success': ['s'] }, s: { action: 'acme.late' } } },
    },
  };
  const late = draft('Action', 'acme.late', ActionSpec.parse({ runner: 'noop', enabled: false }));
  const api = server(draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine: 'mistral', definition })), late, run());
  const one = await operator(api);
  await ends(api, 'Failed');
  api.put({ ...late, spec: ActionSpec.parse({ runner: 'noop' }) });
  api.put(run('wrong', { request: { action: 'acme.w', rerun: { tasks: ['u.s'] }, cause: { rerunOf: 'run' } } }));
  await ends(api, 'Failed', 'wrong');
  expect(statusOf(api, 'wrong')?.message).toMatch(/Unable to identify rerunable tasks: u\.s/);
  api.put(run('again', { request: { action: 'acme.w', rerun: { tasks: ['t.s'] }, cause: { rerunOf: 'run' } } }));
  one.stop();
  const two = await operator(api);
  await ends(api, 'Succeeded', 'again');
  const tasks = async (name: string) =>
    (await below(api, name)).map(({ metadata }) => metadata.annotations?.['squall.dev/task']);
  expect((await tasks('again')).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(['t', 'u']);
  const inner = (await below(api, 'again')).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 't');
  expect(await tasks(inner?.metadata.name ?? '')).toEqual(['s']);
  two.stop();
});
