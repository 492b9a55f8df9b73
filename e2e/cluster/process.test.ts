// e2e/cluster/process.test.ts — Only the recorded process is signalled, never another one under its number.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { endProcess, isAlive, signalProcess, startTicksOf } from './process.ts';

const onLinux = test.skipIf(process.platform !== 'linux');

async function sleeper(script = 'echo up; exec sleep 600') {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  return { child, entry: { pid, startTicks: startTicksOf(pid) ?? '', command: 'sleep', args: [] } };
}

onLinux('a process is known by pid and start time', async () => {
  const { child, entry } = await sleeper();
  expect(isAlive(entry)).toBe(true);
  expect(signalProcess({ ...entry, startTicks: '1' }, 'SIGKILL')).toBe(false);
  expect(isAlive(entry)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(isAlive(entry)).toBe(false);
  expect(signalProcess(entry, 'SIGTERM')).toBe(false);
});

onLinux('ending returns once the process is gone, also when it does not listen to TERM', async () => {
  const { child, entry } = await sleeper(`trap '' TERM; echo up; while :; do sleep 0.1; done`);
  const closed = once(child, 'exit');
  await endProcess(entry, 200);
  expect(isAlive(entry)).toBe(false);
  expect(await closed).toEqual([null, 'SIGKILL']);
});
