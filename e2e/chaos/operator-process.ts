// e2e/chaos/operator-process.ts — the operator's bundle as a process of this machine, in the place of the installed one.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { stringify } from 'yaml';
import { eventually, kubectl, type Stage } from '../harness.ts';

const HTTPS_PORT = 18443;
const HTTP_PORT = 18080;

/** Where something goes wrong: before or after one of the first three calls of this verb on this kind. */
export interface FaultPoint {
  /** kill: the process is gone at once; lose: the call was carried out, its answer never came. */
  readonly effect: 'kill' | 'lose';
  readonly point: 'before' | 'after';
  readonly verb: string;
  readonly kind: string;
}

/** The calls on which an event's way depends, each to be cut before it is made and after. */
const CALLS: readonly (readonly [verb: string, kind: string])[] = [
  ['create', 'executions'],
  ['create', 'jobs'],
  ['replaceStatus', 'executions'],
  ['delete', 'jobs'],
  // With a secret parameter: its Secret comes before the Execution, and belongs to it afterwards.
  ['create', 'secrets'],
  ['replace', 'secrets'],
];
/** Killed before each of these calls, and after it. */
export const killPoints = (calls: readonly (readonly [verb: string, kind: string])[]): readonly FaultPoint[] =>
  calls.flatMap(([verb, kind]) =>
    (['before', 'after'] as const).map((point) => ({ effect: 'kill', point, verb, kind }) satisfies FaultPoint),
  );
export const KILL_POINTS = killPoints(CALLS);

export interface StartOptions {
  readonly fault?: FaultPoint;
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether to wait until it is ready; it does unless this is false. */
  readonly wait?: boolean;
  /** Arguments of Node; the bundle by default. */
  readonly program?: readonly string[];
  /** Where its log goes; a file by default. */
  readonly output?: 'inherit';
}

/**
 * Takes the installed operator's place: the same service account, Lease, Service and certificate, but a process that can be
 * killed and started at once. `leave` gives the place back.
 */
export class OperatorProcess {
  readonly #stage: Stage;
  readonly #folder = resolve('artifacts/operator-process');
  #child: ChildProcess | undefined;
  #starts = 0;
  #selector: Readonly<Record<string, string>> = {};

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** Path of the kubeconfig with the operator's account. */
  get kubeconfig(): string {
    return `${this.#folder}/kubeconfig`;
  }

  /** Scales the installed operator to nothing and points its Service at this machine. */
  async take(): Promise<void> {
    const { namespace, release, hostAddress } = this.#stage;
    if (hostAddress === undefined)
      throw new Error('an operator process needs the embedded cluster: pods must reach this machine');
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(`${this.#folder}/data`, { recursive: true });
    await kubectl(['-n', namespace, 'scale', `deployment/${release}`, '--replicas=0']);
    this.#selector = JSON.parse(
      await kubectl(['-n', namespace, 'get', 'service', release, '-o', 'jsonpath={.spec.selector}']),
    ) as Record<string, string>;
    const labels = Object.entries(this.#selector).map(([name, value]) => `${name}=${value}`);
    await eventually('the installed operator is gone', async () => {
      const pods = await kubectl(['-n', namespace, 'get', 'pods', '-l', labels.join(','), '-o', 'name']);
      return pods.trim() === '';
    });
    await kubectl([
      '-n',
      namespace,
      'patch',
      'service',
      release,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/spec/selector"}]',
    ]);
    await kubectl(['apply', '-f', '-'], stringify(this.#slice(namespace, release, hostAddress)));
    const token = (await kubectl(['-n', namespace, 'create', 'token', release, '--duration=6h'])).trim();
    const admin = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'])) as {
      clusters: { cluster: object }[];
    };
    writeFileSync(
      this.kubeconfig,
      stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'here', cluster: admin.clusters[0]!.cluster }],
        users: [{ name: 'operator', user: { token } }],
        contexts: [{ name: 'here', context: { cluster: 'here', user: 'operator', namespace } }],
        'current-context': 'here',
      }),
      { mode: 0o600 },
    );
  }

  #slice(namespace: string, service: string, address: string): object {
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace, name: `${service}-process`, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      ports: [
        { name: 'https', port: HTTPS_PORT, protocol: 'TCP' },
        { name: 'metrics', port: HTTP_PORT, protocol: 'TCP' },
      ],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    };
  }

  /** Starts the process and, unless told otherwise, waits until it is ready. */
  async start(options: StartOptions = {}): Promise<void> {
    const { namespace, release, images } = this.#stage;
    this.#starts += 1;
    const program = options.fault
      ? ['e2e/chaos/faulty-operator.ts']
      : (options.program ?? ['dist/operator/operator.js']);
    const child = spawn(process.execPath, [...program], {
      env: {
        PATH: process.env['PATH'],
        NODE_OPTIONS: '--max-semi-space-size=4', // as in its image
        KUBECONFIG: this.kubeconfig,
        SQUALL_NAMESPACE: namespace,
        SQUALL_SERVICE_ACCOUNT: release,
        SQUALL_SERVICE_URL: `https://${release}.${namespace}.svc`,
        SQUALL_TLS_SECRET: `${release}-tls`,
        SQUALL_RUNNER_NODE_IMAGE: images.runnerNode,
        SQUALL_RUNNER_PYTHON_IMAGE: images.runnerPython,
        SQUALL_POD_NAME: 'operator-process',
        SQUALL_DATA_DIR: `${this.#folder}/data`,
        SQUALL_HTTPS_PORT: String(HTTPS_PORT),
        SQUALL_HTTP_PORT: String(HTTP_PORT),
        SQUALL_PACKS_DIR: 'packs',
        ...(options.fault ? { SQUALL_FAULT: JSON.stringify(options.fault) } : {}),
        ...options.environment,
      },
      stdio: ['ignore', options.output ?? 'pipe', options.output ?? 'pipe'],
    });
    const log = createWriteStream(`${this.#folder}/operator.log`, { flags: 'a' });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.#child = child;
    if (options.wait !== false) await eventually('the operator process is ready', () => this.isReady());
  }

  async isReady(): Promise<boolean> {
    const { statusCode, body } = await request(`http://127.0.0.1:${HTTP_PORT}/readyz`);
    await body.dump();
    return statusCode === 200;
  }

  /** A number of the process's own metrics. */
  async metric(name: string): Promise<number> {
    const { body } = await request(`http://127.0.0.1:${HTTP_PORT}/metrics`);
    const lines = (await body.text())
      .split('\n')
      .filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  get alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the process and waits until it is gone. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || !this.alive) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }

  /** Starts it again whenever it is gone, until `stop` is aborted. */
  async keepAlive(stop: AbortSignal, options: StartOptions = {}): Promise<void> {
    while (!stop.aborted) {
      if (!this.alive) await this.start({ ...options, wait: false });
      await sleep(50);
    }
  }

  /** Gives the place back to the installed operator and waits until that is ready. */
  async leave(): Promise<void> {
    const { namespace, release } = this.#stage;
    await this.end('SIGTERM');
    await kubectl(['-n', namespace, 'delete', 'endpointslice', `${release}-process`, '--ignore-not-found']);
    await kubectl([
      '-n',
      namespace,
      'patch',
      'service',
      release,
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { selector: this.#selector } }),
    ]);
    await kubectl(['-n', namespace, 'scale', `deployment/${release}`, '--replicas=1']);
    await kubectl(['-n', namespace, 'rollout', 'status', `deployment/${release}`, '--timeout=90s']);
  }
}
