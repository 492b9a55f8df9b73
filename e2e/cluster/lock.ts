// e2e/cluster/lock.ts — One builder at a time: a lock file that names its holder and dies with it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from './home.ts';
import { startTicksOf } from './process.ts';
import type { Note } from './progress.ts';

/** Runs `work` while no other process of this machine runs anything under the same `name`; waits for that as long as it takes. */
export async function withLock<T>(name: string, note: Note, work: () => Promise<T>): Promise<T> {
  mkdirSync(paths.cache, { recursive: true });
  const file = join(paths.cache, `${name}.lock`);
  while (!take(file)) {
    const [pid, startTicks] = read(file).split(' ');
    if (pid !== undefined && startTicksOf(Number(pid)) !== startTicks) {
      rmSync(file, { force: true }); // its holder is gone
      continue;
    }
    note(`waits for process ${pid}, which works on the same`);
    await sleep(500);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release); // an interrupt ends this process in the middle of the work
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid} ${startTicksOf(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // released in this moment
  }
}
