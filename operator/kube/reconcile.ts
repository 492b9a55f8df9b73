// operator/kube/reconcile.ts — look, decide, act: the loop that every controller runs.
import type { KubeObject } from '../api/meta.ts';
import type { Plan } from '../domain/plan.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Client } from './client.ts';
import { isConflict, isNotFound } from './errors.ts';
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

/** Keys of a store's changes: the object's own unless `keys` maps it to others, such as a Job to its Execution. */
export function watched<T extends KubeObject>(
  store: Store<T>,
  keys: (object: T) => readonly Key[] = (object) => [keyOf(object)],
): Watched {
  return {
    start: (enqueue) => {
      const end = store.subscribe((old, now) => {
        for (const key of new Set([...(old ? keys(old) : []), ...(now ? keys(now) : [])])) enqueue(key);
      });
      for (const object of store.values()) for (const key of keys(object)) enqueue(key);
      return end;
    },
  };
}

/** Looks at one object, decides, acts: once. @returns ms until the next look, if one is wanted */
export async function reconcile<O extends Observed, S>(
  reconciler: Reconciler<O, S>,
  key: Key,
  client: Client,
  now: Date,
): Promise<number | undefined> {
  const observed = await reconciler.observe(key);
  if (!observed) return undefined;
  const { writes = [], status, after = [], events = [], requeueAfterMs } = reconciler.plan(observed, now);
  let { self } = observed;
  for (const write of writes) {
    const answer = await client.write(self, write);
    if (write.do === 'finalizers' && answer) self = { ...self, metadata: answer.metadata };
  }
  const changed = status !== undefined && !sameJson(status, observed.self.status);
  if (changed) self = await client.replaceStatus(self, status);
  for (const write of after) {
    const answer = await client.write(self, write);
    if (write.do === 'finalizers' && answer) self = { ...self, metadata: answer.metadata };
  }
  if (changed) for (const event of events) await client.tell(self, event);
  return requeueAfterMs;
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
    try {
      queue.done(key, await reconcile(reconciler, key, client, now()));
    } catch (err) {
      queue.failed(key);
      // A stale copy, or an object deleted meanwhile: the next look sees it.
      if (isConflict(err) || isNotFound(err)) log.debug({ key, err }, 'looked at a stale copy');
      else {
        metrics.reconcileErrors.inc({ controller });
        reconciler.onError?.(key, err);
        log.warn({ key, err }, 'reconciliation is tried again');
      }
    } finally {
      end();
    }
  }
}
