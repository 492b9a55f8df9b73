// operator/controllers/workflow-run-rerun.test.ts — a run goes on from another's tasks with changed parameters: what was done stands, if it would have been done.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { childrenOf, draft, ends, operator, run, server, statusOf } from './workflow-run.setup.ts';

const PICKY = draft(
  'Action',
  'acme.picky',
  ActionSpec.parse({ runner: 'noop', parameters: { word: { type: 'string', enum: ['good', 'fine'] } } }),
);
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
  const made = (await childrenOf(api)).filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === 'again');
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
