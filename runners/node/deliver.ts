// runners/node/deliver.ts — result → operator: posts until it is taken, refused for good, or too late.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

export interface Target {
  readonly url: URL;
  /** PEM text of the operator's authority; undefined trusts the system's. */
  readonly ca: string | undefined;
  readonly tokenFile: string;
}
/** What became of a result. */
export type Delivery = 'delivered' | 'superseded' | 'refused' | 'undelivered';

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

/** The way to the operator: `prepare` connects ahead of time, `deliver` posts. */
export interface Line {
  prepare(): void;
  /** `bodyFor` makes the body within a limit in bytes: 413 asks for a smaller one. */
  deliver(bodyFor: (limitBytes: number) => string, limitBytes: number, seconds: number): Promise<Delivery>;
}

export function lineTo(target: Target, say: (message: string) => void): Line {
  let ready: TLSSocket | undefined;
  let session: Buffer | undefined;

  function open(): TLSSocket {
    const options: ConnectionOptions = {
      host: target.url.hostname.replaceAll(/^\[|\]$/g, ''),
      port: Number(target.url.port || 443),
      ...(/^[\d.]+$|:/.test(target.url.hostname) ? {} : { servername: target.url.hostname }),
      ...(target.ca !== undefined && { ca: target.ca }),
      ...(session && { session }),
    };
    const socket = connect(options);
    socket.on('session', (ticket) => (session = ticket));
    return socket;
  }

  function take(): TLSSocket {
    const socket = ready;
    ready = undefined;
    return socket && !socket.destroyed && socket.readable ? socket : open();
  }

  function post(body: Buffer): Promise<Answer> {
    const token = readFileSync(target.tokenFile, 'utf8').trim();
    return new Promise((resolve, reject) => {
      const call = request(
        target.url,
        {
          method: 'POST',
          // Only without an agent is this asked for the connection.
          createConnection: take,
          headers: {
            Authorization: `Bearer ${token}`,
            'Content-Type': 'application/json',
            'Content-Length': body.length,
            Connection: 'close',
          },
          timeout: SILENCE_MS,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => (text = (text + piece).slice(0, 500)));
          response.once('error', reject);
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }),
          );
        },
      );
      call.once('timeout', () => call.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
      call.on('error', reject);
      call.end(body);
    });
  }

  return {
    prepare() {
      const socket = open();
      ready = socket;
      // A connection that fails here is tried again when there is something to say.
      socket.on('error', () => socket.destroy());
      setTimeout(() => ready === socket && take().destroy(), READY_MS).unref();
    },

    async deliver(bodyFor, limitBytes, seconds) {
      const deadline = performance.now() + seconds * 1000;
      let limit = limitBytes;
      let body = Buffer.from(bodyFor(limit));
      for (let tries = 0; ; tries++) {
        const answer = await post(body).catch((error: unknown) => problemOf(error));
        const decision = judge(answer);
        if (decision !== 'again' && decision !== 'smaller') {
          if (decision !== 'delivered') say(`result not taken: ${wordsOf(answer)}`);
          return decision;
        }
        if (decision === 'smaller') {
          if (body.length <= SMALLEST_LIMIT_BYTES) return 'refused';
          limit = Math.max(SMALLEST_LIMIT_BYTES, Math.floor(Math.min(limit, body.length) / 4));
          body = Buffer.from(bodyFor(limit));
          continue;
        }
        const pause = pauseMs(answer, tries);
        if (performance.now() + pause >= deadline) {
          say(`result not delivered within ${seconds} s: ${wordsOf(answer)}`);
          return 'undelivered';
        }
        say(`result not delivered yet, next try in ${(pause / 1000).toFixed(1)} s: ${wordsOf(answer)}`);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    },
  };
}

type Problem = { readonly problem: string };
const problemOf = (error: unknown): Problem => {
  const { code, message } = error as NodeJS.ErrnoException;
  // A host with two addresses fails with an AggregateError, which has no message of its own.
  return { problem: message || code || String(error) };
};

/** What an answer means for the result. */
function judge(answer: Answer | Problem): Delivery | 'again' | 'smaller' {
  if ('problem' in answer) return 'again';
  const { status } = answer;
  if (status >= 200 && status < 300) return 'delivered';
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
