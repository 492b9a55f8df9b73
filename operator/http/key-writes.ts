// operator/http/key-writes.ts — entries of the datastore are stored and deleted: the KeyValue, and for a secret one its key of the one Secret.
import { KeyValue, type KeyValue as KeyValueObject } from '../api/kinds.ts';
import { API_VERSION, type Draft, type KubeObject } from '../api/meta.ts';
import {
  DATASTORE_SECRET,
  DATASTORE_SECRET_TYPE,
  type EntryId,
  freeNameOf,
  hashedNameOf,
  idOf,
  indexOf,
  objectNameOf,
  objectOf,
  ownKeyOf,
} from '../domain/datastore/entry.ts';
import type { Client } from '../kube/client.ts';
import { isAlreadyExists, isNotFound, SquatterError, statusOf } from '../kube/errors.ts';
import { collectionPath, KIND, objectPath } from '../kube/paths.ts';
import type { Store } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import { HttpError, unavailable } from './errors.ts';
import { sha256 } from './sha256.ts';
import type { KubeSecret } from './sources.ts';

export interface KeyWriterOptions {
  readonly transport: Transport;
  /** Its answers go into the store, so that the next read sees what was written. */
  readonly client: Client;
  readonly keyValues: Store<KeyValueObject>;
}

/** What is to be stored. */
export interface NewEntry {
  readonly value: string;
  readonly secret: boolean;
  readonly expiresAt: string | undefined;
}

type Values = NonNullable<KubeSecret['data']>;

const DEADLINE = { deadlineMs: 8_000 };

export class KeyWriter {
  readonly #options: KeyWriterOptions;
  /** Keys of Secrets that nothing referred to at the last sweep, as namespace/key. */
  #suspects = new Set<string>();
  readonly #namespaces = new Set<string>();

  constructor(options: KeyWriterOptions) {
    this.#options = options;
    const see = (object: KeyValueObject | undefined) => {
      if (object && ownKeyOf(object) !== undefined) this.#namespaces.add(object.metadata.namespace ?? '');
    };
    for (const object of options.keyValues.values()) see(object);
    options.keyValues.subscribe((old, now) => [old, now].forEach(see));
  }

  /** Creates or replaces the entry. @returns its object as it is stored @throws HttpError */
  async put(namespace: string, id: EntryId, entry: NewEntry, now: Date): Promise<KeyValueObject> {
    return await explained(async () => {
      const known = objectOf(this.#options.keyValues, namespace, id, now);
      const stored = known && (await this.#replace(known, entry));
      return stored ?? (await this.#create(namespace, id, entry));
    });
  }

  /** Deletes the objects of an entry, and what is kept for them in the Secret. @throws HttpError */
  async delete(namespace: string, id: EntryId): Promise<void> {
    await explained(async () => {
      for (const object of this.#options.keyValues.by('entry', indexOf(namespace, id))) {
        await this.#options.client.delete(object, DEADLINE);
        await this.#forget(object);
      }
    });
  }

  /** Gives the clear text of secret entries of a namespace that were stored here, all from one look at the Secret. */
  opener(namespace: string): (object: KeyValueObject) => Promise<string> {
    let values: Promise<Values> | undefined;
    return async (object) => await this.#open(object, () => (values ??= explained(() => this.#read(namespace))));
  }

  /** @throws HttpError 403 for one of another Secret, 404 */
  async #open(object: KeyValueObject, read: () => Promise<Values>): Promise<string> {
    const { name } = object.metadata;
    const { secretKeyRef } = object.spec.valueFrom ?? {};
    const key = ownKeyOf(object);
    if (key === undefined)
      throw new HttpError(
        403,
        `The value of key "${object.spec.key}" is in Secret "${secretKeyRef?.name}", which the operator does not read; let a parameter of the action decrypt it: {{ st2kv.${object.spec.scope}.${object.spec.key} | decrypt_kv }}`,
      );
    const values = await read();
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value !== undefined) return Buffer.from(value, 'base64').toString('utf8');
    throw new HttpError(
      404,
      `KeyValue "${name}" refers to key "${key}" of Secret "${DATASTORE_SECRET}", which is not there; store the value again`,
    );
  }

  /** Removes from the Secrets what no KeyValue has referred to for two sweeps: those that were deleted past the door. */
  async sweep(): Promise<number> {
    const suspects = new Set<string>();
    let removed = 0;
    for (const namespace of this.#namespaces) {
      for (const key of Object.keys(await this.#read(namespace))) {
        const id = `${namespace}/${key}`;
        if (this.#isUsed(namespace, key)) continue;
        if (!this.#suspects.has(id)) suspects.add(id);
        else {
          await this.#setKey(namespace, key, null);
          removed++;
        }
      }
    }
    this.#suspects = suspects;
    return removed;
  }

  /** @returns undefined when it is gone by now */
  async #replace(known: KeyValueObject, entry: NewEntry): Promise<KeyValueObject | undefined> {
    const { namespace = '', name } = known.metadata;
    const free = this.#isUsed(namespace, name) ? hashedNameOf(idOf(known), sha256) : name;
    const content = await this.#contentOf(namespace, ownKeyOf(known) ?? free, entry);
    const spec = { value: null, valueFrom: null, expiresAt: entry.expiresAt ?? null, ...content };
    try {
      const stored = await this.#options.client.mergePatch(known, { spec }, DEADLINE);
      if (!entry.secret) await this.#forget(known);
      return stored as KeyValueObject;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #create(namespace: string, id: EntryId, entry: NewEntry): Promise<KeyValueObject> {
    const others = this.#options.keyValues.by('namespace', namespace).filter((one) => !isOf(one, id));
    let name = entry.secret ? freeNameOf(id, others, sha256) : objectNameOf(id, sha256);
    for (let tries = 1; ; tries++) {
      const object = await this.#draft(namespace, name, id, entry);
      try {
        return (await this.#options.client.create(object, { ...DEADLINE, sameAs: () => false }))
          .object as KeyValueObject;
      } catch (error) {
        if (!(error instanceof SquatterError) || tries === 3) throw error;
        // Either what has just expired or was made at the same time, or a foreign object that has the name of our key.
        const existing = error.existing as KeyValueObject;
        if (!isOf(existing, id)) name = hashedNameOf(id, sha256);
        else await this.#options.client.delete(existing, DEADLINE);
      }
    }
  }

  async #draft(namespace: string, name: string, { scope, user, key }: EntryId, entry: NewEntry): Promise<Draft> {
    const { expiresAt } = entry;
    const content = await this.#contentOf(namespace, name, entry);
    const whose = scope === 'user' ? { user } : {};
    const spec = { key, scope, ...whose, ...content, ...(expiresAt === undefined ? {} : { expiresAt }) };
    return { apiVersion: API_VERSION, kind: KeyValue.kind, metadata: { name, namespace }, spec };
  }

  /** The value, or where it is: a secret one is in the Secret before anything refers to it. */
  async #contentOf(namespace: string, name: string, { value, secret }: NewEntry): Promise<object> {
    if (!secret) return { value };
    await this.#setKey(namespace, name, Buffer.from(value).toString('base64'));
    return { valueFrom: { secretKeyRef: { name: DATASTORE_SECRET, key: name } } };
  }

  /** Whether an object, other than the one of that name, refers to a key of the Secret. */
  #isUsed(namespace: string, key: string, except?: string): boolean {
    const objects = this.#options.keyValues.by('namespace', namespace);
    return objects.some((object) => ownKeyOf(object) === key && object.metadata.name !== except);
  }

  async #forget(object: KeyValueObject): Promise<void> {
    const key = ownKeyOf(object);
    const { namespace = '', name } = object.metadata;
    if (key !== undefined && !this.#isUsed(namespace, key, name)) await this.#setKey(namespace, key, null);
  }

  async #setKey(namespace: string, key: string, value: string | null): Promise<void> {
    const { transport } = this.#options;
    const path = objectPath(KIND.secret, namespace, DATASTORE_SECRET);
    const data = { data: { [key]: value } };
    const patch = async () => void (await transport.mergePatch(path, data, DEADLINE));
    try {
      return await patch();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (value === null) return;
    }
    const metadata = { name: DATASTORE_SECRET, namespace };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: DATASTORE_SECRET_TYPE, ...data };
    try {
      await transport.create(collectionPath(KIND.secret, namespace), secret as KubeObject | Draft, DEADLINE);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await patch();
    }
  }

  async #read(namespace: string): Promise<Values> {
    const secret = await this.#options.client.getLive(KIND.secret, `${namespace}/${DATASTORE_SECRET}`, DEADLINE);
    return (secret as KubeSecret | undefined)?.data ?? {};
  }
}
const isOf = (object: KeyValueObject, id: EntryId): boolean => indexOf('', idOf(object)) === indexOf('', id);

/** What the API server says as an answer for the caller. @throws HttpError */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (error instanceof SquatterError) throw new HttpError(409, error.message, { cause: error });
    const status = statusOf(error);
    if (status && [400, 403, 413, 422].includes(status.code))
      throw new HttpError(status.code === 403 ? 403 : 400, `Kubernetes refuses the entry: ${status.message}`, {
        cause: error,
      });
    throw unavailable('The datastore cannot be reached now; try again', 2, error);
  }
}
