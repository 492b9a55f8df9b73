// e2e/packs/daemon.ts — a server beside this process: started with its own process group, ended with all that it has started.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Daemon {
  /** What it said last, once it has ended by itself; undefined as long as it runs. */
  readonly ended: () => string | undefined;
  /** TERM, and KILL after 5 s; returns when nothing of it is left. */
  readonly end: () => Promise<void>;
}

const GRACE_MS = 5000;
const LOOK_MS = 50;
const TAIL = 600;
const groups = new Set<number>();

// However this process ends, none outlives it.
process.on('exit', () => {
  for (const group of groups) signal(group, 'SIGKILL');
});

/** Output goes to the file `log`. */
export function startDaemon(command: string, args: readonly string[], log: string, folder: string): Daemon {
  const output = openSync(log, 'a');
  const child = spawn(command, args, { cwd: folder, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const { pid } = child;
  if (pid !== undefined) groups.add(pid);
  let fault: string | undefined;
  child.on('error', ({ message }) => {
    fault = message;
  });
  child.on('exit', (code, name) => {
    fault = `it ended with ${code ?? name}: ${readFileSync(log, 'utf8').slice(-TAIL)}`;
  });
  const end = async (): Promise<void> => {
    if (pid === undefined) return;
    const patience = Date.now() + GRACE_MS;
    for (let isLeft = signal(pid, 'SIGTERM'); isLeft; isLeft = signal(pid, 0)) {
      if (Date.now() > patience) signal(pid, 'SIGKILL');
      await sleep(LOOK_MS);
    }
    groups.delete(pid);
  };
  return { ended: () => fault, end };
}

/** False when the group is gone. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw cause;
  }
}
