// runners/node/http/ask.setup.ts — a request with usual settings → the envelope that would be posted.
import type { Task } from '../../../operator/api/envelope.ts';
import { madeBody } from '../made.ts';
import { maskOf } from '../mask.ts';
import { httpEnding } from './ending.ts';
import type { Call } from './prepare.ts';

/** A request with nothing but what it must have. */
export const CALL: Call = {
  url: '',
  method: 'GET',
  query: [],
  headers: [],
  cookies: [],
  proxies: {},
  allowRedirects: false,
  verifyCertificate: true,
  blacklist: [],
  whitelist: [],
};
/** A pair for each member. */
export const pairs = (given: Record<string, string>) => Object.entries(given).map(([name, value]) => ({ name, value }));

interface Setting {
  readonly env?: NodeJS.ProcessEnv;
  readonly secrets?: readonly string[];
  readonly seconds?: number;
  readonly stop?: AbortSignal;
}

/** The envelope that would be posted. */
export async function ask(call: Partial<Call>, { env = {}, secrets = [], seconds = 10, stop }: Setting = {}) {
  const task = { action: 'core.http', timeoutSeconds: seconds } as Task;
  const mask = maskOf(secrets);
  const setting = { env, mask, stop: stop ?? new AbortController().signal };
  const ending = await httpEnding(task, { ...CALL, ...call }, setting);
  return JSON.parse(madeBody(1, ending, mask)) as {
    outcome: string;
    message?: string;
    result: Record<string, unknown>;
  };
}
