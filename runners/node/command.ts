// runners/node/command.ts — Task → the file, words, environment and directory of a process.
import { accessSync, closeSync, constants, mkdirSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Task } from '../../operator/api/envelope.ts';
import { entryPointOf, type FunctionCommand } from './call.ts';
import { TaskFailure } from './failure.ts';
import { WORD_MAX_BYTES } from './limits.ts';
import { nodeCommand } from './node.ts';
import { pythonCommand } from './python.ts';

export interface Command {
  readonly file: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
}

/** What a task finds in the pod. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** A directory of its own, writable. */
  readonly scratch: string;
  /** The pod's token; undefined when it has none, and then the process gets none, as in StackStorm. */
  readonly token: string | undefined;
}

/** Where a task's own files go, in the scratch directory; made when missing. */
export function scratchOf(task: Task, env: NodeJS.ProcessEnv): string {
  const path = join(env['TMPDIR'] ?? '/tmp', task.execution.name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Writes the script when there is one. Throws TaskFailure for what the kernel would refuse without saying why. */
export function commandOf(task: Task, { env, scratch, token }: Surroundings): Command {
  const directory = task.directory ?? process.cwd();
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new TaskFailure(`cwd: there is no directory "${directory}" in the pod; /work and /tmp are writable`);
  const called = functionCommand(task, scratch, env);
  const [file, ...words] = called?.words ?? (task.sudo ? sudoWords : plainWords)(task, scratch, env);
  const own = { ...called?.env, ...task.environment, ...accessOf(task, { env, scratch, token }) };
  const command = { file, words, env: { ...podVariables(env), ...own }, directory };
  checkSizes(command);
  return command;
}

function functionCommand(task: Task, scratch: string, env: NodeJS.ProcessEnv): FunctionCommand | undefined {
  if (task.runner === 'python-script') return pythonCommand(task, scratch, env);
  return task.runner === 'node-script' ? nodeCommand(task, scratch, env) : undefined;
}

type Words = readonly [file: string, ...words: string[]];

function plainWords(task: Task, scratch: string, env: NodeJS.ProcessEnv): Words {
  if (task.runner === 'local-shell-script') {
    const script = scriptOf(task, scratch, env);
    const beginning = beginningOf(script);
    if (beginning.startsWith('\u007fELF')) return [script, ...task.arguments];
    if (!beginning.startsWith('#!')) return ['sh', script, ...task.arguments];
    checkInterpreter(beginning, env);
    return [script, ...task.arguments];
  }
  const command = task.command ?? '';
  const shell = findOnPath('bash', env) ? 'bash' : 'sh';
  return fitsWord(command) ? [shell, '-c', command] : [shell, writeScript(scratch, command)];
}

function sudoWords(task: Task, scratch: string, env: NodeJS.ProcessEnv): Words {
  if (!findOnPath('sudo', env))
    throw new TaskFailure(
      'sudo: pods run without privileges, so this image has no sudo; set sudo to false, or run it on a machine, over SSH',
      { returnCode: 127 },
    );
  const sudo: Words = ['sudo', '-E', '--', 'bash'];
  if (task.runner === 'local-shell-script')
    return [...sudo, '-c', '"$0" "$@"', scriptOf(task, scratch, env), ...task.arguments];
  const command = task.command ?? '';
  return fitsWord(command) ? [...sudo, '-c', command] : [...sudo, writeScript(scratch, command)];
}

/** A file of the pack is run where it is: it may look for its neighbours. */
function scriptOf(task: Task, scratch: string, env: NodeJS.ProcessEnv): string {
  if (task.entryPoint === undefined) return writeScript(scratch, task.script ?? '');
  const path = entryPointOf(task, env);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new TaskFailure(`entryPoint: the pack has no file "${task.entryPoint}"`, { returnCode: 127 });
  return path;
}

function beginningOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4096);
    return bytes.toString('utf8', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

function writeScript(scratch: string, text: string): string {
  const path = join(scratch, 'script');
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

/** The kernel says only "not found" of the script when it means the interpreter. */
function checkInterpreter(script: string, env: NodeJS.ProcessEnv): void {
  const line = script.slice(2).split('\n', 1)[0] ?? '';
  const [interpreter = '', program = ''] = line.trim().split(/[ \t]+/);
  if (line.endsWith('\r'))
    throw new TaskFailure('script: its first line ends with a carriage return; save it with Unix line ends', {
      returnCode: 127,
    });
  if (!isExecutable(interpreter))
    throw new TaskFailure(`script: its interpreter "${interpreter}" is not in this image`, { returnCode: 127 });
  if (
    interpreter.endsWith('/env') &&
    /^[\w.+-]+$/.test(program) &&
    !program.startsWith('-') &&
    !findOnPath(program, env)
  )
    throw new TaskFailure(`script: its interpreter "${program}" is not on the PATH of this image`, { returnCode: 127 });
}

const findOnPath = (program: string, env: NodeJS.ProcessEnv): boolean =>
  (env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The pod's variables without the task. */
const podVariables = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^SQUALL_(TASK(_\d+)?|CA)$/.test(name)));

/** What a process calls back with; for packs also under the names, and with the authority, that st2client reads. */
function accessOf({ content }: Task, { env, scratch, token }: Surroundings): Record<string, string> {
  const ca = content ? env['SQUALL_CA'] : undefined;
  const authority = join(scratch, 'ca.pem');
  if (ca) writeFileSync(authority, ca, { mode: 0o644 });
  return {
    ...(token && { ST2_ACTION_AUTH_TOKEN: token, ...(content && { ST2_AUTH_TOKEN: token }) }),
    ...(ca && { ST2_CACERT: authority }),
  };
}

const fitsWord = (word: string): boolean => Buffer.byteLength(word) < WORD_MAX_BYTES;

/** Names the word that is too long or has a NUL; the kernel and Node would not. */
function checkSizes({ words, env }: Command): void {
  const named = [
    ...words.map((word, i): [string, string] => [`argument ${i + 1}`, word]),
    ...Object.entries(env).map(([name, value]): [string, string] => [`env ${name}`, `${name}=${value}`]),
  ];
  for (const [name, word] of named) {
    if (!fitsWord(word)) throw new TaskFailure(`${name}: it is longer than 131071 bytes; hand it over in a file`);
    if (word.includes('\0'))
      throw new TaskFailure(`${name}: it contains a NUL character, which no process can be given`);
  }
}
