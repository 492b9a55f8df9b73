// operator/kube/call.ts — one call: request, deadline, what may be tried again, what stays in doubt.
import { parseObject } from '../domain/result/exact-json.ts';
import type { Dispatcher } from 'undici';
import type { Connection } from './connection.ts';
import { AmbiguousError, type StatusDetails, StatusError } from './errors.ts';
import { frames } from './frames.ts';
import { type Place, placeOf, type Query } from './paths.ts';
import { isTimeout, readText, type TextOptions } from './read-text.ts';
import { pause } from './time.ts';
import type { CallOptions } from './transport.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'apply' | 'replace' | 'replaceStatus' | 'patch' | 'delete';

/** What a call is about; `kind` is the plural. */
export interface Call extends Place {
  readonly verb: Verb;
  readonly method: Method;
  readonly path: string;
}

export interface CallHooks {
  /** After every request; code 0 means that no answer came. */
  readonly onCall?: (call: Call & { readonly code: number; readonly ms: number }) => void;
  /** For crash tests, around every mutating request; a throw in `after` loses the answer. */
  readonly fault?: (point: 'before' | 'after', call: Call) => void | Promise<void>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface Request {
  readonly verb: Verb;
  readonly method: Method;
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: object;
  readonly type?: string;
  readonly options?: CallOptions | undefined;
}

const READ_TRIES = 3;
const WRITE_TRIES = 6;
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'NO_CREDENTIALS',
]);

/** Carries out requests over one connection pool. */
export class Caller {
  readonly #connection: Connection;
  readonly #settings: CallHooks & { readonly agent: string; readonly deadlineMs: number };

  constructor(connection: Connection, settings: CallHooks & { readonly agent: string; readonly deadlineMs: number }) {
    this.#connection = connection;
    this.#settings = settings;
  }

  json(request: Request): Promise<unknown> {
    return this.#tryAll(request, async (body) => parseObject(await body.text()));
  }

  text(request: Request, options: TextOptions = {}): Promise<string> {
    return this.#tryAll(request, (body) => readText(body, options));
  }

  /** JSON lines of a watch, until the server ends it. */
  async *stream(path: string, query: Query, signal: AbortSignal): AsyncGenerator<unknown> {
    const request: Request = { verb: 'watch', method: 'GET', path, query: { ...query, watch: 'true' } };
    yield* frames(await this.#send(request, signal, async (body) => body));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #tryAll<T>(request: Request, read: (body: Body) => Promise<T>): Promise<T> {
    const deadlineMs = request.options?.deadlineMs ?? this.#settings.deadlineMs;
    const timeout = AbortSignal.timeout(Math.ceil(deadlineMs));
    const outer = request.options?.signal;
    const signal = outer ? AbortSignal.any([outer, timeout]) : timeout;
    const endsAt = performance.now() + deadlineMs;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#send(request, signal, read);
      } catch (error) {
        outer?.throwIfAborted();
        if (error instanceof StatusError && error.code === 401) this.#connection.expire();
        const waitMs = retryDelayMs(request, error, tries);
        if (waitMs === undefined || performance.now() + waitMs > endsAt) throw explain(request, error, deadlineMs);
        await pause(waitMs, outer);
        outer?.throwIfAborted();
      }
    }
  }

  async #send<T>(request: Request, signal: AbortSignal, read: (body: Body) => Promise<T>): Promise<T> {
    const { method, verb, path } = request;
    const call: Call = { verb, method, path, ...placeOf(path) };
    const mutates = isWrite(request);
    if (mutates) await this.#settings.fault?.('before', call);
    const { headers, dispatcher } = await this.#connection.open().catch((cause: unknown) => {
      throw Object.assign(new Error('read the credentials', { cause }), { code: 'NO_CREDENTIALS' });
    });
    const began = performance.now();
    let code = 0;
    try {
      const answer = await dispatcher.request({
        origin: this.#connection.server.match(/^https?:\/\/[^/]+/)?.[0] ?? this.#connection.server,
        path: fullPath(this.#connection.server, path, request.query),
        method,
        signal,
        body: request.body === undefined ? null : JSON.stringify(request.body),
        headers: {
          ...headers,
          // The keys of tokens come as a type of their own.
          accept: 'application/json, application/jwk-set+json',
          'user-agent': this.#settings.agent,
          ...(request.body === undefined ? {} : { 'content-type': request.type ?? 'application/json' }),
        },
        headersTimeout: 0, // `signal` is the deadline
        bodyTimeout: 0,
      });
      code = answer.statusCode;
      if (mutates) await this.#lose(call);
      if (code >= 300) throw await refusal(request, answer);
      return await read(answer.body);
    } finally {
      this.#settings.onCall?.({ ...call, code, ms: performance.now() - began });
    }
  }

  async #lose(call: Call): Promise<void> {
    try {
      await this.#settings.fault?.('after', call);
    } catch (cause) {
      throw new AmbiguousError(`${call.method} ${call.path}: the answer is lost`, { cause });
    }
  }
}

/** Reviews are questions, though they are posted. */
const isWrite = ({ method, path }: Request): boolean => method !== 'GET' && !path.endsWith('reviews');

type Body = Dispatcher.ResponseData['body'];

// An address such as https://host/k8s/clusters/c1 keeps its path in front of ours.
function fullPath(server: string, path: string, query: Query | undefined): string {
  const prefix = server.replace(/^https?:\/\/[^/]+/, '');
  const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
  return `${prefix}${path}${search}`;
}

async function refusal(request: Request, answer: Dispatcher.ResponseData): Promise<StatusError> {
  const text = await readText(answer.body, { limitBytes: 65_536 }).catch(() => '');
  const status = parseStatus(text);
  const header = answer.headers['retry-after'];
  const seconds = status?.details?.retryAfterSeconds ?? (typeof header === 'string' ? Number.parseFloat(header) : NaN);
  const message = `${request.method} ${request.path}: ${answer.statusCode} ${status?.message ?? text.slice(0, 200)}`;
  return new StatusError(answer.statusCode, message.trimEnd(), {
    reason: status?.reason,
    details: status?.details,
    retryAfterMs: seconds >= 0 ? seconds * 1000 : undefined,
  });
}

interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
}

function parseStatus(text: string): Status | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Status) : undefined;
  } catch {
    return undefined; // a proxy's page
  }
}

/** How long to wait before trying again; undefined when the call must not be tried again. */
function retryDelayMs(request: Request, error: unknown, tries: number): number | undefined {
  const status = error instanceof StatusError ? error : undefined;
  const backoffMs = Math.min(100 * 2 ** (tries - 1), 5_000) * (1 - Math.random() / 2);
  const delayMs = status?.retryAfterMs === undefined ? backoffMs : Math.max(status.retryAfterMs, backoffMs);
  if (status?.code === 401) return tries === 1 ? 0 : undefined; // a token that was just rotated
  if (!isWrite(request)) {
    const passing = status ? status.code === 429 || status.code >= 500 : !isTimeout(error) && !isUntrusted(error);
    return passing && tries < READ_TRIES ? delayMs : undefined;
  }
  return notApplied(error) && tries < WRITE_TRIES ? delayMs : undefined;
}

/** True when the request certainly changed nothing and may do better next time. */
function notApplied(error: unknown): boolean {
  if (error instanceof StatusError) {
    return error.code === 429 || (error.code === 503 && error.retryAfterMs !== undefined);
  }
  return NEVER_SENT.has(codeOf(error));
}

/** What a caller gets to see when no more tries are left. */
function explain(request: Request, error: unknown, deadlineMs: number): unknown {
  const { method, path } = request;
  if (error instanceof AmbiguousError) return error;
  const doubtful = error instanceof StatusError ? error.code >= 500 : !isUntrusted(error);
  const what = isTimeout(error) ? `no answer in ${deadlineMs} ms` : codeOf(error) || 'no answer';
  if (isWrite(request) && doubtful && !notApplied(error)) {
    const text = error instanceof StatusError ? error.message : `${method} ${path}: ${what}`;
    return new AmbiguousError(`${text}; it may have been applied`, { cause: error });
  }
  if (error instanceof StatusError) return error;
  const remedy = isUntrusted(error) ? '; the certificate authority of the kubeconfig does not match the server' : '';
  return new Error(`${method} ${path}: ${what}${remedy}`, { cause: error });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
const isUntrusted = (error: unknown): boolean => /CERT|ERR_TLS|UNABLE_TO_/.test(codeOf(error));
