// runners/installer/command.ts — one program at a time: its output, its time limit, its end with ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { StepFailure, Stopped } from './failure.ts';

export interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly stdin?: Buffer;
  /** Takes the output instead of `Ended.stdout`; what it throws ends the program and is thrown on. */
  readonly onStdout?: (chunk: Buffer) => void;
}

export interface Ended {
  /** 128 and the like for signals are not made: undefined when a signal ended it. */
  readonly code: number | undefined;
  /** The first 8 MiB. */
  readonly stdout: string;
  /** The last 64 KiB. */
  readonly stderr: string;
}

const STDOUT_MAX_BYTES = 8 * 1024 * 1024;
const STDERR_MAX_BYTES = 64 * 1024;
/** Pause between TERM and KILL, in ms. */
const KILL_AFTER_MS = 3000;

/** Throws StepFailure when the program can't be started or takes too long, Stopped on `stop`. */
export async function runCommand(file: string, words: readonly string[], options: CommandOptions): Promise<Ended> {
  if (options.stop.aborted) throw new Stopped('the pod was told to stop');
  const child = spawn(file, words, {
    cwd: options.cwd,
    env: options.env,
    // A group of its own, so that git's and uv's own children end too.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const guard = guardOf(child, file, options);
  const [stdout, stderr] = [new Ends(STDOUT_MAX_BYTES, 0), new Ends(0, STDERR_MAX_BYTES)];
  child.stdout.on('data', (chunk: Buffer) => {
    if (guard.reason()) return;
    try {
      if (options.onStdout) options.onStdout(chunk);
      else stdout.add(chunk);
    } catch (error) {
      guard.end(error as Error);
    }
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  // A program that ends early closes its input; its exit says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin);
  const code = await new Promise<number | undefined>((resolve, reject) => {
    child.once('error', (cause) => reject(new StepFailure(`Start ${file}: ${cause.message}`, { cause })));
    child.once('close', (exitCode) => resolve(exitCode ?? undefined));
  }).finally(() => guard.finish());
  const reason = guard.reason();
  if (reason) throw reason;
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

interface Guard {
  end(reason: Error): void;
  reason(): Error | undefined;
  finish(): void;
}

/** TERM to the group at the time limit, on `stop` or when the output is not wanted; KILL when that did not help. */
function guardOf(child: ChildProcess, file: string, { timeoutSeconds, stop }: CommandOptions): Guard {
  let why: Error | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (reason: Error): void => {
    if (why) return;
    why = reason;
    signalGroup(child, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  };
  const onStop = (): void => end(new Stopped('the pod was told to stop'));
  const late = new StepFailure(`${file} took longer than ${timeoutSeconds} s and was ended`);
  const deadline = setTimeout(() => end(late), timeoutSeconds * 1000);
  stop.addEventListener('abort', onStop, { once: true });
  return {
    end,
    reason: () => why,
    finish() {
      clearTimeout(deadline);
      clearTimeout(killTimer);
      stop.removeEventListener('abort', onStop);
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** The beginning and the end of an output, each as long as it may be. */
class Ends {
  readonly #headBytes: number;
  readonly #tailBytes: number;
  #head: Buffer[] = [];
  #headLength = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(headBytes: number, tailBytes: number) {
    this.#headBytes = headBytes;
    this.#tailBytes = tailBytes;
  }

  add(chunk: Buffer): void {
    const head = chunk.subarray(0, this.#headBytes - this.#headLength);
    this.#head.push(head);
    this.#headLength += head.length;
    this.#tail = this.#tailBytes === 0 ? this.#tail : Buffer.concat([this.#tail, chunk]).subarray(-this.#tailBytes);
  }

  text(): string {
    return Buffer.concat([...this.#head, this.#tail]).toString();
  }
}
