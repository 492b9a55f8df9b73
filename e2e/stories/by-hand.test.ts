// e2e/stories/by-hand.test.ts — the command line against a running operator: run, list, get, cancel, re-run, status.
import { expect, test } from 'vitest';
import { apply, eventually, getExecution, ours, ready } from '../harness.ts';
import { squallIn } from '../squall.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('by-hand');
const squall = squallIn(namespace);

test('run waits, shows what the process prints, and exits as the action does', async () => {
  const good = await squall('run', 'core.local', 'cmd=echo hello; echo careful >&2');
  expect(good.code).toBe(0);
  expect(good.stdout).toMatch(/stdout: hello/);
  expect(good.stdout).toMatch(/stderr: careful/);
  const bad = await squall('run', 'core.local', 'cmd=exit 7', '-o', 'json');
  expect(bad.code).toBe(7);
  expect(JSON.parse(bad.stdout)).toMatchObject({ status: { phase: 'Failed', result: { return_code: 7 } } });
  const slow = await squall('run', 'core.local', 'cmd=sleep 60', 'timeout=1');
  expect(slow.code).toBe(124);
});

test('what is wrong is said before anything runs, with what would be right', async () => {
  const parameter = await squall('run', 'core.local', 'nope=1');
  expect([parameter.code, parameter.stdout]).toEqual([2, '']);
  expect(parameter.stderr).toMatch(/"nope".*cmd/s);
  const action = await squall('run', 'core.nope');
  expect(action.code).not.toBe(0);
  expect(action.stderr).toContain('core.nope');
});

test('an execution is listed, read, canceled and run again with other parameters', async () => {
  const started = await squall('run', '--async', 'core.local', 'cmd=sleep 300', 'timeout=400', '-o', 'name');
  expect(started.code).toBe(0);
  const name = started.stdout.trim().split('/').at(-1)!;
  await eventually('it runs', async () => (await getExecution(namespace, name))?.status?.phase === 'Running');
  expect((await squall('execution', 'list', '--status', 'Running')).stdout).toContain(name);
  expect((await squall('execution', 'cancel', name)).code).toBe(0);
  await eventually('it is canceled', async () => (await getExecution(namespace, name))?.status?.phase === 'Canceled');
  const again = await squall('execution', 're-run', name, 'cmd=echo again');
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('stdout: again');
});

test('a workflow is run like an action: its tree grows meanwhile, its output is the result', async () => {
  const definition = {
    version: 1,
    vars: [{ said: '' }],
    tasks: {
      say: { action: 'core.local', input: { cmd: 'echo three' }, next: [{ publish: 'said=<% result().stdout %>' }] },
    },
    output: [{ said: '<% ctx().said %>' }],
  };
  const parameters = { times: { type: 'integer', default: 3 } };
  await apply(ours('Workflow', namespace, 'hand.flow', { engine: 'orquesta', definition, parameters }));
  await ready(namespace, 'workflow/hand.flow');
  const wrong = await squall('run', 'hand.flow', 'tiems=1');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('times')]);
  const { code, stdout, stderr } = await squall('run', 'hand.flow', 'times=4');
  expect(code).toBe(0);
  expect(stderr).toMatch(/✓ say +core\.local +Succeeded/);
  expect(stdout).toMatch(/output:\s+said: three/);
});

test('a result of the result store is read whole', async () => {
  const { stdout, code } = await squall('run', 'core.local', 'cmd=head -c 100000 /dev/zero | tr "\\0" y', '-o', 'json');
  expect(code).toBe(0);
  const { status } = JSON.parse(stdout) as { status: { result: { stdout: string }; resultRef: { bytes: number } } };
  expect(status.result.stdout).toBe('y'.repeat(100_000));
  expect(status.resultRef.bytes).toBeGreaterThan(100_000);
});

test('one screen says how it stands', async () => {
  await apply(
    ours('TriggerType', namespace, 'screen.event', { webhook: { url: 'screen', authentication: 'open' } }),
    ours('Rule', namespace, 'screen.rule', { trigger: { type: 'screen.event' }, action: { ref: 'core.local' } }),
  );
  await ready(namespace, 'rule/screen.rule');
  const { stdout, code } = await squall('status');
  expect(code).toBe(0);
  for (const line of [
    /Operator: .*1 of 1 ready/,
    /Leader: /,
    /Queue: /,
    /Last failure: /,
    /screen +open +screen\.event +True +screen\.rule/,
  ]) {
    expect(stdout).toMatch(line);
  }
});
