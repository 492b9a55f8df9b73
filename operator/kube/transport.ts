// operator/kube/transport.ts — the verbs of the API server, raw JSON in and out, each with a deadline.
import type { KubeObject } from '../api/meta.ts';
import { Caller, type CallHooks } from './call.ts';
import { type AccountOptions, Connection, loadAccount } from './connection.ts';
import type { Query } from './paths.ts';
import type { TextOptions } from './read-text.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For the whole call with its retries, in ms; 30 000 by default. */
  readonly deadlineMs?: number;
}

export interface ApplyOptions extends CallOptions {
  readonly fieldManager: string;
  /** Take over fields of other managers; true by default. */
  readonly force?: boolean;
  /** Only ask whether it would be taken. */
  readonly dryRun?: boolean;
}

export interface DeleteOptions extends CallOptions {
  /** Delete only this object, not a later one of the same name. */
  readonly uid?: string;
  /** Delete it only as it was then. */
  readonly resourceVersion?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/** One page of a list. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/** One event of a watch; the object of an ERROR is a Status. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject & { readonly code?: number; readonly reason?: string; readonly message?: string };
}

/**
 * The API server. Throws StatusError when it refuses; AmbiguousError when a mutating call may or may not have been
 * applied; Error when a read got no answer.
 */
export interface Transport {
  get(path: string, options?: CallOptions): Promise<KubeObject>;
  json(path: string, query?: Query, options?: CallOptions): Promise<unknown>;
  /** Logs of a pod and the like: their beginning or, with `tailBytes`, their end. */
  text(path: string, query?: Query, options?: CallOptions & TextOptions): Promise<string>;
  page(path: string, query: Query, options?: CallOptions): Promise<Page>;
  /** Ends when the server ends it; has no deadline but `signal`. */
  changes(path: string, query: Query, signal: AbortSignal): AsyncIterable<Change>;
  create(path: string, object: object, options?: CallOptions): Promise<KubeObject>;
  apply(path: string, object: object, options: ApplyOptions): Promise<KubeObject>;
  replace(path: string, object: object, options?: CallOptions): Promise<KubeObject>;
  /** Replaces the status alone; 409 when `object` is not the latest version. */
  replaceStatus(path: string, object: object, options?: CallOptions): Promise<KubeObject>;
  mergePatch(path: string, patch: object, options?: CallOptions): Promise<KubeObject>;
  /** Undefined when the object is gone at once; else the object that is going. */
  delete(path: string, options?: DeleteOptions): Promise<KubeObject | undefined>;
  close(): Promise<void>;
}

export interface TransportOptions extends AccountOptions, CallHooks {
  /** Said in the User-Agent. */
  readonly version?: string;
  /** Default of every call, in ms. */
  readonly deadlineMs?: number;
  /** Most connections at a time; each watch holds one. */
  readonly connections?: number;
}

/** A transport by the account that the options name; opens no connection yet. */
export async function loadTransport(
  options: TransportOptions = {},
): Promise<Transport & { readonly server: string; readonly namespace: string | undefined }> {
  const connection = new Connection(await loadAccount(options), options.connections ?? 32);
  const agent = `squall/${options.version ?? 'dev'}`;
  const caller = new Caller(connection, { ...options, agent, deadlineMs: options.deadlineMs ?? 30_000 });
  return { ...verbs(caller), server: connection.server, namespace: connection.namespace };
}

// Answers are typed by trust: the API server has checked them, and each store checks what it takes from them.
function verbs(caller: Caller): Transport {
  const object = async (request: Parameters<Caller['json']>[0]) => (await caller.json(request)) as KubeObject;
  return {
    get: (path, options) => object({ verb: 'get', method: 'GET', path, options }),
    json: (path, query, options) => caller.json({ verb: 'get', method: 'GET', path, query, options }),
    text: (path, query, options) => caller.text({ verb: 'get', method: 'GET', path, query, options }, options),
    page: async (path, query, options) =>
      (await caller.json({ verb: 'list', method: 'GET', path, query, options })) as Page,
    changes: (path, query, signal) => caller.stream(path, query, signal) as AsyncIterable<Change>,
    create: (path, body, options) => object({ verb: 'create', method: 'POST', path, body, options }),
    apply: (path, body, options) => {
      const { fieldManager, force = true, dryRun = false } = options;
      const query = { fieldManager, force: String(force), ...(dryRun ? { dryRun: 'All' } : {}) };
      return object({
        verb: 'apply',
        method: 'PATCH',
        path,
        body,
        query,
        options,
        type: 'application/apply-patch+yaml',
      });
    },
    replace: (path, body, options) => object({ verb: 'replace', method: 'PUT', path, body, options }),
    replaceStatus: (path, body, options) => {
      // A PUT without labels and annotations would take their fields from those who manage them, and GitOps could not prune.
      const { metadata, status } = body as Pick<KubeObject, 'metadata' | 'status'>;
      const patch = [
        { op: 'add', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
        { op: 'add', path: '/status', value: status },
      ];
      const type = 'application/json-patch+json';
      return object({ verb: 'replaceStatus', method: 'PATCH', path: `${path}/status`, body: patch, options, type });
    },
    mergePatch: (path, body, options) =>
      object({ verb: 'patch', method: 'PATCH', path, body, options, type: 'application/merge-patch+json' }),
    delete: async (path, options) => {
      const { uid, resourceVersion } = options ?? {};
      const preconditions = { uid, resourceVersion }; // JSON leaves out what is undefined
      const propagationPolicy = options?.propagation ?? 'Background';
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions };
      const answer = await object({ verb: 'delete', method: 'DELETE', path, body, options });
      return answer.kind === 'Status' ? undefined : answer;
    },
    close: () => caller.close(),
  };
}
