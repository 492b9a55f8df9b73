// operator/controllers/workflow-run-refused.test.ts — a Workflow with an error does not run: what is wrong is judged as things are when the run begins.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { childrenOf, draft, ends, NEVER, operator, run, server, statusOf, workflow } from './workflow-run.setup.ts';

const calling = (name: string, action: string) =>
  draft('Workflow', name, WorkflowSpec.parse({ engine: 'orquesta', definition: { tasks: { t: { action } } } }));

test.each<[string, object, string, object[]]>([
  [
    'names a task that is not there',
    { a: { action: 'core.noop', next: [{ do: 'b' }] } },
    'Workflow "acme.w" is not valid: ',
    [expect.objectContaining({ type: 'semantic', message: 'The task "b" is not defined.' }) as object],
  ],
  [
    'names an action that is not there',
    { a: { action: 'core.noop', next: [{ do: 'b' }] }, b: { action: 'core.gone' } },
    'The action "core.gone" is not registered in the database.',
    [
      {
        type: 'content',
        message: 'The action "core.gone" is not registered in the database.',
        spec_path: 'tasks.b.action',
        schema_path: expect.any(String) as string,
      },
    ],
  ],
])('one that %s is refused with the findings', async (_, tasks, message, errors) => {
  const api = server(workflow(tasks), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(statusOf(api)).toMatchObject({
    reason: 'WorkflowInvalid',
    message: expect.stringContaining(message) as string,
    result: { errors, output: null },
  });
  expect(await childrenOf(api)).toEqual([]);
  one.stop();
});

test('one that would run itself is refused, by whatever way', async () => {
  const api = server(workflow({ a: { action: 'acme.v' } }), calling('acme.v', 'acme.w'), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(statusOf(api)).toMatchObject({
    reason: 'WorkflowInvalid',
    message:
      'Workflow "acme.w" is not valid: It would run itself: acme.w → acme.v → acme.w; take one of these references out',
  });
  expect(await childrenOf(api)).toEqual([]);
  one.stop();
});

test('an action that came after the Workflow is there for its runs; one under way outlives its action', async () => {
  const api = server(workflow({ a: { action: 'acme.never' } }));
  const one = await operator(api);
  api.put(NEVER);
  await expect.poll(() => one.workflows.get('default/acme.w')).toBeDefined();
  await expect
    .poll(async () => (await api.page('/apis/squall.dev/v1alpha1/namespaces/default/actions', {})).items.length)
    .toBe(1);
  await new Promise((go) => setTimeout(go, 50)); // its watch has told the operator too
  api.put(run());
  await expect.poll(async () => (await childrenOf(api)).length).toBe(1);
  one.stop();
  api.put({ ...NEVER, spec: ActionSpec.parse({ runner: 'noop', parameters: { host: { required: true } } }) });
  const two = await operator(api);
  await expect.poll(() => statusOf(api)?.phase).toBe('Running');
  two.stop();
});

const CHAIN = (more: object) => ({
  chain: [
    { name: 'a', ref: 'core.noop', 'on-success': 'b' },
    { name: 'b', ref: 'core.gone', ...more },
    { name: 'c', ref: 'core.noop' },
  ],
});
const MISTRAL = (more: object) => ({
  version: '2.0',
  'acme.w': {
    tasks: {
      a: { action: 'core.noop', 'on-success': ['b'] },
      b: { action: 'core.gone', ...more },
      c: { action: 'core.noop', join: 1 },
    },
  },
});
const UNKNOWN = 'Failed to run task "b". Action with reference "core.gone" doesn\'t exist.';

test.each<[string, 'action-chain' | 'mistral', object, string, object]>([
  ['a chain ends, whatever follows', 'action-chain', CHAIN({ 'on-failure': 'c' }), 'Failed', { error: UNKNOWN }],
  [
    'Mistral, where somebody sees to it',
    'mistral',
    MISTRAL({ 'on-error': ['c'] }),
    'Succeeded',
    { extra: { state: 'SUCCESS' }, tasks: [{ name: 'a' }, { name: 'b', state: 'ERROR' }, { name: 'c' }] },
  ],
  [
    'Mistral, where nobody does',
    'mistral',
    { version: '2.0', 'acme.w': { tasks: { a: { action: 'core.noop' }, b: { action: 'core.gone' } } } },
    'Failed',
    {
      extra: { state: 'ERROR' },
      tasks: [
        { name: 'a', state: 'SUCCESS' },
        { name: 'b', state: 'ERROR' },
      ],
    },
  ],
])(
  'an action that is not there fails its task when it is reached: %s',
  async (_, engine, definition, phase, result) => {
    const api = server(draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine, definition })), run());
    const one = await operator(api);
    await ends(api, phase);
    expect(statusOf(api)).toMatchObject({
      reason: phase === 'Failed' ? 'WorkflowFailed' : 'WorkflowSucceeded',
      result:
        'error' in result ? { error: expect.stringContaining(UNKNOWN) as string, tasks: [{ name: 'a' }] } : result,
    });
    const made = (await childrenOf(api)).map(({ metadata }) => metadata.annotations?.['squall.dev/task']);
    expect(new Set(made)).toEqual(new Set(phase === 'Succeeded' ? ['a', 'c'] : ['a']));
    one.stop();
  },
);

test('what is too much for a status is told in part', async () => {
  const names = Array.from({ length: 100 }, (_, i) => `t${i}`);
  const tasks = Object.fromEntries(names.map((name) => [name, { action: `acme.gone-${name}` }]));
  const api = server(workflow(tasks), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  const errors = (statusOf(api)?.result as { errors: unknown[] } | undefined)?.errors ?? [];
  expect(errors.length).toBeGreaterThan(20);
  expect(JSON.stringify(errors).length).toBeLessThan(9000);
  one.stop();
});

test('a workflow of a workbook takes the input that it declares itself', async () => {
  const definition = {
    version: '2.0',
    name: 'acme.w',
    workflows: {
      main: {
        input: ['other'],
        output: { said: '<% $.said %>' },
        tasks: { inner: { workflow: 'sub word="hello"', publish: { said: '<% task(inner).result.said %>' } } },
      },
      sub: {
        input: ['word'],
        output: { said: '<% $.said %>' },
        tasks: { say: { action: 'std.echo output=<% $.word %>', publish: { said: '<% task(say).result %>' } } },
      },
    },
  };
  const parameters = { other: { type: 'string', required: true } };
  const spec = WorkflowSpec.parse({ engine: 'mistral', definition, parameters });
  const request = { action: 'acme.w', parameters: { other: 'x' } };
  const api = server(draft('Workflow', 'acme.w', spec), run('run', { request }));
  const one = await operator(api);
  await expect.poll(() => statusOf(api)?.phase, { timeout: 3000 }).toMatch(/Succeeded|Failed/);
  expect(statusOf(api)?.result).toMatchObject({ said: 'hello', extra: { state: 'SUCCESS' } });
  one.stop();
});
