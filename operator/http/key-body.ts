// operator/http/key-body.ts — query and body of a call of the datastore → what is asked for, in StackStorm's terms.
import { VALUE_MAX_BYTES } from '../api/key-value.ts';
import type { Scope } from '../domain/datastore/entry.ts';
import { HttpError } from './errors.ts';

type Query = Readonly<Record<string, unknown>>;

export interface KeyQuery {
  /** What was asked for; undefined: nothing. */
  readonly scope: Scope | 'all' | undefined;
  readonly user: string | undefined;
  readonly decrypt: boolean;
}

export interface ListQuery extends KeyQuery {
  readonly prefix: string;
  readonly name: string | undefined;
  /** Undefined = all. */
  readonly limit: number | undefined;
  readonly offset: number;
}

export interface KeyBody {
  readonly value: string;
  readonly scope: Scope;
  readonly user: string | undefined;
  readonly secret: boolean;
  /** How long it is kept, in seconds. */
  readonly ttlSeconds: number | undefined;
}

const KEY_MAX = 512;
const LIMIT = 100;
/** A hundred years. */
const TTL_MAX_SECONDS = 3_155_760_000;
const SCOPES: Readonly<Record<string, Scope | 'all'>> = {
  system: 'system',
  user: 'user',
  'st2kv.system': 'system',
  'st2kv.user': 'user',
  all: 'all',
};

/** @throws HttpError 400 */
export function keyQuery(query: Query): KeyQuery {
  const scope = textOf(query, 'scope');
  return {
    scope: scope === undefined ? undefined : scopeOf(scope),
    user: textOf(query, 'user'),
    decrypt: booleanOf(query, 'decrypt'),
  };
}

/** @throws HttpError 400 */
export function listQuery(query: Query): ListQuery {
  const limit = numberOf(query, 'limit') ?? LIMIT;
  const offset = numberOf(query, 'offset') ?? 0;
  if (limit === 0 || limit < -1)
    throw bad(`Limit, "${limit}" specified, must be a positive number or -1 for full result set.`);
  if (offset < 0) throw bad(`Offset, "${offset}" specified, must be 0 or a positive number.`);
  return {
    ...keyQuery(query),
    prefix: textOf(query, 'prefix') ?? '',
    name: textOf(query, 'name'),
    limit: limit === -1 ? undefined : limit,
    offset,
  };
}

/** @throws HttpError 400 */
export function keyBody(bytes: unknown): KeyBody {
  const body = objectIn(bytes);
  const { value, scope, user, secret, encrypted, ttl } = body;
  if (value === undefined) throw bad("'value' is a required property");
  if (typeof value !== 'string')
    throw bad(`value: ${shown(value)} is not of type 'string'; write it as text, for example as JSON`);
  const size = Buffer.byteLength(value);
  if (size > VALUE_MAX_BYTES)
    throw bad(`value: it has ${size} bytes, at most ${VALUE_MAX_BYTES} are stored; keep large values elsewhere`);
  // A text would be taken for no, and what is to be secret stored in clear text.
  for (const [name, given] of Object.entries({ secret, encrypted }))
    if (!isNothing(given) && typeof given !== 'boolean') throw bad(`${name}: ${shown(given)} is not of type 'boolean'`);
  if (encrypted === true)
    throw bad(
      'Failed to verify the integrity of the provided value: there are no ciphertexts of this instance; send the clear text with secret: true',
    );
  if (user !== undefined && user !== null && typeof user !== 'string')
    throw bad(`user: ${shown(user)} is not of type 'string'`);
  const wanted = scopeOf(
    typeof scope === 'string' && scope !== '' ? scope : isNothing(scope) ? 'system' : shown(scope),
  );
  return {
    value,
    scope: wanted === 'all' ? 'system' : wanted,
    user: user === null || user === '' ? undefined : user,
    secret: secret === true,
    ttlSeconds: ttlOf(ttl),
  };
}

/** @throws HttpError 400 for a key that cannot be one */
export function assertKey(key: string): void {
  if (key === '') throw bad('name: it is empty');
  const length = Array.from(key).length;
  if (length > KEY_MAX)
    throw bad(`name: it has ${length} characters, at most ${KEY_MAX} are allowed; choose a shorter one`);
  if (!key.isWellFormed()) throw bad('name: it is not Unicode');
}

function ttlOf(ttl: unknown): number | undefined {
  if (ttl === undefined || ttl === null || ttl === 0) return undefined;
  const seconds = typeof ttl === 'string' && /^\d+$/.test(ttl) ? Number(ttl) : ttl;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= TTL_MAX_SECONDS)
    return seconds;
  throw bad(`ttl: ${shown(ttl)} is not a number of seconds from 1 to ${TTL_MAX_SECONDS}`);
}

function objectIn(bytes: unknown): Readonly<Record<string, unknown>> {
  const text = bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : '';
  if (text.trim() === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes what it read, which may be a secret.
    throw new HttpError(400, 'Failed to parse request body: it is not JSON', { cause });
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw bad(`Input body needs to be an object, got: ${Array.isArray(body) ? 'array' : typeof body}`);
}

function scopeOf(text: string): Scope | 'all' {
  const scope = Object.hasOwn(SCOPES, text) ? SCOPES[text] : undefined;
  if (scope !== undefined) return scope;
  throw bad(`Scope ${text} is not in allowed scopes list: ['system', 'user', 'st2kv.system', 'st2kv.user'].`);
}

/** Clients send False and True too, as Python writes them. */
const booleanOf = (query: Query, name: string): boolean => /^(?:true|1|yes|y)$/i.test(textOf(query, name) ?? '');

function numberOf(query: Query, name: string): number | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw bad(`${name}: ${JSON.stringify(text.slice(0, 40))} is not a whole number`);
}

/** Undefined also for an empty one. */
function textOf(query: Query, name: string): string | undefined {
  const value: unknown = query[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';
const shown = (value: unknown): string => JSON.stringify(value).slice(0, 40);
const bad = (message: string) => new HttpError(400, message);
