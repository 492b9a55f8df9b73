// operator/http/volume-lock.ts — one process at a time on the operator's volume; the kernel gives the lock back when it dies.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';

export interface VolumeLock extends Disposable {
  readonly directory: string;
}

const RETRY_MS = 500;

/**
 * Waits until no other process holds the volume. SQLite's exclusive transaction is a POSIX lock on a file: it goes with
 * the process, and a file left behind locks nobody out. @throws the abort reason on stop
 */
export async function lockVolume(
  directory: string,
  stop: AbortSignal,
  onWait: () => void = () => {},
): Promise<VolumeLock> {
  mkdirSync(directory, { recursive: true });
  const { DatabaseSync: Database } = await import('node:sqlite');
  for (let waited = false; ; waited = true) {
    stop.throwIfAborted();
    const database = new Database(join(directory, 'lock.sqlite'), { timeout: 0 });
    if (takes(database)) return { directory, [Symbol.dispose]: () => database.close() };
    database.close();
    if (!waited) onWait();
    await pause(RETRY_MS, undefined, { signal: stop });
  }
}

function takes(database: DatabaseSync): boolean {
  try {
    database.exec('PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (/locked|busy/i.test((error as Error).message)) return false;
    database.close();
    throw new Error('lock the volume of the operator', { cause: error });
  }
}
