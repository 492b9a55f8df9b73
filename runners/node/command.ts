// runners/node/command.ts — Task → the file, words, environment and directory of a process.
import { accessSync, constants, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Task } from '../../operator/api/envelope.ts';
import { TaskFailure } from './failure.ts';
import { WORD_MAX_BYTES } from './limits.ts';

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
  const [file, ...words] = task.sudo ? sudoWords(task, scratch, env) : plainWords(task, scratch, env);
  const command = { file, words, env: environmentOf(task, env, token), directory };
  checkSizes(command);
  return command;
}

type Words = [file: string, ...words: string[]];

function plainWords(task: Task, scratch: string, env: NodeJS.ProcessEnv): Words {
  if (task.runner === 'local-shell-script') {
    const script = writeScript(scratch, task.script ?? '');
    if (!task.script?.startsWith('#!')) return ['sh', script, ...task.arguments];
    checkInterpreter(task.script, env);
    return [script, ...task.arguments];
  }
  const command = task.command ?? '';
  if (!fitsWord(command)) return ['sh', writeScript(scratch, command)];
  return ['sh', '-c', command];
}

function sudoWords(task: Task, scratch: string, env: NodeJS.ProcessEnv): Words {
  if (!findOnPath('sudo', env))
    throw new TaskFailure(
      'sudo: this image has no sudo, and pods run without privileges; set sudo to false, or use the runner "container"',
      { returnCode: 127 },
    );
  const sudo: Words = ['sudo', '-E', '--', 'bash'];
  if (task.runner === 'local-shell-script')
    return [...sudo, '-c', '"$0" "$@"', writeScript(scratch, task.script ?? ''), ...task.arguments];
  const command = task.command ?? '';
  return fitsWord(command) ? [...sudo, '-c', command] : [...sudo, writeScript(scratch, command)];
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

/** The pod's variables without the task, then the task's own, then the token for calling back. */
function environmentOf(task: Task, env: NodeJS.ProcessEnv, token: string | undefined): NodeJS.ProcessEnv {
  const pod = Object.entries(env).filter(([name]) => !/^SQUALL_(TASK(_\d+)?|CA)$/.test(name));
  return { ...Object.fromEntries(pod), ...task.environment, ...(token && { ST2_ACTION_AUTH_TOKEN: token }) };
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
