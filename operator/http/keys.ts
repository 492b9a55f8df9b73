// operator/http/keys.ts — /api/v1/keys and /api/v1/user: the datastore as StackStorm's clients call it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { KeyValue } from '../api/kinds.ts';
import { type EntryId, entryOf, objectNameOf, objectOf, objectsIn } from '../domain/datastore/entry.ts';
import { HttpError } from './errors.ts';
import { assertKey, keyBody, keyQuery, type KeyQuery, type ListQuery, listQuery } from './key-body.ts';
import type { KeyWriter } from './key-writes.ts';
import { type KeyCaller, keyCaller, type KeyCallerOptions, proofOf } from './keys-caller.ts';
import { sha256 } from './sha256.ts';
import { assertDatastoreFresh } from './sources.ts';

export interface KeysOptions extends KeyCallerOptions {
  readonly keys: KeyWriter;
  readonly now?: () => Date;
}

/** An entry as callers see it. */
interface Shown {
  readonly id: string;
  readonly uid: string;
  readonly name: string;
  readonly value: string;
  readonly scope: 'st2kv.system' | 'st2kv.user';
  readonly secret: boolean;
  readonly encrypted: boolean;
  readonly user?: string;
  readonly expire_timestamp?: string;
}

/** A value of 512 KiB, of which each character may take six in JSON. */
const BODY_MAX_BYTES = 4 * 1024 * 1024;
const MASK = '********';

export function addKeys(app: FastifyInstance, options: KeysOptions): void {
  const handle =
    (work: (request: FastifyRequest, reply: FastifyReply, caller: KeyCaller) => Promise<unknown>) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const caller = callers.get(request);
      if (!caller) throw new Error('the request was not authenticated');
      return await work(request, reply, caller);
    };
  const callers = new WeakMap<FastifyRequest, KeyCaller>();
  const route = {
    bodyLimit: BODY_MAX_BYTES,
    // Before the body is read.
    onRequest: async (request: FastifyRequest) => {
      assertDatastoreFresh(options.sources);
      callers.set(request, await keyCaller(request, options));
    },
  };
  for (const base of ['/api/v1', '/api', '/ns/:namespace/api/v1', '/ns/:namespace/api']) {
    app.get(`${base}/keys`, {
      ...route,
      handler: handle((request, reply, caller) => list(request, reply, caller, options)),
    });
    app.get(`${base}/keys/*`, { ...route, handler: handle((request, _, caller) => read(request, caller, options)) });
    app.put(`${base}/keys/*`, { ...route, handler: handle((request, _, caller) => write(request, caller, options)) });
    app.delete(`${base}/keys/*`, {
      ...route,
      handler: handle((request, reply, caller) => remove(request, reply, caller, options)),
    });
    app.get(`${base}/user`, {
      ...route,
      handler: handle(async (request, _, caller) => whoAmI(request, caller, options)),
    });
  }
}

async function list(request: FastifyRequest, reply: FastifyReply, caller: KeyCaller, options: KeysOptions) {
  const query = listQuery(request.query as Record<string, unknown>);
  if (query.user !== undefined) caller.assertMayBe(query.user);
  await caller.assertMay('list', '');
  if (query.decrypt) await caller.assertMayDecrypt();
  const all = objectsIn(options.sources.keyValues, caller.namespace, nowOf(options)).filter(
    ({ spec }) => spec.key.startsWith(query.prefix) && (query.name === undefined || spec.key === query.name),
  );
  const parts = partsOf(query, caller).map(({ scope, user }) =>
    all.filter(({ spec }) => spec.scope === scope && (spec.user ?? '') === user),
  );
  const end = query.limit === undefined ? undefined : query.offset + query.limit;
  const page = parts.flatMap((part) => part.slice(query.offset, end));
  reply.header('x-total-count', String(parts.reduce((count, part) => count + part.length, 0)));
  if (query.limit !== undefined) reply.header('x-limit', String(query.limit));
  const open = query.decrypt ? options.keys.opener(caller.namespace) : undefined;
  return await Promise.all(page.map((object) => shown(object, open, 'masked')));
}

/** Whose entries are listed, those of a user who is named alone; each part has pages of its own. */
function partsOf({ scope, user }: ListQuery, caller: KeyCaller): readonly Pick<EntryId, 'scope' | 'user'>[] {
  const system = { scope: 'system', user: '' } as const;
  const own = { scope: 'user', user: user ?? caller.user } as const;
  if (scope === 'user' || user !== undefined) return [own];
  return scope === 'all' ? [system, own] : [system];
}

async function read(request: FastifyRequest, caller: KeyCaller, options: KeysOptions) {
  const query = keyQuery(request.query as Record<string, unknown>);
  const id = idIn(request, query, caller);
  const object = find(id, caller, options);
  await caller.assertMay('get', object?.metadata.name ?? objectNameOf(id, sha256));
  if (!object) throw notFound(id);
  if (query.decrypt) await caller.assertMayDecrypt();
  return await shown(object, query.decrypt ? options.keys.opener(caller.namespace) : undefined, 'refused');
}

async function write(request: FastifyRequest, caller: KeyCaller, options: KeysOptions) {
  const { ttlSeconds, ...body } = keyBody(request.body);
  const query = keyQuery(request.query as Record<string, unknown>);
  const id = idIn(
    request,
    { scope: body.scope, user: body.scope === 'user' ? (body.user ?? query.user) : undefined },
    caller,
  );
  const known = find(id, caller, options);
  const name = known?.metadata.name ?? objectNameOf(id, sha256);
  await caller.assertMay(known ? 'update' : 'create', name);
  const now = nowOf(options);
  const expiresAt = ttlSeconds === undefined ? undefined : new Date(now.getTime() + ttlSeconds * 1000).toISOString();
  const stored = await options.keys.put(caller.namespace, id, { ...body, expiresAt }, now);
  return await shown(stored, undefined, 'masked');
}

async function remove(request: FastifyRequest, reply: FastifyReply, caller: KeyCaller, options: KeysOptions) {
  const id = idIn(request, keyQuery(request.query as Record<string, unknown>), caller);
  const object = find(id, caller, options);
  await caller.assertMay('delete', object?.metadata.name ?? objectNameOf(id, sha256));
  if (!object) throw notFound(id);
  await options.keys.delete(caller.namespace, id);
  return await reply.code(204).send();
}

function whoAmI(request: FastifyRequest, caller: KeyCaller, options: KeysOptions) {
  return {
    username: caller.user,
    authentication: proofOf(request, caller, nowOf(options)),
    // Who may do what, Kubernetes decides; clients ask this only to hide what they think is forbidden.
    rbac: { enabled: false, roles: [], is_admin: true },
  };
}

/** The entry of the path; a user that is named means his. @throws HttpError 400, 403 */
function idIn(request: FastifyRequest, { scope, user }: Pick<KeyQuery, 'scope' | 'user'>, caller: KeyCaller): EntryId {
  const key = (request.params as { readonly '*': string })['*'].replace(/\/$/, '');
  assertKey(key);
  if (scope !== 'user' && user === undefined) return { scope: 'system', user: '', key };
  const whose = user ?? caller.user;
  caller.assertMayBe(whose);
  return { scope: 'user', user: whose, key };
}

const find = (id: EntryId, { namespace }: KeyCaller, options: KeysOptions): KeyValue | undefined =>
  objectOf(options.sources.keyValues, namespace, id, nowOf(options));

type Open = ReturnType<KeyWriter['opener']>;

/** Without `open` nothing is decrypted; `foreign` says what becomes of a secret that the operator does not read. */
async function shown(object: KeyValue, open: Open | undefined, foreign: 'masked' | 'refused'): Promise<Shown> {
  const { key, scope, user, expiresAt } = object.spec;
  const entry = entryOf(object);
  const long = `st2kv.${scope}` as const;
  const whose = user === undefined ? '' : `${user}:`;
  const clear = 'value' in entry ? entry.value : open ? await opened(object, open, foreign) : undefined;
  return {
    id: object.metadata.uid,
    uid: `key_value_pair:${long}:${whose}${key}`,
    name: key,
    value: clear ?? MASK,
    scope: long,
    secret: 'secret' in entry,
    encrypted: clear === undefined,
    ...(user === undefined ? {} : { user }),
    ...(expiresAt === undefined ? {} : { expire_timestamp: new Date(expiresAt).toISOString().replace('Z', '000Z') }),
  };
}

async function opened(object: KeyValue, open: Open, foreign: 'masked' | 'refused'): Promise<string | undefined> {
  try {
    return await open(object);
  } catch (error) {
    if (foreign === 'masked' && error instanceof HttpError && error.statusCode < 500) return undefined;
    throw error;
  }
}

const notFound = ({ scope, user, key }: EntryId) =>
  new HttpError(
    404,
    `The key "${scope === 'user' ? `${user}:` : ''}${key}" does not exist in the StackStorm datastore.`,
  );

const nowOf = ({ now }: KeysOptions): Date => now?.() ?? new Date();
