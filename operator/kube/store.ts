// operator/kube/store.ts — a cache of one kind that never steps back to an older version of an object.
import { FIELD_MANAGER, type Kind, type KubeObject, LABEL, type ObjectMeta } from '../api/meta.ts';

/** `namespace/name`; the namespace is empty for kinds that have none. */
export type Key = `${string}/${string}`;
type Identity = Pick<ObjectMeta, 'name' | 'namespace'>;

export const keyOf = ({ metadata }: { readonly metadata: Identity }): Key =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

export function splitKey(key: Key): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** What is known of an object that goes; without a version it is gone for good. */
export interface Removed {
  readonly metadata: Identity & { readonly uid?: string; readonly resourceVersion?: string };
}

/** A list under way: shown all at once by `commit`, or never. */
export interface Listing {
  add(items: readonly KubeObject[]): void;
  commit(resourceVersion: string): void;
}

/** What the watch loop and the client fill. */
export interface Sink {
  readonly kind: Kind;
  listing(): Listing;
  put(raw: KubeObject): unknown;
  remove(raw: Removed): void;
  /** The API server was heard of just now. */
  alive(): void;
  lastSignOfLifeMs(): number;
}

export interface StoreOptions<T extends KubeObject> {
  readonly kind: Kind;
  /** What of an object is kept; a throw leaves the object out and tells `onPoison`. */
  readonly project: (raw: KubeObject) => T;
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  readonly onPoison?: (raw: KubeObject, error: unknown) => void;
  readonly onListenerError?: (error: unknown) => void;
}

type Listener<T> = (old: T | undefined, now: T | undefined) => void;

/** Most deleted objects that are remembered, so that a late event does not bring one back. */
const TOMBSTONES = 10_000;

/** Drops what no controller reads and what makes up half of an object: a start for `project`. */
export function withoutNoise(raw: KubeObject): KubeObject {
  const { managedFields, annotations, ...metadata } = raw.metadata as Managed;
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...kept } = annotations ?? {};
  const editedBy = metadata.labels?.[LABEL.pack] === undefined ? [] : editorsIn(managedFields);
  return {
    ...raw,
    metadata: { ...metadata, ...(Object.keys(kept).length > 0 ? { annotations: kept } : {}) },
    ...(editedBy.length > 0 ? { editedBy } : {}),
  };
}

type Managed = KubeObject['metadata'] & { readonly managedFields?: readonly ManagedFields[] };
interface ManagedFields {
  readonly manager?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** Who besides us has set something in the spec: the API server writes it down. */
function editorsIn(managedFields: readonly ManagedFields[] = []): readonly string[] {
  const editors = managedFields.filter(
    ({ manager, subresource, fieldsV1 }) =>
      manager !== FIELD_MANAGER && !subresource && fieldsV1?.['f:spec'] !== undefined,
  );
  return [...new Set(editors.map(({ manager = 'unknown' }) => manager))];
}

/** Versions of one kind are decimal numbers without a limit. @returns negative when `a` is the older one */
export function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The objects of one kind as last heard of. They are shared: never change one. */
export class Store<T extends KubeObject> implements Sink {
  readonly kind: Kind;
  readonly synced: Promise<void>;
  readonly #options: StoreOptions<T>;
  readonly #objects = new Map<Key, T>();
  readonly #indexes = new Map<string, Map<string, Set<Key>>>();
  readonly #tombstones = new Map<string, string | undefined>(); // uid → version, undefined = gone for good
  readonly #listeners = new Set<Listener<T>>();
  #markSynced: () => void = () => {};
  #isSynced = false;
  #lastSign = Number.NEGATIVE_INFINITY;

  constructor(options: StoreOptions<T>) {
    this.kind = options.kind;
    this.#options = options;
    for (const name of Object.keys(options.indexes ?? {})) this.#indexes.set(name, new Map());
    this.synced = new Promise((resolve) => {
      this.#markSynced = resolve;
    });
  }

  /** True after the first whole list. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: Key): T | undefined {
    return this.#objects.get(key);
  }

  /** Objects that the index function gave `value` for, in no order. */
  by(index: string, value: string): readonly T[] {
    const entries = this.#indexes.get(index);
    if (!entries) throw new Error(`store of ${this.kind.plural} has no index "${index}"`);
    return [...(entries.get(value) ?? [])].flatMap((key) => this.#objects.get(key) ?? []);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** Takes an object in, unless a newer state is known. @returns what the store holds afterwards */
  put(raw: KubeObject): T | undefined {
    const projected = this.#project(raw);
    return projected ? this.#take(projected) : undefined;
  }

  remove(raw: Removed): void {
    const { uid, resourceVersion } = raw.metadata;
    const key = keyOf(raw);
    const held = this.#objects.get(key);
    if (held && uid !== undefined && held.metadata.uid !== uid) return; // a later object of that name
    const newer =
      held && resourceVersion !== undefined && compareVersions(resourceVersion, held.metadata.resourceVersion) < 0;
    if (newer) return;
    this.#bury(uid ?? held?.metadata.uid, resourceVersion);
    if (held) this.#tell(...this.#set(key, held, undefined));
  }

  listing(): Listing {
    const seen = new Map<Key, T>();
    return {
      add: (items) => {
        for (const raw of items) {
          const projected = this.#project(raw);
          if (projected) seen.set(keyOf(projected), projected);
        }
      },
      commit: (resourceVersion) => this.#replace(seen, resourceVersion),
    };
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  alive(): void {
    this.#lastSign = performance.now();
  }

  /** Age of the last list, event or bookmark in ms, by the monotonic clock; Infinity before the first. */
  lastSignOfLifeMs(): number {
    return performance.now() - this.#lastSign;
  }

  /** True when the list is complete and the API server was heard of within `maxAgeMs`. */
  healthy(maxAgeMs: number): boolean {
    return this.#isSynced && this.lastSignOfLifeMs() <= maxAgeMs;
  }

  #project(raw: KubeObject): T | undefined {
    try {
      return this.#options.project(raw);
    } catch (error) {
      this.#guard(() => this.#options.onPoison?.(raw, error));
      this.remove(raw); // what we knew of it is no longer true
      return undefined;
    }
  }

  #take(now: T): T | undefined {
    const key = keyOf(now);
    const held = this.#objects.get(key);
    if (!this.#isNews(held, now)) return held;
    this.#tell(...this.#set(key, held, now));
    return now;
  }

  #isNews(held: T | undefined, now: T): boolean {
    const { uid, resourceVersion } = now.metadata;
    if (held && compareVersions(resourceVersion, held.metadata.resourceVersion) <= 0) return false;
    if (this.#tombstones.has(uid)) {
      const diedAt = this.#tombstones.get(uid);
      if (diedAt === undefined || compareVersions(resourceVersion, diedAt) <= 0) return false;
      this.#tombstones.delete(uid); // it had only left the selector
    }
    if (held && held.metadata.uid !== uid) this.#bury(held.metadata.uid, undefined);
    return true;
  }

  #replace(seen: ReadonlyMap<Key, T>, version: string): void {
    const changes: (readonly [T | undefined, T | undefined])[] = [];
    for (const [key, held] of this.#objects) {
      // What is newer than the list was written by ourselves since; the watch will tell the rest.
      if (seen.has(key) || compareVersions(held.metadata.resourceVersion, version) > 0) continue;
      this.#bury(held.metadata.uid, version);
      changes.push(this.#set(key, held, undefined));
    }
    for (const [key, now] of seen) {
      const held = this.#objects.get(key);
      if (this.#isNews(held, now)) changes.push(this.#set(key, held, now));
    }
    this.alive();
    this.#isSynced = true;
    this.#markSynced();
    for (const [old, now] of changes) this.#tell(old, now); // only now: nobody looks at half a list
  }

  #bury(uid: string | undefined, version: string | undefined): void {
    if (uid === undefined) return;
    this.#tombstones.delete(uid);
    this.#tombstones.set(uid, version);
    if (this.#tombstones.size <= TOMBSTONES) return;
    const [oldest] = this.#tombstones.keys();
    if (oldest !== undefined) this.#tombstones.delete(oldest);
  }

  #set(key: Key, old: T | undefined, now: T | undefined): readonly [T | undefined, T | undefined] {
    this.#index(key, old, now);
    if (now) this.#objects.set(key, now);
    else this.#objects.delete(key);
    return [old, now];
  }

  #tell(old: T | undefined, now: T | undefined): void {
    for (const listener of this.#listeners) this.#guard(() => listener(old, now));
  }

  #index(key: Key, old: T | undefined, now: T | undefined): void {
    for (const [name, valuesOf] of Object.entries(this.#options.indexes ?? {})) {
      const entries = this.#indexes.get(name) ?? new Map<string, Set<Key>>();
      for (const value of old ? valuesOf(old) : []) {
        const keys = entries.get(value);
        keys?.delete(key);
        if (keys?.size === 0) entries.delete(value);
      }
      for (const value of now ? valuesOf(now) : []) {
        const keys = entries.get(value) ?? new Set();
        entries.set(value, keys.add(key));
      }
    }
  }

  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#options.onListenerError?.(error);
    }
  }
}
