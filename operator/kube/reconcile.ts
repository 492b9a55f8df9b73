// operator/kube/reconcile.ts — look, decide, act: the loop that every controller runs.
import type { Draft, KubeObject } from '../api/meta.ts';
import type { Plan, Write } from '../domain/plan.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Client } from './client.ts';
import { isConflict, isNotFound, NotLeaderError } from './errors.ts';
import { sameJson } from './json.ts';
import { WorkQueue } from './queue.ts';
import { type Key, keyOf, type Store } from './store.ts';

/** What a controller sees when it looks: the object itself and whatever belongs to it. */
export interface Observed {
  readonly self: KubeObject;
}

/** Changes of one kind as keys to look at; made by `watched`. */
export interface Watched {
  /** Enqueues all that is there, then what changes. @returns a function that ends it */
  start(enqueue: (key: Key) => void): () => void;
}

/** One controller: who looks at what, and what it decides. */
export interface Reconciler<O extends Observed, S> {
  /** Metric label and log field. */
  readonly name: string;
  readonly watches: readonly Watched[];
  /** From stores; asynchronous only for a live GET that confirms an absence. Undefined = gone, nothing to do. */
  observe(key: Key): O | undefined | Promise<O | undefined>;
  /** Pure: no I/O, no clock, no chance. */
  plan(observed: O, now: Date): Plan<S>;
  /** Told of each look that failed and was not merely stale, before the key comes back. */
  onError?(key: Key, error: unknown): void;
}

export interface LoopOptions {
  readonly client: Client;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly stop: AbortSignal;
  readonly queue?: WorkQueue;
  /** Objects worked on at a time; 8 by default. */
  readonly workers?: number;
  readonly now?: () => Date;
}

/**
 * Keys of a store's changes: the object's own unless `keys` maps it to others, such as a Job to its Execution; without those
 * changes of an object that do not matter.
 */
export function watched<T extends KubeObject>(
  store: Store<T>,
  keys: (object: T) => readonly Key[] = (object) => [keyOf(object)],
  matters: (old: T, now: T) => boolean = () => true,
): Watched {
  return {
    start: (enqueue) => {
      const end = store.subscribe((old, now) => {
        if (old && now && !matters(old, now)) return;
        for (const key of new Set([...(old ? keys(old) : []), ...(now ? keys(now) : [])])) enqueue(key);
      });
      for (const object of store.values()) for (const key of keys(object)) enqueue(key);
      return end;
    },
  };
}

export interface LookContext {
  readonly client: Client;
  readonly log: Log;
  readonly now: Date;
  /** Told what the look is about, before anything is done. */
  readonly onSelf?: (self: KubeObject) => void;
}

/** Looks at one object, decides, acts: once. @returns ms until the next look, if one is wanted */
export async function reconcile<O extends Observed, S>(
  reconciler: Reconciler<O, S>,
  key: Key,
  { client, log, now, onSelf }: LookContext,
): Promise<number | undefined> {
  const observed = await reconciler.observe(key);
  if (!observed) {
    log.debug({ key }, 'looked at what is gone');
    return undefined;
  }
  onSelf?.(observed.self);
  const { writes = [], status, after = [], events = [], requeueAfterMs } = reconciler.plan(observed, now);
  const changed = status !== undefined && !sameJson(status, observed.self.status);
  const planned = { writes: writes.length + after.length, statusChanges: changed, requeueAfterMs };
  log.debug({ ...subjectOf(observed.self), ...planned }, 'looked');
  let self = await carryOut(observed.self, writes, { client, log });
  if (changed) {
    self = await client.replaceStatus(self, status);
    log.info({ ...subjectOf(self), ...progressOf(status) }, 'status changed');
  }
  self = await carryOut(self, after, { client, log });
  if (changed) for (const event of events) await client.tell(self, event);
  return requeueAfterMs;
}

/** Objects that are applied at a time: a pack may bring thousands, and none of them waits for another. */
const APPLIED_AT_A_TIME = 8;

/** In order, but for applies that follow each other. @returns the object itself, with the metadata that it has then */
async function carryOut(
  self: KubeObject,
  writes: readonly Write[],
  { client, log }: Pick<LookContext, 'client' | 'log'>,
): Promise<KubeObject> {
  const rest = [...writes];
  const applyNext = async (): Promise<void> => {
    while (rest[0]?.do === 'apply') {
      const { object } = rest.shift() as Write & { readonly do: 'apply' };
      await client.apply(object).catch((error: unknown) => {
        rest.length = 0;
        throw error;
      });
      log.info({ ...subjectOf(self), ...childOf(self, object) }, 'applied');
    }
  };
  while (rest.length > 0) {
    if (rest[0]?.do === 'apply') {
      const ends = await Promise.allSettled(Array.from({ length: APPLIED_AT_A_TIME }, applyNext));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
      continue;
    }
    const write = rest.shift();
    if (!write || write.do === 'apply') continue;
    if (write.do === 'create') {
      const { object, created } = await client.create(write.object);
      const facts = { ...subjectOf(self), ...childOf(self, object) };
      if (created) log.info(facts, 'created');
      else log.debug(facts, 'exists already');
      continue;
    }
    const answer = await client.write(self, write);
    if (write.do === 'finalizers') {
      log.info({ ...subjectOf(self), finalizers: write.set }, 'finalizers set');
      if (answer) self = { ...self, metadata: answer.metadata };
    } else {
      log.info({ ...subjectOf(self), ...childOf(self, write.object) }, 'deleted');
    }
  }
  return self;
}

/** By these fields the lines about one object are found. */
const subjectOf = ({ kind, metadata: { namespace, name, uid } }: KubeObject) => ({ kind, namespace, name, uid });

const childOf = (self: KubeObject, { kind, metadata }: Pick<Draft, 'kind' | 'metadata'>) =>
  metadata.uid === self.metadata.uid ? {} : { childKind: kind, childName: metadata.name };

/** How far a status says that it is, where it says so in one word or number; nothing else of it may be logged. */
function progressOf(status: unknown): Readonly<Record<string, string | number>> {
  const fields = typeof status === 'object' && status !== null ? Object.entries(status) : [];
  const isProgress = ([name, value]: [string, unknown]) =>
    ['phase', 'reason', 'attempt'].includes(name) && (typeof value === 'string' || typeof value === 'number');
  return Object.fromEntries(fields.filter(isProgress));
}

/** Works until `stop`, beginning with all objects that exist. One that throws is logged and backed off; the others go on. */
export async function runLoop<O extends Observed, S>(
  reconciler: Reconciler<O, S>,
  options: LoopOptions,
): Promise<void> {
  const { stop, metrics, queue = new WorkQueue() } = options;
  if (stop.aborted) return;
  const controller = reconciler.name;
  const enqueue = (key: Key) => {
    queue.add(key);
    metrics.queueDepth.set({ controller }, queue.depth);
  };
  const ends = reconciler.watches.map((watch) => watch.start(enqueue));
  const close = () => queue.close();
  stop.addEventListener('abort', close, { once: true });
  const log = options.log.child({ controller });
  await Promise.all(Array.from({ length: options.workers ?? 8 }, () => work(reconciler, queue, { ...options, log })));
  for (const end of ends) end();
}

/** One worker; the queue never hands one key to two of them. */
async function work<O extends Observed, S>(
  reconciler: Reconciler<O, S>,
  queue: WorkQueue,
  { client, log, metrics, now = () => new Date() }: LoopOptions,
): Promise<void> {
  const controller = reconciler.name;
  for await (const key of queue) {
    metrics.queueDepth.set({ controller }, queue.depth);
    const end = metrics.reconcileSeconds.startTimer({ controller });
    let about: object = { key };
    const onSelf = (self: KubeObject) => {
      about = { key, ...subjectOf(self) };
    };
    try {
      queue.done(key, await reconcile(reconciler, key, { client, log, now: now(), onSelf }));
    } catch (err) {
      queue.failed(key);
      // A stale copy, or an object deleted meanwhile: the next look sees it.
      if (isConflict(err) || isNotFound(err)) log.debug({ ...about, err }, 'looked at a stale copy');
      // Thousands of keys would say the same, and the term is about to end.
      else if (err instanceof NotLeaderError) log.debug({ ...about, err }, 'not leading');
      else {
        metrics.reconcileErrors.inc({ controller });
        reconciler.onError?.(key, err);
        log.warn({ ...about, err }, 'reconciliation is tried again');
      }
    } finally {
      end();
    }
  }
}
