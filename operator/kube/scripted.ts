// operator/kube/scripted.ts — for tests: a Transport over objects in memory that plays a script of faults.
import type { Draft, Kind, KubeObject } from '../api/meta.ts';
import type { Verb } from './call.ts';
import { AmbiguousError, StatusError } from './errors.ts';
import { merged } from './json.ts';
import { KIND, objectPath, type Query } from './paths.ts';
import { ScriptedWatches } from './scripted-watch.ts';
import type { ApplyOptions, CallOptions, Change, DeleteOptions, Page, Transport } from './transport.ts';

/** What happens to a call instead of, or after, what should. */
export type Fault =
  | { readonly code: number; readonly reason?: string; readonly message?: string; readonly retryAfterMs?: number }
  /** The connection is lost before the call is applied. */
  | 'reset'
  /** The call is applied, its answer is lost. */
  | 'resetAfterApply';

/** A call as it was asked for. */
export interface Played {
  readonly verb: Verb;
  readonly path: string;
  readonly body?: unknown;
  readonly query?: Query;
}

interface Logged {
  readonly version: number;
  readonly path: string;
  readonly change: Change;
}
interface Match {
  readonly verb?: Verb;
  readonly path?: string | RegExp;
}
const READS: ReadonlySet<Verb> = new Set(['get', 'list', 'watch']);

/** Behaves as the API server does where the kube layer relies on it; no schemas, no selectors, no admission. */
export class ScriptedTransport implements Transport {
  readonly calls: Played[] = [];
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #objects = new Map<string, KubeObject>();
  readonly #faults: { readonly match: Match; readonly fault: Fault }[] = [];
  readonly #watches = new ScriptedWatches();
  readonly #expiredPages = new Set<string>();
  #log: Logged[] = [];
  #version = 100;
  #oldest = 0;

  constructor(objects: readonly Draft[] = [], kinds: readonly Kind[] = []) {
    const all = [...Object.values(KIND), ...kinds];
    this.#kinds = new Map(all.map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]));
    for (const object of objects) this.put(object);
  }

  /** Calls that change something, in order. */
  writes(): readonly Played[] {
    return this.calls.filter(({ verb, path }) => !READS.has(verb) && !path.endsWith('reviews'));
  }

  /** Plays the faults, one for each matching call; the path is a part of it or a pattern. */
  fail(match: Match, ...faults: readonly Fault[]): void {
    for (const fault of faults) this.#faults.push({ match, fault });
  }

  object(path: string): KubeObject | undefined {
    return this.#objects.get(path);
  }

  /** Creates or changes an object as somebody else would. */
  put(draft: Draft): KubeObject {
    const { namespace, name } = draft.metadata;
    return this.#store(objectPath(this.#kindOf(draft), namespace, name), draft);
  }

  /** Deletes an object as somebody else would. */
  drop(path: string): void {
    const old = this.#objects.get(path);
    if (old) this.#remove(path, old);
  }

  /** Every watch is told how far it is. */
  bookmark(): void {
    const metadata = { name: '', uid: '', resourceVersion: String(this.#version) };
    this.#watches.tell(undefined, { type: 'BOOKMARK', object: { apiVersion: '', kind: '', metadata } });
  }

  /** While on, watches stay open and show nothing; what happens meanwhile is lost to them. */
  silence(on: boolean): void {
    this.#watches.silent = on;
  }

  /** Every watch breaks inside an event. */
  tear(): void {
    this.#watches.interrupt(new Error('watch ended inside an event'));
  }

  /** Every watch ends in good order. */
  endWatches(): void {
    this.#watches.interrupt('end');
  }

  /** Every watch gets an ERROR of code 410, and older versions can't be resumed from. */
  compact(): void {
    this.#oldest = this.#version;
    this.#log = [];
    const status = { code: 410, reason: 'Expired', message: 'too old resource version' };
    const metadata = { name: '', uid: '', resourceVersion: '' };
    this.#watches.tell(undefined, { type: 'ERROR', object: { apiVersion: 'v1', kind: 'Status', metadata, ...status } });
    this.#watches.interrupt('end');
  }

  /** The next page after this one is asked for too late: 410. */
  expirePages(): void {
    for (let at = 0; at <= this.#objects.size; at++) this.#expiredPages.add(`${at}`);
  }

  async get(path: string, _options?: CallOptions): Promise<KubeObject> {
    return this.#play({ verb: 'get', path }, () => this.#existing(path));
  }

  async json(path: string, query: Query = {}): Promise<unknown> {
    return this.#play({ verb: 'get', path, query }, () => this.#existing(path));
  }

  async text(path: string, query: Query = {}): Promise<string> {
    return this.#play({ verb: 'get', path, query }, () => JSON.stringify(this.#existing(path)));
  }

  async page(path: string, query: Query): Promise<Page> {
    return this.#play({ verb: 'list', path, query }, () => {
      const at = Number(query['continue'] ?? 0);
      if (at > 0 && this.#expiredPages.delete(`${at}`)) throw refusal(410, 'Expired', `list ${path}`);
      const all = [...this.#objects].filter(([where]) => isIn(path, where)).map(([, object]) => object);
      const end = at + Number(query['limit'] ?? all.length);
      const next = end < all.length ? { continue: `${end}` } : {};
      return { items: all.slice(at, end), metadata: { resourceVersion: `${this.#version}`, ...next } };
    });
  }

  async *changes(path: string, query: Query, signal: AbortSignal): AsyncGenerator<Change> {
    const from = Number(query['resourceVersion'] ?? 0);
    this.#play({ verb: 'watch', path, query }, () => {
      if (from < this.#oldest) throw refusal(410, 'Expired', `watch ${path}`);
    });
    const missed = this.#log.filter((logged) => logged.version > from && isIn(path, logged.path));
    yield* this.#watches.follow(
      missed.map(({ change }) => change),
      (where) => isIn(path, where),
      signal,
    );
  }

  async create(path: string, object: object): Promise<KubeObject> {
    const draft = object as Draft;
    if (path.endsWith('reviews')) return this.#play({ verb: 'create', path, body: object }, () => draft as KubeObject);
    return this.#play({ verb: 'create', path, body: object }, () => {
      const where = `${path}/${draft.metadata.name}`;
      if (this.#objects.has(where)) throw refusal(409, 'AlreadyExists', `${where} already exists`);
      return this.#store(where, draft);
    });
  }

  async apply(path: string, object: object, { dryRun = false }: ApplyOptions): Promise<KubeObject> {
    const query = dryRun ? { query: { dryRun: 'All' } } : {};
    return this.#play({ verb: 'apply', path, body: object, ...query }, () => {
      const old = this.#objects.get(path);
      const next = (old ? merged(old, object) : object) as Draft;
      return dryRun ? (next as KubeObject) : this.#store(path, next);
    });
  }

  async replace(path: string, object: object, _options?: CallOptions): Promise<KubeObject> {
    return this.#play({ verb: 'replace', path, body: object }, () => {
      const { uid } = this.#guarded(path, object as Draft).metadata;
      return this.#store(path, { ...(object as Draft), metadata: { ...(object as Draft).metadata, uid } });
    });
  }

  async replaceStatus(path: string, object: object, _options?: CallOptions): Promise<KubeObject> {
    return this.#play({ verb: 'replaceStatus', path, body: object }, () => {
      const old = this.#guarded(path, object as Draft);
      return this.#store(path, { ...old, status: (object as Draft)['status'] });
    });
  }

  async mergePatch(path: string, patch: object, _options?: CallOptions): Promise<KubeObject> {
    return this.#play({ verb: 'patch', path, body: patch }, () => {
      const metadata = { name: '', ...(patch as Partial<Draft>).metadata };
      const now = merged(this.#guarded(path, { apiVersion: '', kind: '', metadata }), patch) as KubeObject;
      const leaving = now.metadata.deletionTimestamp !== undefined && !now.metadata.finalizers?.length;
      return leaving ? this.#remove(path, now) : this.#store(path, { ...now });
    });
  }

  async delete(path: string, options: DeleteOptions = {}): Promise<KubeObject | undefined> {
    return this.#play({ verb: 'delete', path, body: options }, () => {
      const old = this.#existing(path);
      if (options.uid !== undefined && options.uid !== old.metadata.uid) throw refusal(409, 'Conflict', 'uid differs');
      const { resourceVersion = old.metadata.resourceVersion } = options;
      if (resourceVersion !== old.metadata.resourceVersion) throw refusal(409, 'Conflict', 'resourceVersion differs');
      if (!old.metadata.finalizers?.length) {
        this.#remove(path, old);
        return undefined;
      }
      const deletionTimestamp = old.metadata.deletionTimestamp ?? new Date().toISOString();
      return this.#store(path, { ...old, metadata: { ...old.metadata, deletionTimestamp } });
    });
  }

  async close(): Promise<void> {
    this.endWatches();
  }

  #play<T>(call: Played, act: () => T): T {
    this.calls.push(call);
    const at = this.#faults.findIndex(({ match }) => fits(match, call));
    const fault = at < 0 ? undefined : this.#faults.splice(at, 1)[0]?.fault;
    if (fault === undefined) return act();
    if (fault === 'resetAfterApply') act();
    if (typeof fault === 'object')
      throw refusal(fault.code, fault.reason ?? '', fault.message ?? call.path, fault.retryAfterMs);
    const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    throw READS.has(call.verb)
      ? cause
      : new AmbiguousError(`${call.verb} ${call.path}: it may have been applied`, { cause });
  }

  #store(path: string, draft: Draft): KubeObject {
    const old = this.#objects.get(path);
    this.#version += 1;
    const uid = draft.metadata.uid ?? old?.metadata.uid ?? `uid-${this.#version}`;
    const creationTimestamp = old?.metadata.creationTimestamp ?? new Date().toISOString();
    const metadata = { creationTimestamp, ...draft.metadata, uid, resourceVersion: `${this.#version}` };
    const now: KubeObject = { ...draft, metadata };
    this.#objects.set(path, now);
    this.#record(path, { type: old ? 'MODIFIED' : 'ADDED', object: now });
    return now;
  }

  #remove(path: string, old: KubeObject): KubeObject {
    this.#version += 1;
    this.#objects.delete(path);
    const last = { ...old, metadata: { ...old.metadata, resourceVersion: `${this.#version}` } };
    this.#record(path, { type: 'DELETED', object: last });
    return last;
  }

  #record(path: string, change: Change): void {
    this.#log.push({ version: this.#version, path, change });
    this.#watches.tell(path, change);
  }

  #existing(path: string): KubeObject {
    const found = this.#objects.get(path);
    if (!found) throw refusal(404, 'NotFound', `${path} not found`);
    return found;
  }

  #guarded(path: string, draft: Draft): KubeObject {
    const old = this.#existing(path);
    const { resourceVersion } = draft.metadata;
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      throw refusal(409, 'Conflict', `${path}: the object has been modified`);
    }
    return old;
  }

  #kindOf({ apiVersion, kind }: Draft): Kind {
    const found = this.#kinds.get(`${apiVersion}/${kind}`);
    if (!found) throw new Error(`the script does not know the kind ${apiVersion} ${kind}`);
    return found;
  }
}

const refusal = (code: number, reason: string, message: string, retryAfterMs?: number) =>
  new StatusError(code, message, { reason, retryAfterMs });

function fits({ verb, path }: Match, call: Played): boolean {
  if (verb !== undefined && verb !== call.verb) return false;
  if (path === undefined) return true;
  return typeof path === 'string' ? call.path.includes(path) : path.test(call.path);
}

/** Whether an object's path lies in a collection's; a collection without a namespace holds those of all. */
const isIn = (collection: string, path: string): boolean =>
  path.startsWith(`${collection}/`) ||
  path.replace(/\/namespaces\/[^/]+\/(?=[^/]+\/)/, '/').startsWith(`${collection}/`);
