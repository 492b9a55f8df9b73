// operator/kube/connection.ts — who we are and how to reach the API server: one dispatcher, renewed when files rotate.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';

/** Files and tokens are read again when what we know is older. */
const REFRESH_MS = 10_000;
const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

type Env = Readonly<Record<string, string | undefined>>;
interface Tls {
  readonly ca?: Buffer | string | undefined;
  readonly cert?: Buffer | string | undefined;
  readonly key?: Buffer | string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly servername?: string | undefined;
}
interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
}
/** Where the API server is and how to prove who we are; `read` is asked again for each refresh. */
interface Account {
  readonly server: string;
  readonly namespace: string | undefined;
  readonly proxy: string | undefined;
  read(): Promise<Credentials>;
}

export interface AccountOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Environment to look for the in-cluster address and KUBECONFIG in; the process's own by default. */
  readonly env?: Env;
  /** Folder of the in-cluster account's token, ca.crt and namespace. */
  readonly accountFolder?: string;
}

/** The account that the options name: a kubeconfig, else the pod's own, else KUBECONFIG or ~/.kube/config. */
export async function loadAccount(options: AccountOptions): Promise<Account> {
  const { env = process.env, accountFolder = ACCOUNT_FOLDER } = options;
  const inCluster = env['KUBERNETES_SERVICE_HOST'] && existsSync(`${accountFolder}/token`);
  if (options.kubeconfig === undefined && options.context === undefined && inCluster)
    return podAccount(env, accountFolder);
  // Its generated models cost 60 MB of memory: loaded only where a kubeconfig has to be understood.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  if (options.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(options.kubeconfig);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  return kubeconfigAccount(config, options.kubeconfig ?? 'the default kubeconfig');
}

async function podAccount(env: Env, folder: string): Promise<Account> {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const namespace = await readFile(`${folder}/namespace`, 'utf8').catch(() => undefined);
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: namespace?.trim(),
    proxy: undefined,
    read: async () => {
      const token = (await readFile(`${folder}/token`, 'utf8')).trim();
      if (token === '') throw new Error(`${folder}/token is empty`);
      return { headers: { authorization: `Bearer ${token}` }, tls: { ca: await readFile(`${folder}/ca.crt`) } };
    },
  };
}

function kubeconfigAccount(config: KubeConfig, source: string): Account {
  const cluster = config.getCurrentCluster();
  if (!cluster) {
    throw new Error(`${source}: context "${config.getCurrentContext()}" names no cluster; choose one with --context`);
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    proxy: cluster.proxyUrl,
    read: async () => {
      const found: RequestOptions & { ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
      await config.applyToHTTPSOptions(found);
      const headers = Object.entries(found.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
      if (found.auth) headers.push(['authorization', `Basic ${Buffer.from(found.auth).toString('base64')}`]);
      const { ca, cert, key, rejectUnauthorized, servername } = found;
      return { headers: Object.fromEntries(headers), tls: { ca, cert, key, rejectUnauthorized, servername } };
    },
  };
}

/** One pool of connections to one API server for the whole process. */
export class Connection {
  readonly server: string;
  readonly namespace: string | undefined;
  readonly #account: Account;
  readonly #connections: number;
  #current: { credentials: Credentials; dispatcher: Dispatcher; readAt: number } | undefined;
  #reading: Promise<Credentials> | undefined;

  constructor(account: Account, connections: number) {
    this.#account = account;
    this.#connections = connections;
    this.server = account.server;
    this.namespace = account.namespace;
  }

  /** Headers and dispatcher for the next request. */
  async open(): Promise<{ headers: Readonly<Record<string, string>>; dispatcher: Dispatcher }> {
    const current = this.#current;
    if (current && performance.now() - current.readAt < REFRESH_MS) return this.#answer(current);
    this.#reading ??= this.#account.read().finally(() => {
      this.#reading = undefined;
    });
    const credentials = await this.#reading;
    return this.#answer(this.#renew(credentials));
  }

  /** Read token and files again before the next request: the API server did not accept these. */
  expire(): void {
    if (this.#current) this.#current.readAt = Number.NEGATIVE_INFINITY;
  }

  async close(): Promise<void> {
    await this.#current?.dispatcher.destroy();
  }

  #answer(current: { credentials: Credentials; dispatcher: Dispatcher }) {
    return { headers: current.credentials.headers, dispatcher: current.dispatcher };
  }

  #renew(credentials: Credentials) {
    const old = this.#current;
    const same = old && isDeepStrictEqual(old.credentials.tls, credentials.tls);
    if (old && !same) void old.dispatcher.close(); // requests under way may end
    const dispatcher = same ? old.dispatcher : dispatch(this.#account.proxy, credentials.tls, this.#connections);
    this.#current = { credentials, dispatcher, readAt: performance.now() };
    return this.#current;
  }
}

function dispatch(proxy: string | undefined, tls: Tls, connections: number): Dispatcher {
  const secure = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  // HTTP/1.1: a request that is given up takes its connection along; over HTTP/2 all others would go on waiting on a dead one.
  const pool = { allowH2: false, connections, keepAliveTimeout: 30_000, pipelining: 1 };
  if (proxy !== undefined) return new ProxyAgent({ uri: proxy, requestTls: secure, ...pool });
  return new Agent({
    connect: { ...secure, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 15_000 },
    ...pool,
  });
}
