// cli/tree.test.ts — trees and graphs of Executions, and what is asked of them, against an HTTP server that answers as an API server does.
import { expect, test, vi } from 'vitest';
import type { Execution } from '../operator/api/kinds.ts';
import { type Answer, failure, reply, serve } from './api-server.setup.ts';
import { connect } from './kube.ts';
import { showTree } from './tree.ts';
import { execution, NOW, step, workflowState } from './tree.setup.ts';

const MINE = '/apis/squall.dev/v1alpha1/namespaces/team/executions';
const REVISION = '/apis/apps/v1/namespaces/team/controllerrevisions/ship-1';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

const definition = {
  version: 1,
  tasks: {
    pack: {
      action: 'core.local',
      next: [
        { when: '<% succeeded() %>', do: 'send' },
        { when: '<% failed() %>', do: 'fail' },
      ],
    },
    send: { action: 'core.local', next: [{ do: 'tell' }] },
    tell: { action: 'core.noop' },
  },
};
const revision = (data: object = {}) =>
  reply({ data: { ref: 'shop.ship', engine: 'orquesta', definition, parameters: {}, ...data } });

/** What the list of Executions answers, by its selectors; watches are told `changes`, and then wait. */
function listing(
  all: () => readonly Execution[],
  asked: URLSearchParams[] = [],
  changes: Answer = () => undefined,
): Answer {
  return (request, response, body) => {
    const { searchParams: query } = new URL(request.url ?? '', 'http://x');
    asked.push(query);
    if (query.get('watch')) return changes(request, response.writeHead(200), body);
    const [label, value = ''] = (query.get('labelSelector') ?? '').split('=');
    const field = query.get('fieldSelector')?.replace('metadata.name=', '');
    const items = all().filter(({ metadata }) =>
      field === undefined ? metadata.labels?.[label ?? ''] === value : metadata.name === field,
    );
    reply({ items, metadata: { resourceVersion: '7' } })(request, response, body);
  };
}

const ship = (phase: string, status: object = {}) =>
  execution('ship', phase, { action: 'shop.ship', status: { ...workflowState('ship-1'), ...status } });

test('the tree of a whole story, and of a part of it', async () => {
  const root = ship('Succeeded', { duration: '3s' });
  const inner = step(root, 'pack', 'pack/0/0', 'Succeeded', { action: 'shop.pack', status: workflowState('gone') });
  const all = [root, inner, step(inner, 'wrap', 'wrap/2', 'Succeeded')];
  const asked: URLSearchParams[] = [];
  const squall = await serve({
    [`GET ${MINE}/ship`]: reply(root),
    [`GET ${MINE}/${inner.metadata.name}`]: reply(inner),
    [`GET ${MINE}`]: listing(() => all, asked),
    [`GET ${REVISION}`]: revision(),
  });
  expect(await squall('execution', 'tree', 'ship')).toEqual({
    code: 0,
    err: '',
    out: `✓ ship  shop.ship  Succeeded  3s
└─ ✓ pack  shop.pack  Succeeded
   └─ ✓ wrap (visit 2)  core.local  Succeeded
`,
  });
  const part = await squall('execution', 'tree', inner.metadata.name, '--output', 'json');
  expect(JSON.parse(part.out)).toMatchObject({
    name: inner.metadata.name,
    action: 'shop.pack',
    phase: 'Succeeded',
    revision: 'gone',
    children: [{ task: 'wrap', route: 0, visit: 1, action: 'core.local', children: [] }],
  });
  expect(asked.map((query) => query.get('labelSelector'))).toEqual(['squall.dev/root=ship', 'squall.dev/root=ship']);
});

test('--watch tells what changes until the end, and exits as the Execution does', async () => {
  let root = ship('Running');
  const steps = [step(root, 'pack', 'pack/0/0', 'Running')];
  const squall = await serve({
    [`GET ${MINE}/ship`]: (...all) => reply(root)(...all),
    [`GET ${REVISION}`]: revision(),
    [`GET ${MINE}`]: listing(
      () => [root, ...steps],
      [],
      (request, response) => {
        if (request.url?.includes('fieldSelector')) {
          // It fails half a second after its step did.
          setTimeout(() => {
            root = ship('Failed', { message: 'no luck', result: { output: null } });
            response.write(`${JSON.stringify({ type: 'MODIFIED', object: root })}\n`);
          }, 1500);
          return;
        }
        steps[0] = step(root, 'pack', 'pack/0/0', 'Failed', { status: { message: 'exit code 3' } });
        setTimeout(() => response.write(`${JSON.stringify({ type: 'MODIFIED', object: steps[0] })}\n`), 1000);
      },
    ),
  });
  const { out, err, code } = await squall('execution', 'tree', 'ship', '-w');
  expect([code, err]).toEqual([1, '']);
  const said = out.split('\n').map((line) => line.replaceAll(/^\d\d:\d\d:\d\d |  [\dhdms]+$/g, ''));
  expect(said).toEqual([
    '▶ ship  shop.ship  Running',
    '▶ pack  core.local  Running',
    '✗ pack  core.local  Failed  exit code 3',
    '✗ ship  shop.ship  Failed  no luck',
    '└─ ✗ pack  core.local  Failed  exit code 3',
    '',
  ]);
});

test('a terminal is drawn over, and holds the tree in the end', async () => {
  let root = ship('Running');
  const squall = await serve({
    [`GET ${MINE}/ship`]: (...all) => reply(root)(...all),
    [`GET ${REVISION}`]: revision(),
    [`GET ${MINE}`]: listing(
      () => [root, step(root, 'pack', 'pack/0/0', 'Running')],
      [],
      (request, response) => {
        if (!request.url?.includes('fieldSelector')) return;
        setTimeout(() => {
          root = ship('Succeeded', { duration: '1s' });
          response.write(`${JSON.stringify({ type: 'MODIFIED', object: root })}\n`);
        }, 1500);
      },
    ),
  });
  let out = '';
  const screen = { out: (text: string) => void (out += text), err: () => undefined, colour: false, rows: () => 24 };
  const to = await connect({ kubeconfig: squall.kubeconfig });
  const session = { to, namespace: 'team', operatorNamespace: undefined, screen, now: () => NOW };
  expect(await showTree(session, 'ship', { output: 'tree', watch: true })).toBe(0);
  await to.dispatcher.close();
  const live =
    '▶ ship  shop.ship  Running  10m\n└─ ▶ pack  core.local  Running  10m\n\nNow: 1 running\n  ▶ pack  Running  10m\n';
  const [first, ...drawn] = out.split('\u001b[5A\r\u001b[J\u001b[?7l');
  expect(first).toContain(`\u001b[?7l${live}\u001b[?7h`);
  expect(drawn.at(-1)).toBe('\u001b[?7h✓ ship  shop.ship  Succeeded  1s\n└─ ▶ pack  core.local  Running  10m\n');
});

test('the end of watching when somebody deletes it, or one may not look', async () => {
  const root = ship('Running');
  const gone = await serve({
    [`GET ${MINE}/ship`]: reply(root),
    [`GET ${MINE}`]: listing(() => []),
  });
  expect(await gone('execution', 'tree', 'ship', '-w')).toMatchObject({
    code: 1,
    err: 'squall: Execution ship: somebody deleted it while it ran; its result is lost\n',
  });
  const forbidden = await serve({
    [`GET ${MINE}/ship`]: reply(root),
    [`GET ${MINE}`]: failure(403, 'Forbidden', 'executions is forbidden'),
  });
  expect((await forbidden('execution', 'tree', 'ship', '-w')).err).toMatch(/^squall: list Executions: executions is/);
});

test('the graph of a run is that of the definition that it began with, with how its tasks stand', async () => {
  const root = ship('Running');
  const all = [
    step(root, 'pack', 'pack/0/0', 'Failed'),
    step(root, 'pack', 'pack/0/1', 'Succeeded'),
    step(root, 'send', 'send/0/0', 'Running'),
  ];
  const squall = await serve({
    [`GET ${MINE}/ship`]: reply(root),
    [`GET ${MINE}`]: listing(() => all),
    [`GET ${REVISION}`]: revision(),
  });
  const { out, err } = await squall('execution', 'graph', 'ship');
  expect(err).toBe('');
  expect(out).toContain('n0["✓ pack<br/>core.local<br/>×2"]:::succeeded\n');
  expect(out).toContain('n1["▶ send<br/>core.local"]:::running\n');
  expect(out).toContain('n2["○ tell<br/>core.noop"]:::waiting\n');
  expect(out).toContain('n3(["fail"])\n');
  expect((await squall('execution', 'graph', 'ship', '--format', 'svg')).out).toContain('aria-label="shop.ship: ship"');
});

test('a graph of what is over, gone on with, refused, or done by the engine itself', async () => {
  const before = ship('Failed', { result: { errors: [{ task_id: 'tell', message: 'refused' }] } });
  const again = execution('again', 'Failed', {
    action: 'shop.ship',
    request: { rerun: { tasks: ['send'] }, cause: { rerunOf: 'ship' } },
    status: workflowState('ship-1'),
  });
  const mistral = execution('m', 'Succeeded', {
    action: 'shop.m',
    status: { ...workflowState('m-1'), result: { tasks: [{ name: 'a', state: 'SUCCESS' }] } },
  });
  const plain = execution('plain', 'Succeeded');
  const all = [
    step(before, 'pack', 'pack/0/0', 'Succeeded'),
    step(before, 'send', 'send/0/0', 'Failed'),
    step(again, 'send', 'send/0/1', 'Succeeded'),
  ];
  const squall = await serve({
    ...Object.fromEntries(
      [before, again, mistral, plain].map((one) => [`GET ${MINE}/${one.metadata.name}`, reply(one)]),
    ),
    [`GET ${MINE}`]: listing(() => all),
    [`GET ${REVISION}`]: revision(),
    [`GET ${REVISION.replace('ship-1', 'm-1')}`]: revision({
      ref: 'shop.m',
      engine: 'mistral',
      definition: { version: '2.0', 'shop.m': { tasks: { a: { action: 'std.noop' }, b: { action: 'core.noop' } } } },
    }),
  });
  const classesOf = ({ out }: { out: string }) => out.match(/(?<=:::)\w+/g);
  expect(classesOf(await squall('execution', 'graph', 'ship'))).toEqual(['succeeded', 'failed', 'failed']);
  expect(classesOf(await squall('execution', 'graph', 'again'))).toEqual(['succeeded', 'succeeded', 'skipped']);
  expect(classesOf(await squall('execution', 'graph', 'm'))).toEqual(['succeeded', 'skipped']);
  expect((await squall('execution', 'graph', 'plain')).err).toBe(
    'squall: Execution plain: it runs no workflow, or has not begun; see "squall execution get plain"\n',
  );
});

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
