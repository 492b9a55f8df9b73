// runners/installer/wire.ts — the installer ↔ the operator: one HTTPS request, again and again until its answer is for good.
import { createReadStream, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, judge, pauseMs, problemOf, wordsOf } from '../node/answers.ts';
import { Refused, StepFailure, Stopped, Unreachable } from './failure.ts';

export interface WireOptions {
  /** PEM text of the operator's authority; undefined trusts the system's. */
  readonly ca: string | undefined;
  readonly tokenFile: string;
  readonly stop: AbortSignal;
  readonly say: (message: string) => void;
}

export interface Question {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  readonly url: URL;
  readonly what: string;
  /** How long it is tried. */
  readonly seconds: number;
  readonly json?: unknown;
  /** File that is sent, with its size. */
  readonly file?: { readonly path: string; readonly sizeBytes: number };
  /** Statuses that are answers, beside 2xx. */
  readonly expected?: readonly number[];
  /** Takes the body of a 2xx instead of the answer's text; called once per try. */
  readonly receive?: (response: IncomingMessage) => Promise<void>;
}

/** Throws Refused for an answer that will not change, what `receive` throws as StepFailure, Unreachable when it takes too long, Stopped on `stop`. */
export type Ask = (question: Question) => Promise<Answer>;

/** Silence on the connection after which a try is given up, in ms. */
const SILENCE_MS = 30_000;
/** A task may have two index files of a megabyte in it, and JSON in JSON. */
const TEXT_MAX_CHARACTERS = 8 * 1024 * 1024;

export function wireTo({ ca, tokenFile, stop, say }: WireOptions): Ask {
  const agent = new Agent({ keepAlive: true, timeout: 10_000, ...(ca !== undefined && { ca }) });
  return async (question) => {
    const deadline = performance.now() + question.seconds * 1000;
    for (let tries = 0; ; tries++) {
      if (stop.aborted) throw new Stopped('the pod was told to stop');
      const token = readFileSync(tokenFile, 'utf8').trim();
      const answer = await once(question, { agent, token, stop }).catch((error: unknown) => {
        if (error instanceof StepFailure) throw error;
        return problemOf(error);
      });
      if (stop.aborted) throw new Stopped('the pod was told to stop');
      if ('status' in answer && (isFine(answer.status) || question.expected?.includes(answer.status))) return answer;
      const words = wordsOf(answer);
      if (judge(answer) !== 'again') throw new Refused(`${question.what}: ${words}`);
      const wait = pauseMs(answer, tries);
      if (performance.now() + wait >= deadline)
        throw new Unreachable(`${question.what}: not within ${question.seconds} s: ${words}`);
      say(`${question.what}: next try in ${(wait / 1000).toFixed(1)} s: ${words}`);
      await pause(wait, undefined, { signal: stop }).catch(() => undefined);
    }
  };
}

function once(
  { method, url, json, file, receive }: Question,
  { agent, token, stop }: { agent: Agent; token: string; stop: AbortSignal },
): Promise<Answer> {
  const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Length': String(file?.sizeBytes ?? body?.length ?? 0),
    'Content-Type': file ? 'application/octet-stream' : 'application/json',
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, agent, headers, timeout: SILENCE_MS, signal: stop }, (response) => {
      const status = response.statusCode ?? 0;
      const answer = { status, retryAfter: response.headers['retry-after'] };
      if (receive && isFine(status)) return void receive(response).then(() => resolve({ ...answer, text: '' }), reject);
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text = (text + piece).slice(0, TEXT_MAX_CHARACTERS)));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ ...answer, text });
        // A refusal may come before the file is sent: the rest need not be.
        if (!call.writableFinished) call.destroy();
      });
    });
    call.once('timeout', () => call.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
    call.on('error', reject);
    if (!file) return void call.end(body);
    const stream = createReadStream(file.path, { highWaterMark: 256 * 1024 });
    stream.once('error', (error) => call.destroy(error));
    call.once('close', () => stream.destroy());
    stream.pipe(call);
  });
}

const isFine = (status: number): boolean => status >= 200 && status < 300;
