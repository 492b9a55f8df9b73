// e2e/cluster/command.ts — Runs one command to its end: standard output comes back, a failure says what the command said.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a command may be given besides its arguments. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is empty otherwise. */
  readonly input?: string;
  /** The command is killed after this many ms; 10 min unless given, 0 means never. */
  readonly timeoutMs?: number;
  /** Called for every line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
}

/** A command that could not start, was killed, or ended with a code other than 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly code: number | undefined;
  constructor(message: string, code: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Runs `command`, resolves with its standard output, throws CommandFailed with the end of its standard error. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const shown = [command, ...args].join(' ').slice(0, 200);
  const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: 'pipe' });
  let output = '';
  const errors: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const tell = (line: string) => options.onLine?.(line);
  if (options.onLine) lines(child.stdout, tell);
  lines(child.stderr, (line) => {
    errors.push(line);
    if (errors.length > 15) errors.shift();
    tell(line);
  });
  child.stdin.on('error', () => {}); // a command may end without reading its input
  child.stdin.end(options.input ?? '');
  const limitMs = options.timeoutMs ?? 600_000;
  const timer = limitMs > 0 ? setTimeout(() => child.kill('SIGKILL'), limitMs) : undefined;
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return output;
    const why = code === null ? `was ended by ${signal}` : `ended with ${code}`;
    const said = errors.length > 0 ? `:\n  ${errors.join('\n  ')}` : '';
    throw new CommandFailed(`${shown} ${why}${said}`, code ?? undefined);
  } catch (cause) {
    if (cause instanceof CommandFailed) throw cause;
    throw new CommandFailed(`start ${shown}: is ${command} installed?`, undefined, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** Like `run`, but a failure is `undefined`: for questions such as "is this installed". */
export async function ask(
  command: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string | undefined> {
  try {
    return await run(command, args, options);
  } catch (cause) {
    if (cause instanceof CommandFailed) return undefined;
    throw cause;
  }
}

function lines(stream: NodeJS.ReadableStream, tell: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) tell(part);
  });
  stream.on('end', () => rest !== '' && tell(rest));
}
