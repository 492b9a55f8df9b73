// cli/tree.test.ts — trees of Executions, and watching them, against an HTTP server that answers as an API server does.
import { expect, test, vi } from 'vitest';
import { failure, reply, serve } from './api-server.setup.ts';
import { connect } from './kube.ts';
import { listing, MINE, NOW, REVISION, revision, ship, step, workflowState } from './tree.setup.ts';
import { showTree } from './tree.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

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
