// cli/file-lock.ts — a file that only one process at a time has made: what others wait for.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const LOOK_MS = 300;

/** Does the work while no other process on this machine holds the same file; one that died does not count. */
export async function holding<T>(file: string, work: () => Promise<T>): Promise<T> {
  while (!take(file)) await new Promise((wake) => setTimeout(wake, LOOK_MS));
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isAlive(holderOf(file))) rmSync(file, { force: true });
    return false;
  }
}

function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** An unknown holder has just made the file, or just removed it. */
function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
