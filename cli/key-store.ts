// cli/key-store.ts — entries of the datastore in the cluster: KeyValue objects, and the Secret with what is secret of them.
import { createHash } from 'node:crypto';
import { KeyValue } from '../operator/api/kinds.ts';
import type { KeyValue as KeyValueObject } from '../operator/api/kinds.ts';
import {
  DATASTORE_SECRET,
  DATASTORE_SECRET_TYPE,
  type EntryId,
  freeNameOf,
  hashedNameOf,
  idOf,
  isSeen,
  objectNameOf,
  ownKeyOf,
  type Scope,
} from '../operator/domain/datastore/entry.ts';
import { winnerOf } from '../operator/domain/rule/reference.ts';
import { ApiFailure, Failure, isMissing } from './failure.ts';
import { call, collection, listAll } from './kube.ts';
import { clean } from './print.ts';
import { ownName, type Session } from './session.ts';

export interface KeyOptions {
  readonly scope?: Scope;
  readonly user?: string;
}
export interface SetKeyOptions extends KeyOptions {
  readonly secret?: boolean;
  /** In seconds. */
  readonly ttl?: number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Which entry is meant. @throws Failure when the cluster does not tell whose */
export async function idFor(session: Session, key: string, { scope, user }: KeyOptions): Promise<EntryId> {
  if (scope === 'system' && user !== undefined)
    throw new Failure('--user: entries of scope system are nobody’s; leave out --scope or --user', { exitCode: 2 });
  if (scope !== 'user' && user === undefined) return { scope: 'system', user: '', key };
  const whose = user ?? (await ownName(session));
  if (whose === undefined) throw new Failure('--scope user: the cluster does not tell your name; give it with --user');
  return { scope: 'user', user: whose, key };
}

const pathOf = ({ namespace }: Session, name = ''): string =>
  `${collection(KeyValue.apiVersion, namespace, KeyValue.plural)}${name && `/${encodeURIComponent(name)}`}`;

/** All entries that have not ended. */
export const allEntries = async (session: Session): Promise<readonly KeyValueObject[]> =>
  (await listAll<KeyValueObject>(session.to, 'list KeyValues', pathOf(session))).filter((one) =>
    isSeen(one, session.now()),
  );

const isSame = (a: EntryId, b: EntryId): boolean => a.scope === b.scope && a.user === b.user && a.key === b.key;

/** Undefined where there is none. */
export const findEntry = async (session: Session, id: EntryId): Promise<KeyValueObject | undefined> =>
  (await find(session, id)).object;

interface Found {
  readonly object: KeyValueObject | undefined;
  /** The other objects of the namespace; looked for only where the entry was not found by its name. */
  readonly others: readonly KeyValueObject[];
}

/** By the name that it should have, else among all: manifests may call it otherwise. */
async function find(session: Session, id: EntryId): Promise<Found> {
  const name = objectNameOf(id, sha256);
  try {
    const object = await call<KeyValueObject>(session.to, `get KeyValue ${name}`, pathOf(session, name));
    if (isSame(idOf(object), id) && isSeen(object, session.now()) && !isRefTaken(object)) return { object, others: [] };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const objects = Map.groupBy(await allEntries(session), (object) => isSame(idOf(object), id));
  return { object: winnerOf(objects.get(true) ?? []), others: objects.get(false) ?? [] };
}

/** Whether the operator says that an older object has the same entry. */
const isRefTaken = ({ status }: KeyValueObject): boolean =>
  status?.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'RefTaken') ?? false;

/** Makes the entry, or changes the one that is there. @throws Failure */
export async function writeEntry(
  session: Session,
  id: EntryId,
  value: string,
  options: SetKeyOptions,
): Promise<KeyValueObject> {
  const { object: known, others } = await find(session, id);
  const name = options.secret ? freeNameOf(id, others, sha256) : objectNameOf(id, sha256);
  const { ttl } = options;
  const expiresAt = ttl === undefined ? null : new Date(session.now().getTime() + ttl * 1000).toISOString();
  return known
    ? await patch(session, known, {
        ...(await content(session, ownKeyOf(known) ?? known.metadata.name, value, options)),
        expiresAt,
      })
    : await create(session, id, name, async (as) => ({ ...(await content(session, as, value, options)), expiresAt }));
}

/** @throws Failure */
export async function deleteEntry(session: Session, { metadata: { name } }: KeyValueObject): Promise<void> {
  await call(session.to, `delete KeyValue ${name}`, pathOf(session, name), { method: 'DELETE' });
}

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

/** Value of a secret entry; undefined for one that is not secret. @throws Failure for one that its Secret does not have */
export async function clearText(session: Session, { spec }: KeyValueObject): Promise<string | undefined> {
  const { name, key } = spec.valueFrom?.secretKeyRef ?? {};
  if (name === undefined || key === undefined) return undefined;
  const path = `${collection('v1', session.namespace, 'secrets')}/${encodeURIComponent(name)}`;
  const { data = {} } = await call<{ data?: Record<string, string> }>(session.to, `get Secret ${name}`, path);
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined)
    throw new Failure(`key ${clean(spec.key)}: Secret ${name} has no key "${key}"; store it again`);
  return Buffer.from(value, 'base64').toString();
}
