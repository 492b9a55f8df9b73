// operator/kube/client.ts — a Plan's writes → calls, in a way that doing one twice does it once.
import type { Draft, Kind, KubeObject } from '../api/meta.ts';
import type { Event, Write } from '../domain/plan.ts';
import { AmbiguousError, isAlreadyExists, isConflict, isNotFound, SquatterError } from './errors.ts';
import { EventRecorder } from './events.ts';
import { collectionPath, KIND, objectPath } from './paths.ts';
import { type Key, type Sink, splitKey } from './store.ts';
import type { CallOptions, Transport } from './transport.ts';

export interface ClientOptions {
  readonly transport: Transport;
  /** Kinds that it may meet besides those of `KIND`. */
  readonly kinds: readonly Kind[];
  /** Every answer goes into the store of its kind. */
  readonly stores?: readonly Sink[];
  readonly fieldManager: string;
  /** Name of the pod, told in Events. */
  readonly instance: string;
  /** Called before every change; throws NotLeaderError where this process must not write. */
  readonly fence?: () => void;
  readonly onEventError?: (error: unknown) => void;
}

export interface CreateOptions extends CallOptions {
  /** Whether the object that has the name already is the one that we want; by default: it has the draft's controller. */
  readonly sameAs?: (existing: KubeObject, draft: Draft) => boolean;
}

interface DeleteOptions extends CallOptions {
  /** Whether what has changed since it was read is left alone (409: see isConflict). Default: it is deleted too. */
  readonly ifUnchanged?: boolean;
}

type Reference = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** A create whose answer was lost is repeated at once so often: its name makes it safe. */
const CREATE_TRIES = 3;

/** Carries out writes and keeps the stores up to date with their answers. */
export class Client {
  readonly #options: ClientOptions;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #stores: ReadonlyMap<string, Sink>;
  readonly #recorder: EventRecorder;

  constructor(options: ClientOptions) {
    this.#options = options;
    const kinds = [...Object.values(KIND), ...options.kinds];
    this.#kinds = new Map(kinds.map((kind) => [idOf(kind), kind]));
    this.#stores = new Map((options.stores ?? []).map((store) => [idOf(store.kind), store]));
    this.#recorder = new EventRecorder(options);
  }

  /** One write of a plan about `self`. @returns the answer, undefined for a delete */
  async write(self: KubeObject, write: Write): Promise<KubeObject | undefined> {
    switch (write.do) {
      case 'create':
        return (await this.create(write.object)).object;
      case 'apply':
        return await this.apply(write.object);
      case 'delete':
        await this.delete(write.object, write.ifUnchanged ? { ifUnchanged: true } : {});
        return undefined;
      case 'finalizers':
        return await this.setFinalizers(self, write.set);
    }
  }

  /** Creates, or finds what an earlier try has created. Throws SquatterError when the name is another's. */
  async create(
    draft: Draft,
    options: CreateOptions = {},
  ): Promise<{ readonly object: KubeObject; readonly created: boolean }> {
    const path = collectionPath(this.#kindOf(draft), draft.metadata.namespace);
    for (let tries = 1; ; tries++) {
      this.#options.fence?.();
      try {
        return { object: this.#keep(await this.#options.transport.create(path, draft, options)), created: true };
      } catch (error) {
        if (isAlreadyExists(error)) {
          const existing = await this.#find(draft, options);
          if (existing) return { object: this.#checkOwner(existing, draft, options), created: false };
          if (tries === CREATE_TRIES) throw error; // deleted again and again between the two calls
        } else if (!(error instanceof AmbiguousError) || tries === CREATE_TRIES) throw error;
      }
    }
  }

  /** Server-side apply of the fields in the draft, taking them over from other managers. */
  async apply(draft: Draft, options: CallOptions = {}): Promise<KubeObject> {
    this.#options.fence?.();
    const { fieldManager, transport } = this.#options;
    return this.#keep(await transport.apply(this.#pathOf(draft), draft, { ...options, fieldManager, force: true }));
  }

  /** Asks whether `apply` would be taken; nothing is stored. @throws what the API server says against it */
  async check(draft: Draft, options: CallOptions = {}): Promise<void> {
    const { fieldManager, transport } = this.#options;
    await transport.apply(this.#pathOf(draft), draft, { ...options, fieldManager, force: true, dryRun: true });
  }

  /** Deletes exactly this object with what it owns; already gone, or replaced by another, is done. */
  async delete(object: Reference, { ifUnchanged, ...options }: DeleteOptions = {}): Promise<void> {
    this.#options.fence?.();
    const { uid, resourceVersion } = object.metadata;
    const guard = ifUnchanged ? { uid, resourceVersion } : { uid };
    try {
      const going = await this.#options.transport.delete(this.#pathOf(object), { ...options, ...guard });
      if (going) this.#keep(going);
      else this.#storeOf(object)?.remove(gone(object));
    } catch (error) {
      if (!isNotFound(error) && (ifUnchanged || !isConflict(error))) throw error;
      this.#storeOf(object)?.remove(gone(object));
    }
  }

  /** Replaces the list of finalizers; guarded by the object's resourceVersion. */
  async setFinalizers(object: KubeObject, finalizers: readonly string[]): Promise<KubeObject> {
    const { resourceVersion } = object.metadata;
    return await this.mergePatch(object, { metadata: { resourceVersion, finalizers } });
  }

  /** Replaces the whole status of a custom resource (others would lose their labels); guarded by the object's resourceVersion (409: see isConflict). */
  async replaceStatus<S>(object: KubeObject, status: S, options: CallOptions = {}): Promise<KubeObject> {
    this.#options.fence?.();
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const { apiVersion, kind } = object;
    // Of a custom resource the API server takes the rest from what it has, so a projected copy is enough.
    const body = { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion }, status };
    return this.#keep(await this.#options.transport.replaceStatus(this.#pathOf(object), body, options));
  }

  /** Replaces a whole object that we have in full, or of which we may not read the rest; guarded where it has a resourceVersion. */
  async replace(draft: Draft, options: CallOptions = {}): Promise<KubeObject> {
    this.#options.fence?.();
    return this.#keep(await this.#options.transport.replace(this.#pathOf(draft), draft, options));
  }

  async mergePatch(object: Reference, patch: object, options: CallOptions = {}): Promise<KubeObject> {
    this.#options.fence?.();
    return this.#keep(await this.#options.transport.mergePatch(this.#pathOf(object), patch, options));
  }

  /** Asks the API server, not the cache. @returns undefined when there is no such object */
  async getLive(kind: Kind, key: Key, options: CallOptions = {}): Promise<KubeObject | undefined> {
    const { namespace, name } = splitKey(key);
    try {
      return this.#keep(await this.#options.transport.get(objectPath(kind, namespace || undefined, name), options));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Tells an Event about an object; repeats raise its count. Never throws. */
  async tell(object: KubeObject, event: Event): Promise<void> {
    try {
      this.#options.fence?.();
      await this.#recorder.tell(object, event);
    } catch (error) {
      this.#options.onEventError?.(error);
    }
  }

  async #find(draft: Draft, options: CallOptions): Promise<KubeObject | undefined> {
    const { namespace, name } = draft.metadata;
    return await this.getLive(this.#kindOf(draft), `${namespace ?? ''}/${name}`, options);
  }

  #checkOwner(existing: KubeObject, draft: Draft, { sameAs = sameController }: CreateOptions): KubeObject {
    if (sameAs(existing, draft)) return existing;
    const { namespace, name } = draft.metadata;
    const owner = controllerOf(existing);
    const whose = owner ? `is owned by ${owner.kind} ${owner.name} (uid ${owner.uid})` : 'was not made by Squall';
    throw new SquatterError(
      `${draft.kind} ${namespace}/${name} exists already and ${whose}; delete or rename it: kubectl delete ${draft.kind.toLowerCase()} -n ${namespace} ${name}`,
      existing,
    );
  }

  #kindOf({ apiVersion, kind }: Pick<Draft, 'apiVersion' | 'kind'>): Kind {
    const found = this.#kinds.get(`${apiVersion}/${kind}`);
    if (!found) throw new Error(`the client does not know the kind ${apiVersion} ${kind}; add it to its kinds`);
    return found;
  }

  #pathOf(object: Pick<Draft, 'apiVersion' | 'kind' | 'metadata'>): string {
    return objectPath(this.#kindOf(object), object.metadata.namespace, object.metadata.name);
  }

  #storeOf(object: Pick<Draft, 'apiVersion' | 'kind'>): Sink | undefined {
    return this.#stores.get(`${object.apiVersion}/${object.kind}`);
  }

  #keep(answer: KubeObject): KubeObject {
    this.#storeOf(answer)?.put(answer);
    return answer;
  }
}

const idOf = ({ apiVersion, kind }: Kind): string => `${apiVersion}/${kind}`;

/** Gone for good: without a version no later event brings this uid back. */
const gone = ({ metadata: { namespace, name, uid } }: Reference) => ({
  metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) },
});

const controllerOf = (object: Pick<Draft, 'metadata'>) =>
  object.metadata.ownerReferences?.find((owner) => owner.controller);

function sameController(existing: KubeObject, draft: Draft): boolean {
  const wanted = controllerOf(draft);
  return wanted !== undefined && controllerOf(existing)?.uid === wanted.uid;
}
