// cli/control.test.ts — what is asked of workflows that run or have run: a pause, to go on, to run again, and why not.
import { expect, test, vi } from 'vitest';
import { type Answer, reply, serve } from './api-server.setup.ts';
import { execution, MINE, ship, step, workflowState } from './tree.setup.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

test('pause and resume set control; what cannot be done says why', async () => {
  const patches: unknown[] = [];
  const inner = step(ship('Paused'), 'pack', 'pack/0/0', 'Paused', { status: workflowState('x') });
  const known = [
    ship('Running'),
    execution('held', 'Paused', { control: 'pause', status: workflowState('x') }),
    execution('by-child', 'Paused', { status: workflowState('x') }),
    inner,
    execution('job', 'Running'),
    execution('ending', 'Canceling', { control: 'cancel' }),
    execution('over', 'Failed'),
  ];
  const squall = await serve(
    Object.fromEntries(
      known.flatMap(({ metadata: { name }, ...rest }): [string, Answer][] => [
        [
          `GET ${MINE}/${name}`,
          reply({ metadata: { ...known.find((k) => k.metadata.name === name)?.metadata }, ...rest }),
        ],
        [
          `PATCH ${MINE}/${name}`,
          (request, response, body) => {
            patches.push([name, JSON.parse(body)]);
            reply({})(request, response, body);
          },
        ],
      ]),
    ),
  );
  expect(await squall('execution', 'pause', 'ship', 'held', 'over')).toEqual({
    code: 0,
    err: '',
    out: `Execution ship: pause requested.
Execution held: it was paused before: Paused.
Execution over has already ended: Failed.
`,
  });
  expect(await squall('execution', 'pause', 'job', 'ending')).toEqual({
    code: 1,
    out: '',
    err: `Execution job: it runs an action, and only workflows can be paused; cancel it instead.
Execution ending: it is being canceled, which cannot be taken back.
`,
  });
  expect(await squall('execution', 'resume', 'held', 'ship', 'by-child', inner.metadata.name)).toEqual({
    code: 1,
    out: 'Execution held: resume requested.\nExecution ship: it is not paused: Running.\n',
    err: `Execution by-child: something in it is paused; resume that, see "squall execution tree by-child".
Execution ${inner.metadata.name}: it was not paused by itself; resume the workflow that it is a part of: ship.
`,
  });
  expect(patches).toEqual([
    ['ship', { spec: { control: 'pause' } }],
    ['held', { spec: { control: 'run' } }],
  ]);
});

test('a re-run from named tasks, or from those that failed, of a workflow that has ended', async () => {
  const requests: unknown[] = [];
  const old = execution('ship', 'Failed', {
    action: 'shop.ship',
    request: { workflow: 'main', parameters: { sku: 'a' } },
    status: workflowState('ship-1'),
  });
  const squall = await serve({
    [`GET ${MINE}/ship`]: reply(old),
    [`GET ${MINE}/on`]: reply(execution('on', 'Running', { status: workflowState('ship-1') })),
    [`GET ${MINE}/job`]: reply(execution('job', 'Failed')),
    [`POST ${MINE}`]: (request, response, body) => {
      requests.push(JSON.parse(body).spec.request);
      reply(JSON.parse(body), 201)(request, response, body);
    },
  });
  const rerun = (...words: string[]) => squall('execution', 're-run', '--async', '--user', 'jane', ...words);
  expect((await rerun('ship', '--tasks', 'pack', 'send', '--reset', 'send')).code).toBe(0);
  expect((await rerun('ship', '--tasks')).code).toBe(0);
  expect((await rerun('ship', '--reset', 'send')).code).toBe(0);
  expect((await rerun('ship')).code).toBe(0);
  const base = {
    action: 'shop.ship',
    workflow: 'main',
    parameters: { sku: 'a' },
    context: { user: 'jane' },
    cause: { depth: 0, rerunOf: 'ship' },
  };
  expect(requests).toEqual([
    { ...base, rerun: { tasks: ['pack', 'send'], reset: ['send'] } },
    { ...base, rerun: {} },
    { ...base, rerun: { reset: ['send'] } },
    base,
  ]);
  expect(await rerun('on', '--tasks', 'a')).toMatchObject({
    code: 1,
    err: 'squall: Execution on: it goes on (Running); wait for its end, or cancel it\n',
  });
  expect((await rerun('job', '--tasks', 'a')).err).toContain('Execution job: it ran no workflow;');
  expect(await rerun('ship', '--tasks', 'a', '--reset', 'b')).toMatchObject({ code: 2 });
});
