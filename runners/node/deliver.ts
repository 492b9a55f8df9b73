// runners/node/deliver.ts — the runner ↔ the operator: asks to begin, posts the result, until it is answered for good or too late.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { type Answer, judge, pauseMs, problemOf, type Verdict, wordsOf } from './answers.ts';
import { TaskFailure } from './failure.ts';

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

interface Settled {
  readonly verdict: Verdict;
  readonly words: string;
}

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
  /** Reads what is at `url` into `take`, which is called again after a broken connection. Throws TaskFailure. */
  bring(url: URL, take: (body: IncomingMessage) => Promise<void>): Promise<void>;
}

export function lineTo({ resultUrl, startUrl, ca, tokenFile }: Target, say: (message: string) => void): Line {
  const agent = new Agent({ keepAlive: true, timeout: READY_MS, ...(ca !== undefined && { ca }) });

  function call(url: URL, body: Buffer | undefined, take = bodyText): Promise<Answer> {
    const headers = {
      Authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`,
      ...(body && { 'Content-Type': 'application/json', 'Content-Length': body.length }),
    };
    const options = { method: body ? 'POST' : 'GET', agent, headers, timeout: SILENCE_MS };
    return new Promise((resolve, reject) => {
      const asked = request(url, options, (response) => {
        const { statusCode: status = 0, headers: given } = response;
        const read = status === 200 ? take : bodyText;
        read(response).then((text) => resolve({ status, retryAfter: given['retry-after'], text }), reject);
      });
      asked.once('timeout', () => asked.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
      asked.on('error', reject);
      asked.end(body);
    });
  }

  /** Asks until an answer is for good; undefined when that takes longer. `what` is said of each try. */
  async function insist(ask: () => Promise<Answer>, what: string, seconds: number): Promise<Settled | undefined> {
    const deadline = performance.now() + seconds * 1000;
    for (let tries = 0; ; tries++) {
      const answer = await ask().catch((error: unknown) => {
        if (error instanceof TaskFailure) throw error;
        return problemOf(error);
      });
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
      const settled = await insist(() => call(startUrl, Buffer.alloc(0)), 'not allowed to begin', Infinity);
      if (settled?.verdict === 'taken') return 'granted';
      say(`not allowed to begin: ${settled?.words ?? ''}`);
      return settled?.verdict === 'superseded' ? 'superseded' : 'refused';
    },

    async deliver(bodyFor, limitBytes, seconds) {
      const deadline = performance.now() + seconds * 1000;
      for (let limit = limitBytes, left = seconds; ; left = (deadline - performance.now()) / 1000) {
        const body = Buffer.from(bodyFor(limit));
        const settled = await insist(() => call(resultUrl, body), 'result not delivered', left);
        if (!settled) return 'undelivered';
        if (settled.verdict === 'taken') return 'delivered';
        if (settled.verdict !== 'smaller' || body.length <= SMALLEST_LIMIT_BYTES) {
          say(`result not taken: ${settled.words}`);
          return settled.verdict === 'superseded' ? 'superseded' : 'refused';
        }
        limit = Math.max(SMALLEST_LIMIT_BYTES, Math.floor(Math.min(limit, body.length) / 4));
      }
    },

    async bring(url, take) {
      const taking = async (body: IncomingMessage): Promise<string> => {
        await take(body);
        return '';
      };
      const settled = await insist(() => call(url, undefined, taking), 'content of the pack not fetched', Infinity);
      if (settled?.verdict === 'taken') return;
      throw new TaskFailure(
        `The content of the pack could not be fetched: ${settled?.words ?? ''}; install the pack again`,
      );
    },
  };
}

/** The beginning of a short answer. */
async function bodyText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const piece of response) text = (text + String(piece)).slice(0, 500);
  return text;
}
