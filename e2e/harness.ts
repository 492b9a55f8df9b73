// e2e/harness.ts — what stories and benchmarks need: the cluster, the installed Squall, and patience.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { ExecutionStatus } from '../operator/api/execution.ts';
import { type Execution, Execution as ExecutionKind } from '../operator/api/kinds.ts';
import { API_VERSION, type KubeObject } from '../operator/api/meta.ts';
import { isNotFound } from '../operator/kube/errors.ts';
import { collectionPath, KIND, objectPath } from '../operator/kube/paths.ts';
import { loadTransport, type Transport } from '../operator/kube/transport.ts';

/** What the runner of the stories has set up; read from the file that SQUALL_E2E names. */
export interface Stage {
  readonly origin: 'context' | 'kind' | 'embedded';
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly helm: string;
  readonly helm4?: string | undefined;
  readonly kwok?: string | undefined;
  readonly auditLog?: string | undefined;
  readonly hostAddress?: string | undefined;
  /** Where Squall is installed, under which release name. */
  readonly namespace: string;
  readonly release: string;
  /** https://… of the door from this machine, with the CA that signs it and the name in its certificate. */
  readonly url: string;
  readonly ca: string;
  readonly servername: string;
  readonly images: {
    readonly operator: string;
    readonly runnerNode: string;
    readonly runnerPython: string;
    /** A machine with OpenSSH's server. */
    readonly sshd: string;
    /** runner-python with the program `weigh` and the pack `boxed`. */
    readonly packImage: string;
  };
}

export const stage: Stage = JSON.parse(
  readFileSync(process.env['SQUALL_E2E'] ?? 'artifacts/stage.json', 'utf8'),
) as Stage;

let transport: Promise<Transport> | undefined;
/** The API server, as admin. */
export const kubernetes = (): Promise<Transport> => (transport ??= loadTransport({ kubeconfig: stage.kubeconfig }));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; never throws for its exit code. */
export function run(
  program: string,
  args: readonly string[],
  input?: string,
  environment?: NodeJS.ProcessEnv,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, KUBECONFIG: stage.kubeconfig, ...environment } },
      (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {}); // a command may end without reading its input
    child.stdin?.end(input ?? '');
  });
}

/** kubectl with these arguments. @throws Error with its own words when it fails */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await run(stage.kubectl, args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
}

/** What kubectl says when it refuses. @throws Error when it does not refuse */
export async function kubectlRefusal(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await run(stage.kubectl, args, input);
  if (code === 0) throw new Error(`kubectl ${args.join(' ')} was not refused: ${stdout}`);
  return stderr;
}

export const apply = (...objects: readonly object[]): Promise<string> =>
  kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));

/** Looks again and again until `check` gives something; after `seconds` it tells what was wanted and what the last look said. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  const until = performance.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const found = await check();
      if (found !== undefined && found !== false) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > until)
      throw new Error(`not within ${seconds} s: ${what}; last look: ${String(last)}`, { cause: last });
    await sleep(250);
  }
}

/** Creates a namespace under Pod Security restricted. */
export async function createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
  const api = await kubernetes();
  await api.create(collectionPath(KIND.namespace), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted', ...labels } },
  });
  await eventually('the default service account', async () =>
    api.get(objectPath(KIND.serviceAccount, name, 'default')),
  );
}

/** Deletes a namespace with all that is in it; does not wait for it. */
export async function deleteNamespace(name: string): Promise<void> {
  const api = await kubernetes();
  await api.delete(objectPath(KIND.namespace, undefined, name), { propagation: 'Background' });
}

export async function namespaceExists(name: string): Promise<boolean> {
  const api = await kubernetes();
  const found = await api.get(objectPath(KIND.namespace, undefined, name)).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  return found !== undefined;
}

/** An object of ours, ready to apply. */
export const ours = (kind: string, namespace: string, name: string, spec: object): object => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { namespace, name },
  spec,
});

let counter = 0;
/** Creates an Execution of `action`; returns its name. */
export async function createExecution(
  namespace: string,
  action: string,
  parameters: Readonly<Record<string, unknown>> = {},
  spec: object = {},
): Promise<string> {
  counter += 1;
  const name = `story-${process.pid}-${counter}-${randomBytes(2).toString('hex')}`;
  const api = await kubernetes();
  await api.create(
    collectionPath(ExecutionKind, namespace),
    ours('Execution', namespace, name, { request: { action, parameters }, ...spec }),
  );
  return name;
}

export const FINAL: readonly string[] = ['Succeeded', 'Failed', 'TimedOut', 'Abandoned', 'Canceled'];

export async function getExecution(namespace: string, name: string): Promise<Execution | undefined> {
  const api = await kubernetes();
  try {
    return (await api.get(objectPath(ExecutionKind, namespace, name))) as Execution;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export type Ended = Execution & { readonly status: ExecutionStatus };

/** The Execution in its final phase. @throws Error with its status, pods and events when it does not get there */
export async function ended(namespace: string, name: string, seconds = 90): Promise<Ended> {
  try {
    return await eventually(
      `Execution ${namespace}/${name} ends`,
      async () => {
        const execution = await getExecution(namespace, name);
        return execution?.status && FINAL.includes(execution.status.phase) ? (execution as Ended) : undefined;
      },
      seconds,
    );
  } catch (cause) {
    const story = await Promise.all([
      run(stage.kubectl, ['-n', namespace, 'get', 'executions,jobs,pods', '-o', 'wide']),
      run(stage.kubectl, ['-n', namespace, 'get', 'execution', name, '-o', 'yaml']),
      run(stage.kubectl, ['-n', namespace, 'get', 'events', '--sort-by=.lastTimestamp']),
      run(stage.kubectl, ['-n', stage.namespace, 'logs', 'deploy/squall', '--tail=60']),
    ]);
    throw new Error(`${(cause as Error).message}\n${story.map((part) => part.stdout.slice(-4000)).join('\n')}`, {
      cause,
    });
  }
}

const agents = new Map<string, Agent>();
function agentFor(ca: string): Agent {
  const known = agents.get(ca);
  if (known) return known;
  const agent = new Agent({ connect: { ca, servername: stage.servername }, connections: 64 });
  agents.set(ca, agent);
  return agent;
}

/** Whether the operator has judged the spec as it is; a status with defaults alone says nothing yet. */
export const isJudged = (object: KubeObject | undefined): boolean =>
  object !== undefined &&
  (object.status as { readonly observedGeneration?: number } | undefined)?.observedGeneration ===
    object.metadata.generation;

export interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface Door {
  readonly url: string;
  readonly ca: string;
}

/** Posts to the door. `body` is sent as it is when it is text or bytes, else as JSON. */
export const post = (
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  door: Door = stage,
): Promise<Answer> => callDoor('POST', path, { body, headers, door });

/** The same with any method. */
export async function callDoor(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  options: { body?: unknown; headers?: Readonly<Record<string, string>>; door?: Door } = {},
): Promise<Answer> {
  const { body, headers = {}, door = stage } = options;
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await request(`${door.url}${path}`, {
    method,
    dispatcher: agentFor(door.ca),
    headers: { 'content-type': 'application/json', ...headers },
    body: raw ?? null,
    headersTimeout: 20_000,
  });
  const text = await response.body.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not every answer is JSON; the text is what there is.
  }
  return { code: response.statusCode, headers: response.headers, body: parsed };
}

/** Names in the header Squall-Executions. */
export const executionsOf = (answer: Answer): string[] =>
  String(answer.headers['squall-executions'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** All objects of a kind in a namespace. */
export async function list(
  kind: { apiVersion: string; plural: string },
  namespace: string,
  labelSelector?: string,
): Promise<readonly KubeObject[]> {
  const api = await kubernetes();
  const { items } = await api.page(
    collectionPath(kind, namespace),
    labelSelector === undefined ? {} : { labelSelector },
  );
  return items;
}

/** A webhook that everybody may use, with a rule on it that runs `action`. */
export const openWebhook = (namespace: string, url: string, action: object, extra: object = {}): object[] => [
  ours('TriggerType', namespace, `hooks.${url}`, { webhook: { url, authentication: 'open', ...extra } }),
  ours('Rule', namespace, `hooks.${url}`, { trigger: { type: `hooks.${url}` }, action }),
];

/** Waits until the operator has judged the objects as Ready. */
export const ready = (namespace: string, ...names: readonly string[]): Promise<string> =>
  kubectl(['-n', namespace, 'wait', '--for=condition=Ready', '--timeout=30s', ...names]);
