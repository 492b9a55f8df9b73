// operator/domain/datastore/entry.ts — KeyValue ↔ entry of the datastore: whose it is, what its object is called, whether it is still seen.
import type { KeyValue } from '../../api/kinds.ts';
import type { KeyValueSpec } from '../../api/key-value.ts';
import type { SecretKey } from '../action/given-parameters.ts';
import { winnerOf } from '../rule/reference.ts';

export type Scope = KeyValueSpec['scope'];

/** Which entry of a namespace is meant. `user` is empty in scope system. */
export interface EntryId {
  readonly scope: Scope;
  readonly user: string;
  readonly key: string;
}

/** What is stored: a text, or where a secret one is. */
export type Entry = { readonly value: string } | { readonly secret: SecretKey };

/** The entries of one namespace as they are at one time; undefined where there is none. */
export type Entries = (id: EntryId) => Entry | undefined;

/** The one Secret of a namespace that has what callers of the API stored as secret, and its type: a proof of who made it. */
export const DATASTORE_SECRET = 'squall-datastore';
export const DATASTORE_SECRET_TYPE = 'squall.dev/datastore';

/** Characters of the key that a name shows when it cannot be the name itself. */
const READABLE_MAX = 60;
/** Longest key that is a name by itself: there is room for more in a name, but not in what people read. */
const NAME_MAX = 120;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Name of the object of an entry: the key where it can be one, else a readable part of it and a hash. */
export function objectNameOf(id: EntryId, sha256: (text: string) => string): string {
  if (id.scope === 'system' && id.key.length <= NAME_MAX && NAME.test(id.key)) return id.key;
  return hashedNameOf(id, sha256);
}

/** A name that no key is by itself: for when the other one is taken. */
export function hashedNameOf({ scope, user, key }: EntryId, sha256: (text: string) => string): string {
  const readable = (scope === 'system' ? key : `${user}-${key}`)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, READABLE_MAX)
    .replaceAll(/^-+|-+$/g, '');
  const hash = sha256(JSON.stringify([scope, user, key])).slice(0, 16);
  return readable === '' ? `key-${hash}` : `${readable}-${hash}`;
}

export const idOf = ({ spec }: Pick<KeyValue, 'spec'>): EntryId => ({
  scope: spec.scope,
  user: spec.user ?? '',
  key: spec.key,
});

export const indexOf = (namespace: string, { scope, user, key }: EntryId): string =>
  JSON.stringify([namespace, scope, user, key]);

export const KEY_VALUE_INDEXES = {
  /** By `indexOf`. */
  entry: (object: KeyValue): readonly string[] => [indexOf(object.metadata.namespace ?? '', idOf(object))],
  namespace: ({ metadata }: KeyValue): readonly string[] => [metadata.namespace ?? ''],
};

/** Whether its time is not over, and nobody deletes it. */
export function isSeen({ metadata, spec }: Pick<KeyValue, 'metadata' | 'spec'>, now: Date): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return spec.expiresAt === undefined || Date.parse(spec.expiresAt) > now.getTime();
}

/** Where objects are looked up by KEY_VALUE_INDEXES: a store of them. */
export interface KeyValueSource {
  by(index: keyof typeof KEY_VALUE_INDEXES, value: string): readonly KeyValue[];
}

/** The key of the one Secret that has the value; undefined: it has not. */
export function ownKeyOf({ spec }: Pick<KeyValue, 'spec'>): string | undefined {
  const { secretKeyRef } = spec.valueFrom ?? {};
  return secretKeyRef?.name === DATASTORE_SECRET ? secretKeyRef.key : undefined;
}

/** Name of a new object of an entry that is secret, and key of its value: none that others of the namespace have, or refer to. */
export function freeNameOf(id: EntryId, others: readonly KeyValue[], sha256: (text: string) => string): string {
  const name = objectNameOf(id, sha256);
  const isTaken = others.some((other) => other.metadata.name === name || ownKeyOf(other) === name);
  return isTaken ? hashedNameOf(id, sha256) : name;
}

/** The object that counts for an entry: of several the oldest. */
export const objectOf = (source: KeyValueSource, namespace: string, id: EntryId, now: Date): KeyValue | undefined =>
  winnerOf(source.by('entry', indexOf(namespace, id)).filter((object) => isSeen(object, now)));

/** All objects of a namespace that count, in the order of their keys. */
export function objectsIn(source: KeyValueSource, namespace: string, now: Date): readonly KeyValue[] {
  const seen = source.by('namespace', namespace).filter((object) => isSeen(object, now));
  const groups = Map.groupBy(seen, (object) => indexOf(namespace, idOf(object)));
  const chosen = [...groups.values()].flatMap((claimants) => winnerOf(claimants) ?? []);
  return chosen.toSorted((a, b) => (a.spec.key < b.spec.key ? -1 : a.spec.key > b.spec.key ? 1 : 0));
}

export const entryOf = ({ spec }: Pick<KeyValue, 'spec'>): Entry => {
  const secret = spec.valueFrom?.secretKeyRef;
  return secret ? { secret } : { value: spec.value ?? '' };
};

/** What expressions of a namespace may read at a time. */
export const entriesOf =
  (source: KeyValueSource, namespace: string, now: Date): Entries =>
  (id) => {
    const object = objectOf(source, namespace, id, now);
    return object && entryOf(object);
  };
