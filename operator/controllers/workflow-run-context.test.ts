// operator/controllers/workflow-run-context.test.ts — what steps of a run know of each other: ids in results, the parent in templates, the environment.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { childrenOf, draft, ends, operator, run, server, statusOf, workflow } from './workflow-run.setup.ts';

const definedAs = (engine: string, definition: object) =>
  draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine, definition }));
const resultOf = (api: Parameters<typeof statusOf>[0]) => statusOf(api)?.result as Readonly<Record<string, unknown>>;

test("the result of a chain has the names of its tasks' Executions", async () => {
  const api = server(definedAs('action-chain', { chain: [{ name: 'a', ref: 'core.noop' }] }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  const [child] = await childrenOf(api);
  const id = child?.metadata.name;
  expect(resultOf(api)['tasks']).toMatchObject([{ execution_id: id, liveaction_id: id }]);
  one.stop();
});

test('a default that names the parent and the task is rendered, here and in the child', async () => {
  const template = '{{ action_context.parent.execution_id }} {{ action_context.orquesta.task_name }}';
  const parameters = { told: { type: 'string', default: template } };
  const told = draft('Action', 'acme.told', ActionSpec.parse({ runner: 'noop', parameters }));
  const api = server(workflow({ a: { action: 'acme.told' } }), told, run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  one.stop();
});

const TOLD = draft(
  'Action',
  'acme.told',
  ActionSpec.parse({
    runner: 'noop',
    parameters: {
      told: { type: 'string' },
      also: { default: '{{ action_context.api_user }} {{ action_context.parent.source_channel }}' },
    },
  }),
);
const st2 = "<% ctx().st2.api_user + ' ' + ctx().parent.source_channel + ' ' + ctx().st2.user %>";

test.each<
  [string, 'orquesta' | 'action-chain' | 'mistral', object, (result: Readonly<Record<string, unknown>>) => unknown]
>([
  [
    'Orquesta',
    'orquesta',
    { version: 1, tasks: { a: { action: 'acme.told', input: { told: st2 } } }, output: [{ told: st2 }] },
    ({ output }) => (output as { told: string }).told,
  ],
  [
    'a chain',
    'action-chain',
    {
      chain: [
        {
          name: 'a',
          ref: 'acme.told',
          parameters: {
            told: '{{ action_context.parent.api_user }} {{ action_context.parent.source_channel }} {{ action_context.parent.user }}',
          },
        },
      ],
    },
    () => 'ann ops bot',
  ],
  [
    'Mistral',
    'mistral',
    {
      version: '2.0',
      'acme.w': {
        vars: { p: "<% env().get('__actions').get('st2.action').st2_context.parent %>" },
        tasks: {
          a: { action: 'acme.told', input: { told: "<% $.p.api_user + ' ' + $.p.source_channel + ' ' + $.p.user %>" } },
        },
        output: { told: "<% $.p.api_user + ' ' + $.p.source_channel + ' ' + $.p.user %>" },
      },
    },
    ({ told }) => told,
  ],
])('who asked in a chat, and where, is known in the run and its tasks: %s', async (_, engine, definition, told) => {
  const context = { user: 'bot', apiUser: 'ann', sourceChannel: 'ops' };
  const api = server(definedAs(engine, definition), TOLD, run('run', { request: { action: 'acme.w', context } }));
  const one = await operator(api);
  await ends(api, 'Succeeded');
  expect(told(resultOf(api))).toBe('ann ops bot');
  const [child] = await childrenOf(api);
  expect(child?.spec).toMatchObject({ request: { parameters: { told: 'ann ops bot' }, context } });
  one.stop();
});

test('without a chat there is neither in the context', async () => {
  const output = [{ names: '<% ctx().st2.keys() + ctx().parent.keys() %>' }];
  const api = server(workflow({ a: { action: 'core.noop' } }, { output }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  expect(JSON.stringify(resultOf(api))).not.toMatch(/api_user|source_channel/);
  one.stop();
});

test('the workflows of a workbook have the environment of the first', async () => {
  const inner = (name: string) => ({ tasks: { t: { workflow: name, publish: { id: '<% task(t).result.id %>' } } } });
  const output = { id: '<% $.id %>' };
  const api = server(
    definedAs('mistral', {
      version: '2.0',
      name: 'acme.w',
      workflows: {
        main: { ...inner('sub'), output: { ...output, own: '<% env().st2_execution_id %>' } },
        sub: { ...inner('leaf'), output },
        leaf: {
          tasks: { t: { action: 'std.noop', publish: { id: '<% env().st2_execution_id %>' } } },
          output,
        },
      },
    }),
    run(),
  );
  const one = await operator(api);
  await ends(api, 'Succeeded');
  const { id, own: top } = resultOf(api);
  expect([typeof id, id]).toEqual(['string', top]);
  one.stop();
});

test('a workflow with parameters that it does not know fails the workflow that runs it', async () => {
  const sub = draft(
    'Workflow',
    'acme.sub',
    WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks: { t: { action: 'core.noop' } } } }),
  );
  const tasks = {
    a: { action: 'acme.sub', input: { zz: 1 }, next: [{ when: '<% failed() %>', do: 'b' }] },
    b: { action: 'core.noop' },
  };
  const api = server(workflow(tasks), sub, run());
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(await childrenOf(api)).toEqual([]);
  expect(resultOf(api)['errors']).toMatchObject([{ message: expect.stringContaining('zz') as string }]);
  one.stop();
});

test('items that were never made do not run when the workflow has ended', async () => {
  const off = draft('Action', 'acme.off', ActionSpec.parse({ runner: 'noop', enabled: false }));
  const api = server(workflow({ a: { with: '<% range(9) %>', action: 'acme.off' } }), off, run());
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(statusOf(api)?.workflow).toMatchObject({ tasks: { running: 0, succeeded: 0, failed: 1 } });
  one.stop();
});
