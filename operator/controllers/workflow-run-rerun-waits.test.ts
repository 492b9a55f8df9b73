// operator/controllers/workflow-run-rerun-waits.test.ts — a run goes on from one of which something is still under way: it waits for that, and takes in what it comes to.
import { expect, test, vi } from 'vitest';
import type { Draft } from '../api/meta.ts';
import { Executions } from '../domain/workflow/orquesta/executions.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import { finish, from, made, ONE, requestOf } from './workflow-run-rerun.setup.ts';
import { children, childrenOf, ends, NEVER, operator, PATH, run, server, statusOf } from './workflow-run.setup.ts';

/** `a` fails while `b` is under way, and leads to `c`. */
async function failedBeside(): Promise<{ api: ScriptedTransport; stop: () => void; b: string }> {
  const tasks = {
    a: { action: 'acme.never' },
    b: { action: 'acme.never', next: [{ publish: [{ said: '<% result().stdout %>' }], do: 'c' }] },
    c: { action: 'core.noop' },
  };
  const api = server(ONE(tasks, [{ said: '<% ctx(said) %>' }]), NEVER, run('run', { request: requestOf('w') }));
  const one = await operator(api);
  await children(api, 2);
  await finish(api, 'a/0/0', 'Failed');
  await ends(api, 'Failed');
  const b = (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 'b');
  return { api, stop: () => one.stop(), b: b?.metadata.name ?? '' };
}

/** `again` has run `a` anew, and `c` with what `b` said. */
async function endsWithB(api: ScriptedTransport): Promise<void> {
  await finish(api, 'a/0/1', 'Succeeded');
  await ends(api, 'Succeeded', 'again');
  expect(statusOf(api, 'again')?.result).toEqual({ output: { said: 'x' } });
  expect(await made(api)).toEqual([
    'again a/0/1 Succeeded',
    'again c/0/0 Succeeded',
    'run a/0/0 Failed',
    'run b/0/0 Succeeded',
  ]);
}

test('what ended after its run had failed is taken in by a rerun, and not run again', async () => {
  const { api, stop } = await failedBeside();
  await finish(api, 'b/0/0', 'Succeeded');
  api.put(from('again', 'w', { tasks: ['a'] }));
  await endsWithB(api);
  stop();
  const two = await operator(api);
  api.put(from('third', 'w', { tasks: ['c'] }, 'again'));
  await ends(api, 'Succeeded', 'third');
  expect(statusOf(api, 'third')?.result).toEqual({ output: { said: 'x' } });
  expect(await made(api)).toHaveLength(5);
  two.stop();
});

/** As `failedBeside`, with a rerun that waits for `b`. */
async function waiting() {
  const started = await failedBeside();
  const { api } = started;
  api.put(from('again', 'w', { tasks: ['a'] }));
  await expect.poll(() => statusOf(api, 'again')?.reason, { timeout: 5000 }).toBe('RerunWaits');
  return started;
}

test('a run of which something is still under way is gone on with when that has ended', async () => {
  const { api, stop, b } = await waiting();
  expect(statusOf(api, 'again')).toMatchObject({
    phase: 'Requested',
    message: `it goes on when Execution "${b}" has ended: task "b" of Execution "run" is still under way. Wait, or cancel it: squall execution cancel ${b}`,
  });
  expect(statusOf(api, 'again')?.workflow).toBeUndefined();
  expect(await made(api)).toHaveLength(2);
  await finish(api, 'b/0/0', 'Succeeded');
  await endsWithB(api);
  stop();
});

test('one that waits outlives the operator, and all that wait for the same go on', async () => {
  const { api, stop } = await waiting();
  stop();
  const two = await operator(api);
  api.put(from('third', 'w', { tasks: ['a'] }));
  await expect.poll(() => statusOf(api, 'third')?.reason, { timeout: 5000 }).toBe('RerunWaits');
  await finish(api, 'b/0/0', 'Succeeded');
  const running = ['again', 'third'].map((name) =>
    expect.poll(() => statusOf(api, name)?.phase, { timeout: 5000 }).toBe('Running'),
  );
  await Promise.all(running);
  expect((await made(api)).filter((line) => line.includes(' b/'))).toEqual(['run b/0/0 Succeeded']);
  two.stop();
});

test('one that waits can be canceled, and makes nothing', async () => {
  const { api, stop } = await waiting();
  const object = api.object(`${PATH}/again`);
  api.put({ ...object, spec: { ...(object?.spec as object), control: 'cancel' } } as Draft);
  await ends(api, 'Canceled', 'again');
  await finish(api, 'b/0/0', 'Succeeded');
  expect(await made(api)).toHaveLength(2);
  stop();
});

test('one whose engine cannot take in what has ended meanwhile ends, and says so', async () => {
  const { api, stop } = await failedBeside();
  await finish(api, 'b/0/0', 'Succeeded');
  const broken = vi.spyOn(Executions.prototype, 'record').mockImplementation(({ task }) => {
    if (task === 'b') throw new Error('no such state');
  });
  api.put(from('again', 'w', { tasks: ['a'] }));
  await ends(api, 'Failed', 'again');
  expect(statusOf(api, 'again')).toMatchObject({
    reason: 'WorkflowInvalid',
    message: 'the engine cannot go on: no such state. Please tell the makers of Squall',
  });
  broken.mockRestore();
  stop();
});
