// cli/run-graph.test.ts — graphs of runs, against an HTTP server that answers as an API server does.
import { expect, test, vi } from 'vitest';
import { reply, serve } from './api-server.setup.ts';
import { execution, listing, MINE, REVISION, revision, ship, step, workflowState } from './tree.setup.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

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
