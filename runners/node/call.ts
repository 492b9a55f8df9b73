// runners/node/call.ts — an action that is a function → the file that has it, and the file of what it is called with.
import { writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { Task } from '../../operator/api/envelope.ts';
import { placesOf } from './content.ts';
import { TaskFailure } from './failure.ts';

/** How the process of such an action starts. */
export interface FunctionCommand {
  readonly words: readonly [file: string, ...words: string[]];
  /** Below the variables of the task, above those of the pod. */
  readonly env: Readonly<Record<string, string>>;
}

/** Of a Node action; the wrapper of Python reads some of it. */
export interface ActionCall extends NonNullable<Task['node']> {
  readonly ref: string;
  readonly pack: string;
  /** Absolute path. */
  readonly file: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly execution: { readonly id: string; readonly name: string; readonly namespace: string };
  readonly attempt: number;
}

interface CallOptions {
  readonly call: NonNullable<Task['node']>;
  readonly file: string;
  readonly scratch: string;
}

/** Writes it for the user of the process only, who deletes it when it is read. */
export function writeCall(task: Task, { call, file, scratch }: CallOptions): string {
  const path = join(scratch, 'action.json');
  const { uid: id, name, namespace } = task.execution;
  const whole: ActionCall = {
    ...call,
    ref: task.action,
    pack: task.content?.pack ?? '',
    file,
    config: task.content?.config ?? {},
    execution: { id, name, namespace },
    attempt: task.attempt,
  };
  writeFileSync(path, JSON.stringify(whole), { mode: 0o600 });
  return path;
}

/** The extension of a text that came with its Action. */
const EXTENSIONS = { 'python-script': 'py', 'node-script': 'ts' } as const;

/** Absolute path of the file with the function; a text that came with the Action becomes one, named after it. Throws TaskFailure. */
export function actionFile(task: Task, scratch: string, env: NodeJS.ProcessEnv): string {
  const { runner, action, script } = task;
  if (task.entryPoint !== undefined) return entryPointOf(task, env);
  const extension = runner === 'python-script' || runner === 'node-script' ? EXTENSIONS[runner] : 'txt';
  const name = action.slice(action.indexOf('.') + 1).replaceAll(/[^\w.-]/g, '_');
  const path = join(scratch, `${name}.${extension}`);
  writeFileSync(path, script ?? '', { mode: 0o600 });
  return path;
}

/** Absolute path of the file that a task runs; throws TaskFailure for one outside of its pack. */
export function entryPointOf({ entryPoint = '', content }: Task, env: NodeJS.ProcessEnv): string {
  const path = normalize(entryPoint);
  if (path.startsWith('/') || path.startsWith('../') || path === '..' || path.includes('\0'))
    throw new TaskFailure(`entryPoint: ${JSON.stringify(entryPoint)} is not in the folder of its pack`);
  return join(placesOf(content?.pack ?? '', env).pack, path);
}
