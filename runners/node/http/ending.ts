// runners/node/http/ending.ts — an http-request task → the request made, and its result in StackStorm's form.
import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { getCACertificates } from 'node:tls';
import type { Task } from '../../../operator/api/envelope.ts';
import { parseExact } from '../../../operator/domain/result/exact-json.ts';
import { TaskFailure } from '../failure.ts';
import { RESULT_MAX_BYTES } from '../limits.ts';
import { jsonBytes, type Made, type MadeEnding } from '../made.ts';
import type { Mask } from '../mask.ts';
import { maskedValue } from '../result.ts';
import { textOf, TooLarge } from './body.ts';
import { type Answer, BrokenBody, exchange } from './exchange.ts';
import { type Call, prepare } from './prepare.ts';

interface Setting {
  readonly env: NodeJS.ProcessEnv;
  readonly mask: Mask;
  /** Ends the request from outside. */
  readonly stop: AbortSignal;
}

/** Makes the request. Throws TaskFailure for what can't be sent, and for a connection that failed. */
export async function httpEnding(task: Task, call: Call, { env, mask, stop }: Setting): Promise<MadeEnding> {
  const prepared = prepare(call, task.action);
  const startedAt = new Date();
  const late = AbortSignal.timeout(task.timeoutSeconds * 1000);
  const ended = (outcome: MadeEnding['outcome'], message: string | undefined, within: MadeEnding['within']) => ({
    outcome,
    message,
    within,
    startedAt,
    endedAt: new Date(),
  });
  const without = (outcome: MadeEnding['outcome'], error: string) =>
    ended(outcome, error, () => ({ result: { error: mask.text(error) } }));
  try {
    const answer = await exchange(prepared, {
      follow: call.allowRedirects,
      verify: call.verifyCertificate,
      ca: authorities(env),
      proxies: proxiesOf(call, env),
      check: (url) => checkHost(call, url),
      limitBytes: RESULT_MAX_BYTES,
      signal: AbortSignal.any([late, stop]),
    });
    const isGood = answer.status >= 200 && answer.status <= 206;
    const text = textOf(answer.bytes, answer.contentType);
    const within = (room: number): Made => fitted(answer, text, mask, room);
    return ended(isGood ? 'succeeded' : 'failed', isGood ? undefined : toldOf(answer, mask.text(text)), within);
  } catch (error) {
    if (stop.aborted) return without('abandoned', 'The pod was told to stop while the request was under way');
    if (late.aborted) return without('timedOut', `The request did not complete in ${task.timeoutSeconds} seconds`);
    if (error instanceof BrokenBody && error.cause instanceof TooLarge)
      return ended('failed', error.message, () => withoutBody(error.answer, mask, `${error.message}; ${REMEDY}`));
    if (error instanceof TaskFailure) throw error;
    throw new TaskFailure(`${prepared.method} ${prepared.url.origin}: ${wordsOf(error as Error)}`, { cause: error });
  }
}

const REMEDY = 'ask for less of it, or fetch it in an action that stores it elsewhere';

/** `text` is masked: what is cut could not be recognised any more. */
const toldOf = ({ status, reason }: Answer, text: string): string =>
  `HTTP ${status} ${reason || (STATUS_CODES[status] ?? 'without a reason')}${text === '' ? '' : `: ${text.slice(0, 300).replaceAll(/\s+/g, ' ')}`}`;

/** All of it, or all but the body: half of a value would be another one. */
function fitted(answer: Answer, text: string, mask: Mask, room: number): Made {
  const { status, headers, contentType } = answer;
  const decoded = /^\s*application\/json\s*(;|$)/i.test(contentType) ? decode(text, mask) : undefined;
  const result = {
    status_code: status,
    body: decoded ? decoded.value : mask.text(text),
    parsed: decoded !== undefined,
    headers: maskedValue(headers, mask, 0),
  };
  const bytes = jsonBytes(result);
  if (bytes <= room) return { result };
  const failure = `The response has ${bytes} bytes as JSON, at most ${room} are kept; ${REMEDY}`;
  return withoutBody(answer, mask, failure);
}

function withoutBody({ status, headers }: Answer, mask: Mask, failure: string): Made {
  const result = {
    status_code: status,
    body: '',
    parsed: false,
    headers: maskedValue(headers, mask, 0),
    error: failure,
  };
  return { result, failure };
}

/** Undefined for what is no JSON, or deeper than the contract takes. */
function decode(text: string, mask: Mask): { readonly value: unknown } | undefined {
  try {
    return { value: maskedValue(parseExact(text), mask, 0) };
  } catch {
    return undefined;
  }
}

function checkHost({ blacklist, whitelist, url: first }: Call, url: URL): void {
  const host = hostOf(url);
  const isIn = (list: readonly string[]) => list.some((one) => named(one) === host);
  const shown = URL.canParse(first) && new URL(first).host === url.host ? first : url.origin;
  if (blacklist.length > 0 && isIn(blacklist)) throw new TaskFailure(`URL "${shown}" is blacklisted`);
  if (whitelist.length > 0 && !isIn(whitelist)) throw new TaskFailure(`URL "${shown}" is not whitelisted`);
}

/** A name with a dot at its end is the same name. */
const hostOf = ({ hostname }: URL): string => hostname.replaceAll(/^\[|\]$|\.$/g, '');

/** A host of a list, in the form that it has in an address. */
function named(host: string): string {
  const address = `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`;
  return URL.canParse(address) ? hostOf(new URL(address)) : host.toLowerCase();
}

/** A proxy of the task is used for every host, those of the pod's environment not for NO_PROXY. */
function proxiesOf({ proxies }: Call, env: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  const variable = (name: string): string | undefined => env[name.toLowerCase()] ?? env[name];
  const given = {
    ...(proxies.http && { HTTP_PROXY: proxies.http }),
    ...(proxies.https && { HTTPS_PROXY: proxies.https }),
  };
  for (const [name, value] of Object.entries(given))
    if (!URL.canParse(value)) throw new TaskFailure(`${name.toLowerCase()}: it is no address; give http://host:port`);
  if (proxies.http && proxies.https) return given;
  return {
    HTTP_PROXY: variable('HTTP_PROXY'),
    HTTPS_PROXY: variable('HTTPS_PROXY'),
    NO_PROXY: variable('NO_PROXY'),
    ...given,
  };
}

/** Files with certificates that are trusted too: the namespace's, and those that the pod's variables name for other programs. */
const AUTHORITY_VARIABLES = ['SQUALL_TRUST_FILE', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'];

function authorities(env: NodeJS.ProcessEnv): readonly string[] | undefined {
  const own = AUTHORITY_VARIABLES.flatMap((name) => {
    try {
      return env[name] ? [readFileSync(env[name], 'utf8')] : [];
    } catch {
      // The namespace need not have any.
      return [];
    }
  });
  return own.length === 0 ? undefined : [...getCACertificates('default'), ...own];
}

function wordsOf(error: Error): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const said = message || code || String(error);
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code))
    return `${said}; put the authority's certificate into the ConfigMap squall-ca of the namespace, as ca.crt, or set verify_ssl_cert to false`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${said}; the name of the host is not known in the pod`;
  if (said === 'aborted' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return 'the connection was closed before the response was complete';
  return said;
}
