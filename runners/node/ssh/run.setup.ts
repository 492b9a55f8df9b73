// runners/node/ssh/run.setup.ts — a command for hosts → what would be posted, and what was logged meanwhile.
import type { Task } from '../../../operator/api/envelope.ts';
import { madeBody } from '../made.ts';
import { maskOf } from '../mask.ts';
import type { Remote } from './credentials.ts';
import { remoteEnding } from './ending.ts';
import { keys, USER } from './server.setup.ts';

export interface Given {
  readonly remote?: Partial<Remote>;
  readonly task?: Partial<Task>;
  readonly secrets?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly stop?: AbortSignal;
  readonly limitBytes?: number;
}
interface HostResult {
  readonly [field: string]: unknown;
}

/** Without a command it is the script of the task. */
export async function runRemote(command: string | undefined, given: Given) {
  const { remote, task, secrets = [], env = {}, stop = new AbortController().signal, limitBytes } = given;
  const said: string[] = [];
  const whole = {
    execution: { namespace: 'default', name: 'e-1', uid: `uid-${Math.random()}` },
    attempt: 1,
    runner: command === undefined ? 'remote-shell-script' : 'remote-shell-cmd',
    command,
    arguments: [],
    environment: {},
    directory: '/tmp',
    sudo: false,
    timeoutSeconds: 20,
    ...task,
  } as unknown as Task;
  const hosts = {
    hosts: '127.0.0.1',
    port: 22,
    parallel: false,
    folder: '/tmp',
    username: USER,
    privateKey: keys.private,
  };
  const mask = maskOf(secrets);
  const say = (message: string): void => void said.push(message);
  const logged = { stdout: '', stderr: '' };
  const log = {
    stdout: (text: string): void => void (logged.stdout += text),
    stderr: (text: string): void => void (logged.stderr += text),
  };
  const ending = await remoteEnding(whole, { ...hosts, ...remote }, { env, mask, stop, log, say });
  const body = JSON.parse(madeBody(1, ending, mask, limitBytes)) as {
    outcome: string;
    message?: string;
    result: Record<string, HostResult>;
  };
  return { ...body, host: Object.values(body.result)[0] ?? {}, said, logged };
}
