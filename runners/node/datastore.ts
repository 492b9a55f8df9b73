// runners/node/datastore.ts — get, set, delete, list of a Node action → calls of the operator's /api/v1/keys with the pod's token.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Datastore, Entry, EntryOptions } from './action.d.ts';

export interface DatastoreAccess {
  /** Reference of the action: its own entries have it before their names. */
  readonly ref: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Tries of one call while the operator is not there or busy, and the pause after the first one, doubled each time. */
const TRIES = 5;
const FIRST_PAUSE_MS = 250;
/** Silence after which a try is given up, in ms. */
const SILENCE_MS = 30_000;

export function datastoreOf({ ref, env }: DatastoreAccess): Datastore {
  const named = (name: string, { local = true }: EntryOptions = {}): string => (local ? `${ref}:${name}` : name);
  const call = async (what: string, path: string, ask: Ask): Promise<Answer> => {
    const base = env['ST2_ACTION_API_URL'];
    if (!base) throw new Error(`datastore.${what}: ST2_ACTION_API_URL is not set, so the datastore cannot be reached`);
    const answer = await insist(new URL(`${base}/keys${path}`), ask, env).catch((cause: unknown) => {
      throw new Error(`datastore.${what}: ${(cause as Error).message}`, { cause });
    });
    if (answer.status >= 300 && answer.status !== 404)
      throw new Error(`datastore.${what}: HTTP ${answer.status} ${faultIn(answer.text)}`);
    return answer;
  };
  const at = (name: string, options: EntryOptions, more = ''): string =>
    `/${encodeURIComponent(named(name, options))}?scope=${options.scope ?? 'system'}${more}`;

  return {
    async get(name, options = {}) {
      const path = at(name, options, `&decrypt=${options.decrypt === true}`);
      const answer = await call(`get(${JSON.stringify(name)})`, path, { method: 'GET' });
      return answer.status === 404 ? undefined : (JSON.parse(answer.text) as Shown).value;
    },
    async set(name, value, options = {}) {
      const what = `set(${JSON.stringify(name)})`;
      if (typeof value !== 'string')
        throw new TypeError(
          `datastore.${what}: values are texts, not ${typeof value}; use String() or JSON.stringify()`,
        );
      const { scope = 'system', ttlSeconds, secret } = options;
      const body = { name: named(name, options), value, scope, ...(secret && { secret }), ttl: ttlSeconds };
      const answer = await call(what, at(name, options), { method: 'PUT', body: JSON.stringify(body) });
      if (answer.status === 404) throw new Error(`datastore.${what}: HTTP 404 ${faultIn(answer.text)}`);
    },
    async delete(name, options = {}) {
      const answer = await call(`delete(${JSON.stringify(name)})`, at(name, options), { method: 'DELETE' });
      return answer.status !== 404;
    },
    async list(options = {}) {
      const { scope = 'system', prefix = '', limit = -1, decrypt = false } = options;
      const query = new URLSearchParams({ prefix: named(prefix, options), limit: String(limit), scope });
      const answer = await call('list()', `?${query.toString()}&decrypt=${decrypt}`, { method: 'GET' });
      return (JSON.parse(answer.text) as Shown[]).map(entryOf);
    },
  };
}

/** An entry as the operator shows it. */
interface Shown {
  readonly name: string;
  readonly value: string;
  readonly scope: string;
  readonly secret: boolean;
  readonly expire_timestamp?: string;
}

const entryOf = ({ name, value, scope, secret, expire_timestamp: expires }: Shown): Entry => ({
  name,
  value,
  scope: scope.endsWith('user') ? 'user' : 'system',
  secret,
  ...(expires !== undefined && { expiresAt: new Date(expires) }),
});

interface Ask {
  readonly method: string;
  readonly body?: string;
}

/** All calls may be repeated; the operator may be on its way to another node. */
async function insist(url: URL, ask: Ask, env: NodeJS.ProcessEnv): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const outcome = await send(url, ask, env).catch((error: Error) => error);
    const isFinal = !(outcome instanceof Error) && outcome.status !== 429 && outcome.status < 500;
    if (isFinal) return outcome;
    if (tries === TRIES) {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (tries - 1)));
  }
}

async function send(url: URL, { method, body }: Ask, env: NodeJS.ProcessEnv): Promise<Answer> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const authority = env['ST2_CACERT'];
  const headers = {
    'X-Auth-Token': env['ST2_ACTION_AUTH_TOKEN'] ?? '',
    ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
  };
  const options = { method, headers, timeout: SILENCE_MS, ...(authority && { ca: readFileSync(authority) }) };
  return await new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
    asked.on('error', reject);
    asked.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const piece of response) text += String(piece);
  return text;
}

/** StackStorm's clients read `faultstring`. */
function faultIn(text: string): string {
  try {
    const { faultstring } = JSON.parse(text) as { faultstring?: unknown };
    if (typeof faultstring === 'string') return faultstring;
  } catch {
    // no JSON: shown as it is
  }
  return text.slice(0, 300);
}
