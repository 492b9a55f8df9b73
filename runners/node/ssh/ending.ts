// runners/node/ssh/ending.ts — a remote task → run on each of its hosts, and one result with all of theirs.
import { statSync } from 'node:fs';
import type { Task } from '../../../operator/api/envelope.ts';
import { entryPointOf } from '../call.ts';
import { TaskFailure } from '../failure.ts';
import { RESULT_MAX_BYTES, WORD_MAX_BYTES } from '../limits.ts';
import { jsonBytes, type Made, type MadeEnding } from '../made.ts';
import type { Mask } from '../mask.ts';
import { Output } from '../output.ts';
import { fitted } from '../result.ts';
import { commandLine } from './command-line.ts';
import type { Access } from './connection.ts';
import { bastionOf, credentialsOf, type Remote } from './credentials.ts';
import { type Host, hostsOf } from './hosts.ts';
import { namedLines } from './log.ts';
import { type HostEnding, type HostJob, runOn } from './run-on-host.ts';
import { type Script, scriptAt } from './upload.ts';

interface Setting {
  readonly env: NodeJS.ProcessEnv;
  readonly mask: Mask;
  readonly stop: AbortSignal;
  /** The log: what the commands write, as it comes. */
  readonly log: Readonly<Record<'stdout' | 'stderr', (text: string) => void>>;
  /** A line of the runner's own, to the log. */
  readonly say: (message: string) => void;
}

/** Longest wait for a host, in seconds, as in StackStorm; and how many at once. */
const CONNECT_SECONDS = 60;
const PARALLEL_MAX = 50;
/** Least that is kept of each stream, in characters. */
const KEPT_MIN = 64 * 1024;

/** Throws TaskFailure for what no host can be asked with, and when none was reached. */
export async function remoteEnding(task: Task, remote: Remote, setting: Setting): Promise<MadeEnding> {
  const { env, mask, stop, log, say } = setting;
  const hosts = hostsOf(remote.hosts, remote.port);
  const connectSeconds = Math.min(CONNECT_SECONDS, Math.max(1, task.timeoutSeconds - 2));
  const access: Access = {
    credentials: credentialsOf(remote, env['SQUALL_SSH_DIR']),
    bastion: bastionOf(remote, env['SQUALL_SSH_DIR']),
    connectMs: connectSeconds * 1000,
    say: (message) => say(mask.text(message)),
  };
  const job = jobOf(task, remote, env);
  const startedAt = new Date();
  const half = Math.max(KEPT_MIN, Math.floor(RESULT_MAX_BYTES / 2 / hosts.length));
  const runOne = async (host: Host): Promise<HostEnding> => {
    const linesOf = (write: (text: string) => void) =>
      hosts.length === 1 ? { push: write, end: () => undefined } : namedLines(host.key, write);
    const [stdout, stderr] = [linesOf(log.stdout), linesOf(log.stderr)];
    const outputs = {
      stdout: new Output(mask, (text) => stdout.push(text), half),
      stderr: new Output(mask, (text) => stderr.push(text), half),
    };
    const ending = await runOn(host, { ...job, access, stop, timeoutSeconds: task.timeoutSeconds, outputs });
    for (const lines of [stdout, stderr]) lines.end();
    if (ending.error !== undefined) access.say(`${host.key}: ${ending.error}`);
    return ending;
  };
  const width = remote.parallel ? Math.min(PARALLEL_MAX, Math.floor(hosts.length / 3) + 1) : 1;
  const endings = await eachOf(hosts, width, runOne);
  if (endings.every(({ how }) => how === 'unreachable')) throw unreachable(endings);
  return {
    outcome: outcomeOf(endings, stop),
    message: messageOf(endings),
    startedAt,
    endedAt: new Date(),
    within: (room) => within(endings, mask, room),
  };
}

type OneJob = Pick<HostJob, 'command' | 'run' | 'input'>;

function jobOf(task: Task, remote: Remote, env: NodeJS.ProcessEnv): OneJob {
  const hasPassword = task.sudo && Boolean(remote.sudoPassword);
  const { environment, directory, sudo } = task;
  const command = { environment, directory, sudo, hasPassword };
  const input = hasPassword ? `${remote.sudoPassword}\n` : '';
  const run = runOf(task, remote, env);
  const text = commandLine({ ...command, run: typeof run === 'string' ? run : [run.folder, ...run.words] });
  if (Buffer.byteLength(text) >= WORD_MAX_BYTES)
    throw new TaskFailure(
      'cmd: with env and arguments it is longer than 131071 bytes, which no shell takes; use a script',
    );
  if (text.includes('\0')) throw new TaskFailure('cmd, env or an argument contains a NUL character; remove it');
  return { command, run, input };
}

function runOf(task: Task, remote: Remote, env: NodeJS.ProcessEnv): OneJob['run'] {
  if (task.runner === 'remote-shell-cmd') return task.command ?? '';
  const folder = `${remote.folder.replace(/\/+$/, '')}/${task.execution.uid}-${task.attempt}`;
  return { script: scriptOf(task, env), folder, words: task.arguments };
}

function scriptOf(task: Task, env: NodeJS.ProcessEnv): Script {
  if (task.entryPoint === undefined)
    return { name: 'script', text: Buffer.from(task.script ?? ''), library: undefined };
  const path = entryPointOf(task, env);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new TaskFailure(`entryPoint: the pack has no file "${task.entryPoint}"`, { returnCode: 127 });
  return scriptAt(path);
}

/** In the order of the items; at most `width` at once. */
async function eachOf<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

const unreachable = (endings: readonly HostEnding[]): TaskFailure => {
  const names = endings.map(({ host }) => `'${host.host}'`).join(', ');
  const errors = endings.map(({ error = '' }) => error).join('; ');
  return new TaskFailure(`Unable to connect to any one of the hosts: [${names}]. ${errors}`, { returnCode: 255 });
};

function outcomeOf(endings: readonly HostEnding[], stop: AbortSignal): MadeEnding['outcome'] {
  if (endings.every(isGood)) return 'succeeded';
  if (stop.aborted) return 'abandoned';
  return endings.every(({ how }) => how === 'timedOut') ? 'timedOut' : 'failed';
}

const isGood = ({ how, returnCode }: HostEnding): boolean => how === 'ran' && returnCode === 0;

function messageOf(endings: readonly HostEnding[]): string | undefined {
  const bad = endings.filter((ending) => !isGood(ending));
  if (bad.length === 0) return undefined;
  const each = bad.map((ending) => `${ending.host.key}: ${describe(ending)}`).join('; ');
  return endings.length === 1 ? each : `${bad.length} of ${endings.length} hosts failed: ${each}`;
}

/** The last line of stderr mostly says why. */
function describe({ error, returnCode, stderr }: HostEnding): string {
  if (error !== undefined) return error;
  const text = (stderr.head + stderr.tail).trimEnd();
  const line = text.slice(text.lastIndexOf('\n') + 1).slice(0, 200);
  return `Exit code ${returnCode}${line === '' ? '' : `: ${line}`}`;
}

/** Everything that was kept, or of each host its share. */
function within(endings: readonly HostEnding[], mask: Mask, room: number): Made {
  const whole = resultOf(endings, mask, Number.MAX_SAFE_INTEGER);
  if (jsonBytes(whole) <= room) return { result: whole };
  const frame = jsonBytes(resultOf(endings, mask, 0));
  return { result: resultOf(endings, mask, Math.max(0, Math.floor((room - frame) / endings.length))) };
}

const resultOf = (endings: readonly HostEnding[], mask: Mask, room: number): Record<string, unknown> =>
  Object.fromEntries(
    endings.map((ending) => {
      const { host, how, returnCode, error } = ending;
      const failed = !isGood(ending);
      const streams = fitted({ shape: 'shell', stdout: ending.stdout, stderr: ending.stderr }, mask, room);
      const result = { failed, succeeded: !failed, return_code: returnCode, ...streams };
      const said = error === undefined ? {} : { error: mask.text(error).slice(0, 1000) };
      return [
        host.key,
        { ...result, ...(how === 'ran' ? {} : { timeout: how === 'timedOut', traceback: '' }), ...said },
      ];
    }),
  );
