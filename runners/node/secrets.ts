// runners/node/secrets.ts — files of secret parameters → the task with their values in place of the marks.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../operator/api/envelope.ts';
import { isExact } from '../../operator/domain/result/exact-json.ts';
import { TaskFailure } from './failure.ts';
import { SECRET_MARK } from './limits.ts';

export type Secrets = ReadonlyMap<string, string>;

/** Reads the file of each name in `directory`; throws TaskFailure for one that is missing or is not UTF-8 text. */
export function readSecrets(directory: string | undefined, names: readonly string[]): Secrets {
  if (names.length === 0) return new Map();
  if (directory === undefined) throw new TaskFailure('SQUALL_SECRETS_DIR is not set, and the task has secrets');
  return new Map(names.map((name) => [name, readSecret(directory, name)]));
}

function readSecret(directory: string, name: string): string {
  if (name === '' || name.includes('/') || name === '..')
    throw new TaskFailure(`Secret parameter ${JSON.stringify(name)} is not a file name: rename the parameter`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(directory, name));
  } catch (cause) {
    throw new TaskFailure(`Secret parameter "${name}" has no file in the pod: check the Secret that it names`, {
      cause,
    });
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // said below, for both
  }
  throw new TaskFailure(`Secret parameter "${name}" is not text: store it base64-encoded and decode it in the action`);
}

/** Texts of the pack's configuration that are secret though they stand in it in clear text. */
export function clearSecrets({ config, secret = [] }: NonNullable<Task['content']>): readonly string[] {
  return secret.flatMap((place) => textsIn(place.reduce<unknown>(partOf, config)));
}

const partOf = (whole: unknown, step: string | number): unknown =>
  typeof whole === 'object' && whole !== null && Object.hasOwn(whole, step)
    ? (whole as Readonly<Record<string | number, unknown>>)[step]
    : undefined;

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || isExact(value)) return [JSON.stringify(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The task with every mark of a known parameter replaced; values are not searched for marks again. */
export function fillIn(task: Task, secrets: Secrets): Task {
  const fill = (text: string): string => text.replace(SECRET_MARK, (mark, name: string) => secrets.get(name) ?? mark);
  return {
    ...task,
    ...(task.command !== undefined && { command: fill(task.command) }),
    ...(task.script !== undefined && { script: fill(task.script) }),
    ...(task.directory !== undefined && { directory: fill(task.directory) }),
    ...(task.content && { content: { ...task.content, config: filled(task.content.config, fill) } }),
    ...(task.python && { python: { ...task.python, parameters: filled(task.python.parameters, fill) } }),
    ...(task.node && { node: { ...task.node, parameters: filled(task.node.parameters, fill) } }),
    ...(task.http && { http: filled(task.http, fill) }),
    ...(task.remote && { remote: filled(task.remote, fill) }),
    arguments: task.arguments.map(fill),
    environment: Object.fromEntries(Object.entries(task.environment).map(([name, value]) => [name, fill(value)])),
  };
}

/** The value with every text in it filled in, at any depth. */
function filled<T>(value: T, fill: (text: string) => string): T;
function filled(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => filled<unknown>(item, fill));
  if (typeof value !== 'object' || value === null || isExact(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled<unknown>(item, fill)]));
}
