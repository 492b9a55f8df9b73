// runners/installer/index-files.ts — addresses of index files → the text of each, or why there is none.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import type { IndexAnswer } from '../../operator/domain/pack/packindex.ts';
import { StepFailure } from './failure.ts';

export interface IndexOptions {
  /** File of trusted authorities; undefined for the system's. */
  readonly authorities: string | undefined;
  /** PEM text that is trusted too: an index may come from the operator. */
  readonly ca: string | undefined;
  /** Has the proxies. */
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

const MOST_BYTES = 64 * 1024 * 1024;
const SILENCE_MS = 20_000;
const TRIES = 3;
const REDIRECTS = 5;

export const readIndexes = (urls: readonly string[], options: IndexOptions): Promise<IndexAnswer[]> =>
  Promise.all(urls.map((url) => readIndex(url, options)));

async function readIndex(url: string, options: IndexOptions): Promise<IndexAnswer> {
  for (let tries = 1; ; tries++) {
    try {
      return { url, text: await textOf(url, options, REDIRECTS) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (tries >= TRIES || error instanceof StepFailure || options.stop.aborted)
        return { url, failure: message || code || String(error) };
    }
  }
}

async function textOf(address: string, options: IndexOptions, redirects: number): Promise<string> {
  if (!URL.canParse(address)) throw new StepFailure('it is no address');
  const url = new URL(address);
  if (!['https:', 'http:'].includes(url.protocol)) throw new StepFailure('it must be https://…');
  const response = await responseOf(url, options);
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    response.destroy();
    if (redirects === 0) throw new StepFailure('it redirects too often');
    return textOf(new URL(headers.location, url).href, options, redirects - 1);
  }
  if (statusCode !== 200) {
    response.destroy();
    // What the server refuses will be refused again.
    if (statusCode < 500) throw new StepFailure(`HTTP ${statusCode}`);
    throw new Error(`HTTP ${statusCode}`);
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new StepFailure(`it has more than ${MOST_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function responseOf(url: URL, { authorities, ca, env, stop }: IndexOptions): Promise<IncomingMessage> {
  const system = authorities ?? env['SSL_CERT_FILE'] ?? '/etc/ssl/certs/ca-certificates.crt';
  const trusted = [...(ca === undefined ? [] : [ca]), readFileSync(system, 'utf8')];
  const common = { timeout: SILENCE_MS, signal: stop, headers: { Accept: 'application/json', 'User-Agent': 'squall' } };
  return new Promise((resolve, reject) => {
    const call =
      url.protocol === 'https:'
        ? httpsGet(url, { ...common, agent: new HttpsAgent({ proxyEnv: env, ca: trusted }) }, resolve)
        : httpGet(url, { ...common, agent: new HttpAgent({ proxyEnv: env }) }, resolve);
    call.once('timeout', () => call.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
    call.once('error', reject);
  });
}
