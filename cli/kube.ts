// cli/kube.ts — the user's kubeconfig → a few plain calls to the API server, as raw JSON.
import { STATUS_CODES } from 'node:http';
import type { RequestOptions } from 'node:https';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import { parseObject } from '../operator/domain/result/exact-json.ts';
import { ApiFailure, Failure } from './failure.ts';
import { newKubeConfig } from './kube-config.ts';

/** Longest wait for the head of an answer, in ms. */
const ANSWER_MS = 30_000;
/** How often a read is asked again when the connection breaks, and the pause between, in ms. */
const READ_TRIES = 3;
const READ_PAUSE_MS = 300;

export interface Connection {
  readonly server: string;
  /** Namespace of the context, or `default`. */
  readonly namespace: string;
  /** Bearer token of the user, if that is how he logs in. */
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of a body: what is sent as it is. */
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Opens the kubeconfig as kubectl would: --kubeconfig, else KUBECONFIG, else ~/.kube/config; throws Failure. */
export async function connect(options: { kubeconfig?: string; context?: string }): Promise<Connection> {
  const config = await newKubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
  } catch (cause) {
    throw new Failure(`kubeconfig: ${(cause as Error).message}; name another one with --kubeconfig`, { cause });
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const context = config.getContextObject(config.getCurrentContext());
  const cluster = config.getCurrentCluster();
  if (!cluster || !context) {
    const known = config.getContexts().map((one) => one.name);
    throw new Failure(
      `kubeconfig: context "${config.getCurrentContext()}" does not exist; choose one of: ${known.join(', ') || '(none)'}`,
    );
  }
  if (cluster.server === 'http://localhost:8080' && options.kubeconfig === undefined) {
    throw new Failure('kubeconfig: there is none; set KUBECONFIG, or name a file with --kubeconfig');
  }
  const found: RequestOptions & { ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
  try {
    await config.applyToHTTPSOptions(found);
  } catch (cause) {
    const { message } = cause as Error;
    if (message.includes('skipTLSVerify'))
      throw new Failure(
        `kubeconfig: cluster "${cluster.name}": its server ${cluster.server} has no TLS; if that is meant, as with kubectl proxy, give it insecure-skip-tls-verify: true`,
        { cause },
      );
    throw new Failure(`kubeconfig: log in as user "${context.user}": ${message}`, { cause });
  }
  const headers = Object.fromEntries(
    Object.entries(found.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  if (found.auth) headers['authorization'] = `Basic ${Buffer.from(found.auth).toString('base64')}`;
  const { ca, cert, key, rejectUnauthorized, servername } = found;
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, rejectUnauthorized, servername }).filter(([, value]) => value !== undefined),
  );
  const timeouts = { bodyTimeout: 0, headersTimeout: ANSWER_MS };
  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: context.namespace ?? 'default',
    token: /^bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1],
    headers,
    dispatcher: cluster.proxyUrl
      ? new ProxyAgent({ uri: cluster.proxyUrl, requestTls: tls, ...timeouts })
      : new Agent({ connect: { ...tls, timeout: 10_000 }, ...timeouts }),
  };
}

/** JSON of one answer. `what` says for an error what was tried, for example `get Action core.local`. */
export async function call<T>(to: Connection, what: string, path: string, options: Call = {}): Promise<T> {
  const text = await textOf(to, what, path, options);
  try {
    return parseObject(text) as T;
  } catch (cause) {
    throw new Failure(`${what}: the answer of ${to.server} is not JSON; is this a Kubernetes API server?`, { cause });
  }
}

/** Text of one answer. */
export async function textOf(to: Connection, what: string, path: string, options: Call = {}): Promise<string> {
  const answer = await send(to, what, path, options);
  const text = await answer.body.text();
  if (answer.statusCode >= 300)
    throw new ApiFailure(what, answer.statusCode, text || (STATUS_CODES[answer.statusCode] ?? ''));
  return text;
}

/** Lines of an answer as they come, without the line ends; throws ApiFailure at once if it is not 2xx. */
export async function* lines(to: Connection, what: string, path: string, options: Call = {}): AsyncGenerator<string> {
  const answer = await send(to, what, path, options);
  if (answer.statusCode >= 300) throw new ApiFailure(what, answer.statusCode, await answer.body.text());
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of answer.body) {
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

/** All objects of a list, page by page. */
export const listAll = async <T>(to: Connection, what: string, path: string, query: Call['query'] = {}): Promise<T[]> =>
  (await listVersion<T>(to, what, path, query)).items;

/** All objects of a list, and the version from which a watch goes on. */
export async function listVersion<T>(
  to: Connection,
  what: string,
  path: string,
  query: Call['query'] = {},
  signal?: AbortSignal,
): Promise<{ readonly items: T[]; readonly resourceVersion: string }> {
  const items: T[] = [];
  for (let next = ''; ; ) {
    const page = await call<{ items: T[]; metadata: { continue?: string; resourceVersion?: string } }>(to, what, path, {
      query: { ...query, limit: '500', ...(next && { continue: next }) },
      signal,
    });
    items.push(...page.items);
    next = page.metadata.continue ?? '';
    if (next === '') return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
  }
}

/** Path of a namespaced collection of ours or, with an empty namespace, of all namespaces. */
export const collection = (apiVersion: string, namespace: string, plural: string): string =>
  `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}${namespace && `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`;

async function send(to: Connection, what: string, path: string, options: Call): Promise<Dispatcher.ResponseData> {
  const { method = 'GET', query = {}, body, bytes, headers = {}, signal } = options;
  const search = new URLSearchParams(query).toString();
  const url = `${to.server}${path}${search && `?${search}`}`;
  for (let tried = 1; ; tried += 1) {
    try {
      return await request(url, {
        method,
        dispatcher: to.dispatcher,
        headers: {
          accept: 'application/json, */*',
          'user-agent': 'squall-cli',
          ...(bytes && { 'content-type': 'application/octet-stream' }),
          ...(body !== undefined && {
            'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
          }),
          ...to.headers,
          ...headers,
        },
        body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
        ...(signal && { signal }),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const { code, message } = cause as { code?: string; message: string };
      // A create names its object, so asking again is safe: the second answer is "already exists".
      if (tried < READ_TRIES && code !== 'ENOTFOUND')
        await new Promise((wake) => setTimeout(wake, READ_PAUSE_MS * tried));
      else
        throw new Failure(
          `${what}: reach ${to.server}: ${code ?? message}; is the cluster up, and is this its --context?`,
          { cause },
        );
    }
  }
}
