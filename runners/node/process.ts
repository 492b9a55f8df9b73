// runners/node/process.ts — Command → a process group that has ended: output, exit code, and why it ended.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants as fsConstants, openSync, readFileSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Command } from './command.ts';
import { TaskFailure } from './failure.ts';
import { DRAIN_MS, KILL_AFTER_MS } from './limits.ts';
import type { Output } from './output.ts';
import type { Report } from './report.ts';
import type { Ending } from './result.ts';

export interface Limits {
  readonly timeoutSeconds: number;
  /** Ends the process from outside. */
  readonly stop: AbortSignal;
}
export type Ended = Omit<Ending, 'stdout' | 'stderr' | 'shape' | 'returned'> & { readonly why: Why };

interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Reads descriptor 3, which the process has only then. */
  readonly report: Report | undefined;
  readonly scratch: string;
}

/** Runs the command in a session of its own; resolves when it has ended and its output is read. Throws TaskFailure. */
export async function runProcess(command: Command, outputs: Outputs, limits: Limits): Promise<Ended> {
  const [stdout, stderr] = pipes(outputs.scratch);
  const child = spawn(command.file, command.words, {
    cwd: command.directory,
    env: command.env,
    detached: true,
    stdio: ['ignore', stdout.write, stderr.write, ...(outputs.report ? ['pipe' as const] : [])],
  });
  for (const end of [stdout, stderr]) closeSync(end.write);
  const startedAt = new Date();
  const drained = Promise.all([
    drain(stdout.read, outputs.stdout),
    drain(stderr.read, outputs.stderr),
    outputs.report?.read(child.stdio[3] as Readable),
  ]);
  const watch = watchOver(child, limits);
  const exit = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', (cause) => reject(startFailure(command, cause)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const endedAt = new Date();
  await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
  const why = watch.finish();
  signalGroup(child, 'SIGKILL');
  return { ...verdict(exit, why, limits.timeoutSeconds), why, startedAt, endedAt };
}

interface Pipe {
  readonly read: number;
  readonly write: number;
}

/** Named pipes, since Node's own are sockets, and a socket can't be opened as /dev/stdout, which scripts do. */
function pipes(scratch: string): [Pipe, Pipe] {
  const paths = [join(scratch, 'stdout'), join(scratch, 'stderr')] as const;
  const made = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (made.status !== 0)
    throw new TaskFailure(`Make pipes in ${scratch}: ${made.error?.message ?? made.stderr.toString().trim()}`);
  const open = (path: string): Pipe => {
    const read = openSync(path, fsConstants.O_RDONLY | fsConstants.O_NONBLOCK);
    const write = openSync(path, fsConstants.O_WRONLY);
    unlinkSync(path);
    return { read, write };
  };
  return [open(paths[0]), open(paths[1])];
}

function drain(fd: number, output: Output): Promise<void> {
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.on('data', (bytes: Buffer) => output.write(bytes));
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.once('error', () => socket.destroy());
  });
}

/** What ended a process: itself, its time limit, or the end of its pod. */
export type Why = 'exit' | 'timeout' | 'stop';

/** TERM to the group at the deadline or on `stop`, KILL when that did not help. */
function watchOver(child: ChildProcess, { timeoutSeconds, stop }: Limits): { finish(): Why } {
  let why: Why = 'exit';
  let killTimer: NodeJS.Timeout | undefined;
  const end = (reason: Why): void => {
    if (why !== 'exit') return;
    why = reason;
    signalGroup(child, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  };
  const deadline = setTimeout(() => end('timeout'), timeoutSeconds * 1000);
  const onStop = (): void => end('stop');
  // An exit that is already known is not called a timeout by a timer that fires while output is drained.
  child.once('exit', () => clearTimeout(deadline));
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    finish() {
      clearTimeout(deadline);
      clearTimeout(killTimer);
      stop.removeEventListener('abort', onStop);
      return why;
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group, or all of it belongs to another user, through sudo; the pod's end takes those.
  }
}

function startFailure({ file }: Command, cause: NodeJS.ErrnoException): TaskFailure {
  const code = cause.code ?? 'unknown error';
  const returnCode = code === 'ENOENT' ? 127 : 126;
  const remedy = code === 'E2BIG' ? '; arguments and environment together are too long, hand some over in files' : '';
  return new TaskFailure(`Start ${file}: ${code}${remedy}`, { cause, returnCode });
}

/** StackStorm's reading of exit codes: -9 is a timeout, -15 an abandoned execution, whoever sent the signal. */
function verdict(
  exit: { code: number | null; signal: NodeJS.Signals | null },
  why: Why,
  timeoutSeconds: number,
): Pick<Ended, 'outcome' | 'returnCode' | 'error'> {
  if (why === 'timeout')
    return { outcome: 'timedOut', returnCode: -9, error: `Action failed to complete in ${timeoutSeconds} seconds` };
  if (why === 'stop')
    return { outcome: 'abandoned', returnCode: -15, error: 'The pod was told to stop while the action ran' };
  if (exit.code === 0) return { outcome: 'succeeded', returnCode: 0 };
  if (exit.signal === null) return { outcome: 'failed', returnCode: exit.code ?? 1 };
  const returnCode = -constants.signals[exit.signal];
  const error = `The process was ended by ${exit.signal}`;
  if (exit.signal === 'SIGKILL' && outOfMemory())
    return { outcome: 'failed', returnCode, error: `${error}, out of memory: raise pod.resources.limits.memory` };
  if (exit.signal === 'SIGKILL') return { outcome: 'timedOut', returnCode, error };
  return { outcome: exit.signal === 'SIGTERM' ? 'abandoned' : 'failed', returnCode, error };
}

/** Whether the kernel killed something in this container for its memory limit; false where that can't be seen. */
function outOfMemory(): boolean {
  try {
    return /^oom_kill [1-9]/m.test(readFileSync('/sys/fs/cgroup/memory.events', 'utf8'));
  } catch {
    return false;
  }
}
