// cli/key.ts — `squall key list|get|set|delete`: the datastore of a namespace, with the rights of whoever types.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KeyValue } from '../operator/api/kinds.ts';
import type { KeyValue as KeyValueObject } from '../operator/api/kinds.ts';
import { VALUE_MAX_BYTES } from '../operator/api/key-value.ts';
import {
  DATASTORE_SECRET,
  DATASTORE_SECRET_TYPE,
  type EntryId,
  hashedNameOf,
  idOf,
  isSeen,
  objectNameOf,
  type Scope,
} from '../operator/domain/datastore/entry.ts';
import { winnerOf } from '../operator/domain/rule/reference.ts';
import { ApiFailure, Failure, isMissing } from './failure.ts';
import { call, collection, listAll } from './kube.ts';
import { age, clean, json, properties, table, yaml } from './print.ts';
import { ownName, type Session } from './session.ts';

export interface KeyOptions {
  readonly scope?: Scope;
  readonly user?: string;
}
type Output = 'table' | 'json' | 'yaml' | 'value' | 'name';
export interface ListKeysOptions extends KeyOptions {
  readonly output: Output;
  readonly prefix?: string;
}
export interface GetKeyOptions extends KeyOptions {
  readonly output: Output;
  readonly decrypt?: boolean;
}
export interface SetKeyOptions extends KeyOptions {
  readonly secret?: boolean;
  readonly ttl?: number;
}

/** Characters of a value that a list shows. */
const SHOWN = 60;
const MASK = '********';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Prints the entries in the order of their keys. */
export async function listKeys(session: Session, options: ListKeysOptions): Promise<void> {
  const { screen, now } = session;
  const { prefix = '', scope, user, output } = options;
  const isWanted = ({ spec }: KeyValueObject) =>
    spec.key.startsWith(prefix) &&
    (scope === undefined || spec.scope === scope) &&
    (user === undefined || spec.user === user);
  const found = (await all(session)).filter(isWanted).toSorted((a, b) => (a.spec.key < b.spec.key ? -1 : 1));
  const views = found.map((object) => viewOf(object));
  if (output === 'json') screen.out(json(views));
  else if (output === 'yaml') screen.out(yaml(views));
  else if (output === 'name') screen.out(found.map(({ spec }) => `${spec.key}\n`).join(''));
  else
    screen.out(
      table(
        ['NAME', 'VALUE', 'SCOPE', 'USER', 'EXPIRES', 'AGE'],
        found.map((object, i) => [
          object.spec.key,
          short(views[i]?.value ?? ''),
          object.spec.scope,
          object.spec.user ?? '',
          object.spec.expiresAt ?? '',
          age(object.metadata.creationTimestamp, now()),
        ]),
      ),
    );
}

/** Prints one entry; a secret one only with --decrypt. @throws Failure when there is none */
export async function getKey(session: Session, key: string, options: GetKeyOptions): Promise<void> {
  const { screen } = session;
  const id = await idFor(session, key, options);
  const object = await find(session, id);
  if (!object) throw missing(session, id);
  const value = options.decrypt ? await clearText(session, object) : undefined;
  const view = viewOf(object, value);
  if (options.output === 'json') screen.out(json(view));
  else if (options.output === 'yaml') screen.out(yaml(view));
  else if (options.output === 'value') screen.out(`${view.value}\n`);
  else screen.out(properties(view));
}

/** Stores `value`, or without one what stands on the standard input. @throws Failure */
export async function setKey(
  session: Session,
  [key = '', given]: readonly string[],
  options: SetKeyOptions,
): Promise<void> {
  if (options.secret && given !== undefined)
    throw new Failure(
      `key ${key}: a secret on the command line stays in the history of the shell; give it on the standard input`,
      {
        exitCode: 2,
      },
    );
  const value = given ?? readInput(key);
  const bytes = Buffer.byteLength(value);
  if (bytes > VALUE_MAX_BYTES)
    throw new Failure(
      `key ${key}: the value has ${bytes} bytes, at most ${VALUE_MAX_BYTES} are stored; keep large values elsewhere`,
    );
  const id = await idFor(session, key, options);
  const known = await find(session, id);
  const name = known?.metadata.name ?? objectNameOf(id, sha256);
  const { ttl } = options;
  const expiresAt = ttl === undefined ? null : new Date(session.now().getTime() + ttl * 1000).toISOString();
  const stored = known
    ? await patch(session, known, { ...(await content(session, name, value, options)), expiresAt })
    : await create(session, id, name, async (as) => ({ ...(await content(session, as, value, options)), expiresAt }));
  session.screen.out(`KeyValue ${stored.metadata.name} holds key ${clean(key)}\n`);
}

/** Deletes entries. @throws Failure for one that is not there */
export async function deleteKeys(session: Session, keys: readonly string[], options: KeyOptions): Promise<void> {
  for (const key of keys) {
    const id = await idFor(session, key, options);
    const object = await find(session, id);
    if (!object) throw missing(session, id);
    const { name } = object.metadata;
    await call(session.to, `delete KeyValue ${name}`, pathOf(session, name), { method: 'DELETE' });
    session.screen.out(`key ${clean(key)} deleted\n`);
  }
}

async function idFor(session: Session, key: string, { scope, user }: KeyOptions): Promise<EntryId> {
  if (scope === 'system' && user !== undefined)
    throw new Failure('--user: entries of scope system are nobody’s; leave out --scope or --user', { exitCode: 2 });
  if (scope !== 'user' && user === undefined) return { scope: 'system', user: '', key };
  const whose = user ?? (await ownName(session));
  if (whose === undefined) throw new Failure('--scope user: the cluster does not tell your name; give it with --user');
  return { scope: 'user', user: whose, key };
}

const pathOf = ({ namespace }: Session, name = ''): string =>
  `${collection(KeyValue.apiVersion, namespace, KeyValue.plural)}${name && `/${encodeURIComponent(name)}`}`;

const all = async (session: Session): Promise<readonly KeyValueObject[]> =>
  (await listAll<KeyValueObject>(session.to, 'list KeyValues', pathOf(session))).filter((one) =>
    isSeen(one, session.now()),
  );

const isSame = (a: EntryId, b: EntryId): boolean => a.scope === b.scope && a.user === b.user && a.key === b.key;

/** By the name that it should have, else among all: manifests may call it otherwise. */
async function find(session: Session, id: EntryId): Promise<KeyValueObject | undefined> {
  const name = objectNameOf(id, sha256);
  try {
    const object = await call<KeyValueObject>(session.to, `get KeyValue ${name}`, pathOf(session, name));
    if (isSame(idOf(object), id) && isSeen(object, session.now())) return object;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return winnerOf((await all(session)).filter((object) => isSame(idOf(object), id)));
}

const missing = ({ namespace }: Session, { scope, key }: EntryId) =>
  new Failure(`key ${clean(key)}: there is none of scope ${scope} in namespace ${namespace}; see "squall key list"`);

const patch = ({ to, ...session }: Session, { metadata }: KeyValueObject, spec: object): Promise<KeyValueObject> =>
  call(to, `change KeyValue ${metadata.name}`, pathOf({ to, ...session }, metadata.name), {
    method: 'PATCH',
    body: { spec },
  });

async function create(
  session: Session,
  { scope, user, key }: EntryId,
  name: string,
  contentFor: (name: string) => Promise<object>,
): Promise<KeyValueObject> {
  const body = async (as: string) => {
    const filled = Object.entries({ key, scope, user: user || null, ...(await contentFor(as)) });
    return {
      apiVersion: KeyValue.apiVersion,
      kind: KeyValue.kind,
      metadata: { name: as, namespace: session.namespace },
      spec: Object.fromEntries(filled.filter(([, value]) => value !== null)),
    };
  };
  const post = async (as: string): Promise<KeyValueObject> =>
    call(session.to, `create KeyValue ${as}`, pathOf(session), { method: 'POST', body: await body(as) });
  try {
    return await post(name);
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.reason !== 'AlreadyExists') throw error;
    return await post(hashedNameOf({ scope, user, key }, sha256)); // the name is that of another key's object
  }
}

/** The part of a spec that has the value; a secret one is in the Secret before anything refers to it. */
async function content(session: Session, name: string, value: string, { secret }: SetKeyOptions): Promise<object> {
  if (!secret) return { value, valueFrom: null };
  const path = collection('v1', session.namespace, 'secrets');
  const data = { [name]: Buffer.from(value).toString('base64') };
  try {
    await call(session.to, `change Secret ${DATASTORE_SECRET}`, `${path}/${DATASTORE_SECRET}`, {
      method: 'PATCH',
      body: { data },
    });
  } catch (error) {
    if (!isMissing(error)) throw error;
    const metadata = { name: DATASTORE_SECRET, namespace: session.namespace };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata, type: DATASTORE_SECRET_TYPE, data };
    await call(session.to, `create Secret ${DATASTORE_SECRET}`, path, { method: 'POST', body });
  }
  return { value: null, valueFrom: { secretKeyRef: { name: DATASTORE_SECRET, key: name } } };
}

async function clearText(session: Session, { spec }: KeyValueObject): Promise<string | undefined> {
  const { name, key } = spec.valueFrom?.secretKeyRef ?? {};
  if (name === undefined || key === undefined) return undefined;
  const path = `${collection('v1', session.namespace, 'secrets')}/${encodeURIComponent(name)}`;
  const { data = {} } = await call<{ data?: Record<string, string> }>(session.to, `get Secret ${name}`, path);
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined)
    throw new Failure(`key ${clean(spec.key)}: Secret ${name} has no key "${key}"; store it again`);
  return Buffer.from(value, 'base64').toString();
}

function viewOf({ spec }: KeyValueObject, clear?: string) {
  const { key, scope, user, value, valueFrom, expiresAt } = spec;
  return {
    name: key,
    value: value ?? clear ?? MASK,
    scope,
    ...(user === undefined ? {} : { user }),
    secret: valueFrom !== undefined,
    ...(valueFrom === undefined ? {} : { valueFrom }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Without the line break that every editor and echo puts at the end. */
function readInput(key: string): string {
  if (process.stdin.isTTY)
    throw new Failure(
      `key ${key}: give a value, or write it to the standard input: printf %s VALUE | squall key set ${key}`,
      {
        exitCode: 2,
      },
    );
  return readFileSync(0, 'utf8').replace(/\r?\n$/, '');
}

const short = (value: string): string => {
  const line = clean(value);
  return Array.from(line).length > SHOWN
    ? `${Array.from(line)
        .slice(0, SHOWN - 1)
        .join('')}…`
    : line;
};
