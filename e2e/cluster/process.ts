// e2e/cluster/process.ts — The cluster's daemons: started apart from this process, named by pid and start time, ended by those only.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from './home.ts';
import type { Ledger, ProcessRecord } from './record.ts';

/** What the daemons find programs by: containerd needs runc and its shim, the kubelet mount and iptables. */
const daemonPath = `${paths.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** Starts a daemon in the run folder, its output in `log/<name>.log`, and records it. */
export function startProcess(ledger: Ledger, name: string, command: string, args: readonly string[]): void {
  mkdirSync(paths.logs, { recursive: true });
  const log = openSync(join(paths.logs, `${name}.log`), 'a');
  const child = spawn(command, args, {
    cwd: paths.run,
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: daemonPath, HOME: paths.run },
  });
  closeSync(log);
  child.on('error', () => {}); // told below: there is no pid
  child.unref();
  const { pid } = child;
  const startTicks = pid === undefined ? undefined : startTicksOf(pid);
  if (pid === undefined || startTicks === undefined) throw new Error(`start ${name}: ${command} did not start`);
  const entry: ProcessRecord = { pid, startTicks, command, args: [...args] };
  ledger.change({ processes: { ...ledger.record.processes, [name]: entry } });
}

/** Sends `signal` to exactly the recorded process; false when it is gone already. */
export function signalProcess({ pid, startTicks }: ProcessRecord, signal: NodeJS.Signals): boolean {
  if (startTicksOf(pid) !== startTicks) return false;
  try {
    return process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw cause;
  }
}

/** Whether the recorded process, and not another one under its pid, still runs. */
export const isAlive = ({ pid, startTicks }: ProcessRecord) => startTicksOf(pid) === startTicks;

/** Ends a process: TERM, and KILL after `graceMs`; returns once it is gone, so that its ports are free. */
export async function endProcess(entry: ProcessRecord, graceMs = 15_000): Promise<void> {
  if (!signalProcess(entry, 'SIGTERM')) return;
  const patience = Date.now() + graceMs;
  while (isAlive(entry)) {
    if (Date.now() > patience) signalProcess(entry, 'SIGKILL');
    await sleep(50);
  }
}

/** Processes whose command line has all of `words`, whoever their parent is. */
export function processesWith(words: readonly string[]): ProcessRecord[] {
  return allProcesses().filter(({ command, args }) => words.every((word) => command === word || args.includes(word)));
}

/** Every process of this machine that can be looked at. */
export function allProcesses(): ProcessRecord[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    const [command = '', ...args] = readProc(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
    const startTicks = startTicksOf(pid);
    return startTicks === undefined ? [] : [{ pid, startTicks, command, args }];
  });
}

/** The processes in a control group and in all groups below it. */
export function processesInGroup(folder: string): ProcessRecord[] {
  if (!existsSync(folder)) return [];
  const own = readProc(join(folder, 'cgroup.procs'))?.split('\n') ?? [];
  const found = own.filter(Boolean).flatMap((pid) => {
    const startTicks = startTicksOf(Number(pid));
    return startTicks === undefined ? [] : [{ pid: Number(pid), startTicks, command: '', args: [] }];
  });
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...found, ...below.flatMap((entry) => processesInGroup(join(folder, entry.name)))];
}

/** The 22nd field of /proc/<pid>/stat; undefined when there is no such process, or only what its parent has not collected yet. */
export function startTicksOf(pid: number): string | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The second field is the command's name in parentheses, which may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const hasEnded = (fields[0] === 'Z' || fields[0] === 'X') && threadsOf(pid) <= 1;
  return hasEnded ? undefined : fields[19];
}

/** A first thread that has ended is a zombie while others still hold the process's ports and files. */
function threadsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0; // the process has just ended
  }
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // the process has just ended
  }
}
