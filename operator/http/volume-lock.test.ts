// operator/http/volume-lock.test.ts — two processes never hold the volume together, and a killed one gives it back.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockVolume } from './volume-lock.ts';

/** Another process that takes the lock and keeps it. */
async function holder(directory: string): Promise<ChildProcess> {
  const source = `
    import { lockVolume } from ${JSON.stringify(new URL('./volume-lock.ts', import.meta.url).href)};
    await lockVolume(${JSON.stringify(directory)}, AbortSignal.timeout(60_000));
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((held, fail) => {
    child.stdout?.once('data', held);
    child.once('exit', () => fail(new Error('the other process ended')));
  });
  return child;
}

test('the volume is waited for, and taken when its holder is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'squall-volume-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const other = await holder(directory);
  let waits = 0;
  const lock = lockVolume(directory, AbortSignal.timeout(15_000), () => {
    waits++;
    other.kill('SIGKILL');
  });
  (await lock)[Symbol.dispose]();
  expect(waits).toBe(1);
});

test('who is told to stop does not wait any longer', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'squall-volume-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  await holder(directory);
  const stop = new AbortController();
  await expect(lockVolume(directory, stop.signal, () => stop.abort())).rejects.toThrow(/abort/i);
});
