// runners/node/deliver.ts — the runner ↔ the operator: asks to begin, posts the result, until it is answered for good or too late.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

export interface Target {
  readonly resultUrl: URL;
  /** Undefined: nobody has to be asked. */
  readonly startUrl: URL | undefined;
  /** PEM text of the operator's authority; undefined trusts the system's. */
  readonly ca: string | undefined;
  readonly tokenFile: string;
}
/** What became of a result. */
export type Delivery = 'delivered' | 'superseded' | 'refused' | 'undelivered';
/** Whether the action may begin here; `superseded`: its attempt is over. */
export type Permission = 'granted' | 'superseded' | 'refused';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;
const LONGEST_RETRY_AFTER_MS = 120_000;
/** Silence on the connection after which a try is given up, in ms. */
const SILENCE_MS = 30_000;
/** How long a connection is held ready, in ms: ten thousand running actions must not hold as many on the operator. */
const READY_MS = 10_000;
const SMALLEST_LIMIT_BYTES = 4096;

/** The way to the operator. */
export interface Line {
  /** Asks as long as the answer is `later`: another pod of the Job may have come first. */
  mayStart(): Promise<Permission>;
  /** `bodyFor` makes the body within a limit in bytes: 413 asks for a smaller one. */
  deliver(bodyFor: (limitBytes: number) => string, limitBytes: number, seconds: number): Promise<Delivery>;
}

export function lineTo({ resultUrl, startUrl, ca, tokenFile }: Target, say: (message: string) => void): Line {
  const agent = new Agent({ keepAlive: true, timeout: READY_MS, ...(ca !== undefined && { ca }) });

  function post(url: URL, body: Buffer): Promise<Answer> {
    const token = readFileSync(tokenFile, 'utf8').trim();
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
    };
    return new Promise((resolve, reject) => {
      const call = request(url, { method: 'POST', agent, headers, timeout: SILENCE_MS }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text = (text + piece).slice(0, 500)));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }),
        );
      });
      call.once('timeout', () => call.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
      call.on('error', reject);
      call.end(body);
    });
  }

  /** Posts until an answer is for good; undefined when that takes longer. `what` is said of each try. */
  async function insist(url: URL, body: Buffer, what: string, seconds: number): Promise<Settled | undefined> {
    const deadline = performance.now() + seconds * 1000;
    for (let tries = 0; ; tries++) {
      const answer = await post(url, body).catch((error: unknown) => problemOf(error));
      const verdict = judge(answer);
      if (verdict !== 'again') return { verdict, words: wordsOf(answer) };
      const pause = pauseMs(answer, tries);
      if (performance.now() + pause >= deadline) {
        say(`${what} within ${seconds} s: ${wordsOf(answer)}`);
        return undefined;
      }
      say(`${what} yet, next try in ${(pause / 1000).toFixed(1)} s: ${wordsOf(answer)}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  return {
    async mayStart() {
      if (!startUrl) return 'granted';
      const settled = await insist(startUrl, Buffer.alloc(0), 'not allowed to begin', Number.POSITIVE_INFINITY);
      if (settled?.verdict === 'taken') return 'granted';
      say(`not allowed to begin: ${settled?.words ?? ''}`);
      return settled?.verdict === 'superseded' ? 'superseded' : 'refused';
    },

    async deliver(bodyFor, limitBytes, seconds) {
      const deadline = performance.now() + seconds * 1000;
      for (let limit = limitBytes, left = seconds; ; left = (deadline - performance.now()) / 1000) {
        const body = Buffer.from(bodyFor(limit));
        const settled = await insist(resultUrl, body, 'result not delivered', left);
        if (!settled) return 'undelivered';
        if (settled.verdict === 'taken') return 'delivered';
        if (settled.verdict !== 'smaller' || body.length <= SMALLEST_LIMIT_BYTES) {
          say(`result not taken: ${settled.words}`);
          return settled.verdict === 'superseded' ? 'superseded' : 'refused';
        }
        limit = Math.max(SMALLEST_LIMIT_BYTES, Math.floor(Math.min(limit, body.length) / 4));
      }
    },
  };
}

type Verdict = 'taken' | 'superseded' | 'refused' | 'smaller';
interface Settled {
  readonly verdict: Verdict;
  readonly words: string;
}

type Problem = { readonly problem: string };
const problemOf = (error: unknown): Problem => {
  const { code, message } = error as NodeJS.ErrnoException;
  // A host with two addresses fails with an AggregateError, which has no message of its own.
  return { problem: message || code || String(error) };
};

/** What an answer means. */
function judge(answer: Answer | Problem): Verdict | 'again' {
  if ('problem' in answer) return 'again';
  const { status } = answer;
  if (status >= 200 && status < 300) return 'taken';
  // Also the answer to a repeated post whose first answer was lost: the result is there.
  if (status === 409) return 'superseded';
  if (status === 413) return 'smaller';
  // 401: the token is read again for the next try, it may have been rotated.
  if (status === 401 || status === 408 || status === 425 || status === 429 || status >= 500) return 'again';
  return 'refused';
}

/** 0.2 s, doubled per try up to 15 s, less up to half of it by chance; at least what Retry-After asks for. */
function pauseMs(answer: Answer | Problem, tries: number): number {
  const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 20));
  const asked = 'problem' in answer ? 0 : retryAfterMs(answer.retryAfter);
  return asked > 0 ? asked * (1 + Math.random() / 5) : backoff * (1 - Math.random() / 2);
}

function retryAfterMs(value: string | undefined): number {
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

const wordsOf = (answer: Answer | Problem): string =>
  'problem' in answer
    ? answer.problem
    : `HTTP ${answer.status} ${answer.text.replaceAll(/\s+/g, ' ')}`.trim().slice(0, 300);
