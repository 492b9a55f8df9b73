// cli/file-lock.ts — a file that only one process at a time has made: what others wait for.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

const LOOK_MS = 300;
/** Between making the file and writing into it; who takes longer has died there. */
const NAMELESS_MAX_MS = 10_000;

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
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  }
}

/** A file that is empty has just been made, unless it is old. */
function isHeld(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 ? isAlive(pid) : Date.now() - statSync(file).mtimeMs < NAMELESS_MAX_MS;
  } catch {
    return true; // just removed: the next look takes it
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
