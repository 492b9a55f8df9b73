// runners/node/ssh/run-on-host.ts — one host of a task → the command run there, and how it ended.
import { constants } from 'node:os';
import type { ClientChannel } from 'ssh2';
import { DRAIN_MS, KILL_AFTER_MS } from '../limits.ts';
import type { Kept, Output } from '../output.ts';
import { commandLine, type RemoteCommand } from './command-line.ts';
import { type Access, connect, type Connection } from './connection.ts';
import type { Host } from './hosts.ts';
import { signalCommand } from './signal.ts';
import { remove, type Script, upload } from './upload.ts';

export interface HostJob {
  /** Without `run` when there is a script: then these are its arguments. */
  readonly command: Omit<RemoteCommand, 'run'>;
  readonly run: string | { readonly script: Script; readonly folder: string; readonly words: readonly string[] };
  /** What the command reads; a command without any has no open input. */
  readonly input: string;
  readonly access: Access;
  readonly timeoutSeconds: number;
  /** Ends it from outside. */
  readonly stop: AbortSignal;
  readonly outputs: { readonly stdout: Output; readonly stderr: Output };
}

export interface HostEnding {
  readonly host: Host;
  readonly how: 'ran' | 'unreachable' | 'timedOut' | 'stopped' | 'failed';
  readonly returnCode: number;
  readonly error?: string;
  readonly stdout: Kept;
  readonly stderr: Kept;
}

/** How long a host has to remove the script, in ms; and when the pod is told to stop. */
const REMOVE_MS = 5000;
const HURRY_MS = 1000;
/** How long nothing more has to come after the command's end, in ms. */
const QUIET_MS = 2000;
/** When a command that has not ended is told again, in ms. */
const REPEAT_MS = 1000;
const UNREACHED = 255;
const NO_COMMAND = 'The host has run no command: it ended the connection, or the user has no shell there';

/** Never throws. */
export async function runOn(host: Host, job: HostJob): Promise<HostEnding> {
  const { access, run, stop, timeoutSeconds, outputs } = job;
  const late = AbortSignal.timeout(timeoutSeconds * 1000);
  const until = AbortSignal.any([late, stop]);
  const ended = (how: HostEnding['how'], returnCode: number, error?: string): HostEnding => ({
    host,
    how,
    returnCode,
    stdout: outputs.stdout.end(),
    stderr: outputs.stderr.end(),
    ...(error === undefined ? {} : { error }),
  });
  const connectSeconds = access.connectMs / 1000;
  const tooLate = (): HostEnding =>
    stop.aborted
      ? ended('stopped', -15, 'The pod was told to stop while the command ran')
      : ended(
          'timedOut',
          -9,
          `Command didn't finish in ${timeoutSeconds} seconds or the SSH connection did not succeed in ${connectSeconds} seconds`,
        );
  let connection: Connection | undefined;
  try {
    const connecting = connect(host, access);
    try {
      connection = await unless(until, connecting);
    } catch (error) {
      void connecting.then((late) => late.close()).catch(() => undefined);
      if (until.aborted) return tooLate();
      return ended('unreachable', UNREACHED, `Failed connecting to host ${host.host}. ${(error as Error).message}`);
    }
    const words =
      typeof run === 'string' ? run : [await unless(until, upload(connection, run.script, run.folder)), ...run.words];
    const reached = connection;
    const signal = (name: 'TERM' | 'KILL'): void =>
      signalCommand(reached, name, { sudo: job.command.sudo, input: job.input });
    const begun = connection.exec(commandLine({ ...job.command, run: words }), (channel) => {
      channel.on('data', (bytes: Buffer) => outputs.stdout.write(bytes));
      channel.stderr.on('data', (bytes: Buffer) => outputs.stderr.write(bytes));
      if (job.input !== '') channel.end(job.input);
      return { ended: exitOf(channel, { until, stop, signal }) };
    });
    const exit = await (await unless(until, begun)).ended;
    if (exit === 'gone') return ended('failed', UNREACHED, 'The connection was lost before the command had ended');
    if (exit === 'ended by us') return tooLate();
    if (exit.code !== null) return ended('ran', exit.code);
    const name = `SIG${exit.signal?.replace(/^SIG/, '') ?? ''}`;
    const number = (constants.signals as Readonly<Record<string, number>>)[name] ?? 1;
    return ended('ran', -number, `The command was ended by ${name}`);
  } catch (error) {
    if (until.aborted) return tooLate();
    const { message } = error as Error;
    return ended('failed', UNREACHED, message === 'Unable to exec' ? NO_COMMAND : message);
  } finally {
    if (connection && typeof run !== 'string') await removed(connection, run.folder, host, job);
    connection?.close();
  }
}

/** The promise, or a rejection as soon as the signal is given. */
function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(new Error('aborted'));
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

type Exit = { readonly code: number | null; readonly signal: string | undefined } | 'gone' | 'ended by us';

interface End {
  readonly until: AbortSignal;
  readonly stop: AbortSignal;
  /** Another way to send it than the channel's. */
  readonly signal: (name: 'TERM' | 'KILL') => void;
}

/** TERM when the time is over, KILL when that did not help; a host that takes neither loses the connection. */
function exitOf(channel: ClientChannel, { until, stop, signal }: End): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit = 'gone';
    const timers: NodeJS.Timeout[] = [];
    const settle = (): void => {
      for (const timer of timers) clearTimeout(timer);
      until.removeEventListener('abort', end);
      resolve(exit);
    };
    function end(): void {
      if (exit !== 'gone') return settle();
      exit = 'ended by us';
      const patience = stop.aborted ? HURRY_MS : KILL_AFTER_MS;
      const kill = (): void => {
        channel.signal('KILL');
        signal('KILL');
      };
      channel.signal('TERM');
      timers.push(
        // Not at once: who has got the first one shall not think that it is told to hurry.
        ...(patience > REPEAT_MS ? [setTimeout(() => signal('TERM'), REPEAT_MS)] : []),
        setTimeout(kill, patience),
        setTimeout(settle, patience + DRAIN_MS),
      );
    }
    channel.on('error', () => undefined);
    let quiet: NodeJS.Timeout | undefined;
    // What was written before may be on its way for long; but a background child may hold the output open for ever.
    const waitForMore = (): void => {
      if (quiet) quiet.refresh();
      else timers.push((quiet = setTimeout(settle, QUIET_MS)));
    };
    channel.on('exit', (code: number | null, signal?: string) => {
      if (exit === 'gone') exit = { code, signal };
      waitForMore();
      for (const stream of [channel, channel.stderr]) stream.on('data', waitForMore);
    });
    channel.on('close', settle);
    if (until.aborted) end();
    else until.addEventListener('abort', end, { once: true });
  });
}

async function removed(connection: Connection, folder: string, host: Host, job: HostJob): Promise<void> {
  const { stop, access, command, input } = job;
  const patience = AbortSignal.timeout(stop.aborted ? HURRY_MS : REMOVE_MS);
  try {
    await unless(patience, remove(connection, folder, { sudo: command.sudo, input }));
  } catch (error) {
    const why = patience.aborted ? 'the host does not answer' : (error as Error).message;
    access.say(`${host.key}: the script stays in ${folder}: ${why}`);
  }
}
