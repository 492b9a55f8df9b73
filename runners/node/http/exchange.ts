// runners/node/http/exchange.ts — a prepared request → the response, over redirects and proxies.
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { readBody } from './body.ts';
import type { Headers, Prepared } from './prepare.ts';

export interface Exchange {
  readonly follow: boolean;
  readonly verify: boolean;
  /** PEM texts that are trusted; undefined: those of Node. */
  readonly ca: readonly string[] | undefined;
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly proxies: Readonly<Record<string, string | undefined>>;
  /** Throws for an address that may not be asked. */
  readonly check: (url: URL) => void;
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** In the letters of the server; several of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The body of a response was not read to its end; `cause` says why. */
export class BrokenBody extends Error {
  readonly answer: Answer;
  constructor(answer: Answer, options: ErrorOptions) {
    super((options.cause as Error).message, options);
    this.answer = answer;
  }
}

const REDIRECTS_MAX = 30;
const HEADERS_MAX_BYTES = 256 * 1024;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Throws what the connection throws, and BrokenBody. */
export async function exchange(prepared: Prepared, options: Exchange): Promise<Answer> {
  const settings = { keepAlive: true, proxyEnv: options.proxies };
  const tls = { rejectUnauthorized: options.verify, ...(options.ca && { ca: [...options.ca] }) };
  const agents = { 'http:': new HttpAgent(settings), 'https:': new HttpsAgent({ ...settings, ...tls }) };
  /** By host: a cookie goes back to whom it came from; those of the task to the first host. */
  const jar = new Map([[prepared.url.host, new Map(prepared.cookies)]]);
  let next = prepared;
  try {
    for (let redirects = 0; ; redirects++) {
      options.check(next.url);
      const response = await send(next, jar.get(next.url.host), agents, options.signal);
      collectCookies(response, jar, next.url.host);
      const status = response.statusCode ?? 0;
      const target = options.follow && REDIRECTS.includes(status) ? response.headers.location : undefined;
      if (target === undefined) return await answerOf(response, next.method, options.limitBytes);
      response.destroy();
      if (redirects === REDIRECTS_MAX) throw new Error(`Exceeded ${REDIRECTS_MAX} redirects.`);
      next = redirected(next, target, status);
    }
  } finally {
    for (const agent of Object.values(agents)) agent.destroy();
  }
}

type Agents = Readonly<Record<'http:' | 'https:', HttpAgent>>;

function send(
  { url, method, headers, body }: Prepared,
  cookies: ReadonlyMap<string, string> | undefined,
  agents: Agents,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const words = [...(cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  const hasLength = body !== undefined || ['POST', 'PUT', 'PATCH'].includes(method);
  const all = {
    ...Object.fromEntries(headers.values()),
    ...(words !== '' && !headers.has('cookie') && { Cookie: words }),
    ...(hasLength && { 'Content-Length': String(body?.length ?? 0) }),
  };
  const isSecure = url.protocol === 'https:';
  const agent = agents[isSecure ? 'https:' : 'http:'];
  return new Promise((resolve, reject) => {
    const asked = (isSecure ? httpsRequest : httpRequest)(url, {
      method,
      headers: all,
      agent,
      signal,
      maxHeaderSize: HEADERS_MAX_BYTES,
    });
    asked.once('response', resolve);
    // Also after the response: a server may answer before it has read all.
    asked.on('error', reject);
    asked.end(body);
  });
}

async function answerOf(response: IncomingMessage, method: string, limitBytes: number): Promise<Answer> {
  const answer = {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers: headersOf(response.rawHeaders),
    contentType: response.headers['content-type'] ?? '',
  };
  try {
    return { ...answer, bytes: await readBody(response, method, limitBytes) };
  } catch (cause) {
    throw new BrokenBody({ ...answer, bytes: Buffer.alloc(0) }, { cause });
  }
}

function headersOf(raw: readonly string[]): Record<string, string> {
  const found = new Map<string, [name: string, value: string]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    const known = found.get(name.toLowerCase());
    if (known) known[1] += `, ${value}`;
    else found.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(found.values());
}

function collectCookies(response: IncomingMessage, jar: Map<string, Map<string, string>>, host: string): void {
  for (const line of response.headers['set-cookie'] ?? []) {
    const [, name = '', value = ''] = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(line) ?? [];
    const own = jar.get(host) ?? new Map<string, string>();
    jar.set(host, own);
    if (name !== '') own.set(name, value.trim());
  }
}

/** What a browser does: all but 307 and 308 are asked with GET; another host is not told who asks. */
function redirected({ url, method, headers, body, cookies }: Prepared, target: string, status: number): Prepared {
  const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined;
  if (!next || !/^https?:$/.test(next.protocol))
    throw new Error(`The redirect to ${JSON.stringify(target)} is no http:// or https:// address`);
  const becomesGet =
    (status === 303 && method !== 'HEAD') ||
    (status === 302 && method !== 'HEAD') ||
    (status === 301 && method === 'POST');
  const isDowngrade = url.protocol === 'https:' && next.protocol === 'http:';
  const isOther = next.host !== url.host || isDowngrade;
  const gone = [
    ...(becomesGet ? ['content-type', 'content-encoding', 'content-language', 'content-location'] : []),
    ...(isOther ? ['authorization', 'cookie', 'host'] : []),
  ];
  return {
    url: next,
    method: becomesGet ? 'GET' : method,
    headers: new Map([...headers].filter(([name]) => !gone.includes(name))) satisfies Headers,
    body: becomesGet ? undefined : body,
    cookies,
  };
}
