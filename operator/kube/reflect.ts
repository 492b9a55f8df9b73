// operator/kube/reflect.ts — API server → store: list and watch one kind for ever, until told to stop.
import type { Metrics } from '../telemetry/metrics.ts';
import { isGone, StatusError } from './errors.ts';
import { collectionPath } from './paths.ts';
import type { Listing, Sink } from './store.ts';
import { pause } from './time.ts';
import type { Change, Transport } from './transport.ts';

export interface ReflectOptions {
  readonly transport: Transport;
  readonly store: Sink;
  readonly stop: AbortSignal;
  /** All namespaces when undefined. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Told of every interruption; the loop goes on by itself. */
  readonly onError?: (error: unknown) => void;
  readonly metrics?: Metrics;
}

const PAGE_SIZE = '500';
/**
 * The API server sends a bookmark two seconds before it ends a watch: a watch of 40 to 50 s shows a sign of life that
 * often even of a quiet kind, so a dead one is known within a minute.
 */
const WATCH_SECONDS = { least: 40, spread: 10 };
const SILENCE_MS = 57_000;
/** A watch that ends sooner counts as a failure, so that an API server that ends each at once is not stormed. */
const INSTANT_MS = 1_000;

class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** Keeps `store` equal to the collection. Resolves after `stop`; nothing else ends it. */
export async function reflect(options: ReflectOptions): Promise<void> {
  const { stop, store, onError, metrics } = options;
  let from: string | undefined; // undefined: we do not know where we are, so list
  let failures = 0;
  while (!stop.aborted) {
    try {
      from ??= await listAll(options);
      const began = performance.now();
      let heard = false;
      for await (const version of follow(options, from)) {
        from = version;
        failures = 0;
        heard = true;
      }
      if (performance.now() - began < INSTANT_MS) throw new Error(`watch of ${store.kind.plural} closed at once`);
      // The API server sends no bookmarks of a kind that has not changed since it started: a list is the sign of life then.
      if (!heard) from = undefined;
    } catch (error) {
      if (stop.aborted) return;
      // After silence only a list tells where we are.
      if (isGone(error) || error instanceof SilenceError) from = undefined;
      metrics?.watchRestarts.inc({ kind: store.kind.plural, cause: causeOf(error) });
      tell(onError, error);
      await pause(delayMs(error, failures++), stop);
    }
  }
}

async function listAll({ transport, store, stop, ...options }: ReflectOptions): Promise<string> {
  const path = collectionPath(store.kind, options.namespace);
  const listing: Listing = store.listing();
  let query: Record<string, string> = { ...selectors(options), limit: PAGE_SIZE };
  for (;;) {
    const { items, metadata } = await transport.page(path, query, { signal: stop });
    // Items of a list come without apiVersion and kind.
    listing.add(items.map((item) => ({ ...item, apiVersion: store.kind.apiVersion, kind: store.kind.kind })));
    if (!metadata.continue) {
      listing.commit(metadata.resourceVersion);
      return metadata.resourceVersion;
    }
    query = { ...query, continue: metadata.continue };
  }
}

/** One watch: puts what it hears into the store. Yields the version that has been reached. */
async function* follow(options: ReflectOptions, from: string): AsyncGenerator<string> {
  const { transport, store, stop } = options;
  const seconds = WATCH_SECONDS.least + Math.round(Math.random() * WATCH_SECONDS.spread);
  const query = {
    ...selectors(options),
    resourceVersion: from,
    timeoutSeconds: `${seconds}`,
    allowWatchBookmarks: 'true',
  };
  const silence = new AbortController();
  const abandon = () =>
    silence.abort(new SilenceError(`watch of ${store.kind.plural}: nothing heard for ${SILENCE_MS} ms`));
  const timer = setTimeout(abandon, SILENCE_MS);
  try {
    const path = collectionPath(store.kind, options.namespace);
    for await (const change of transport.changes(path, query, AbortSignal.any([stop, silence.signal]))) {
      timer.refresh();
      yield take(store, change);
    }
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/** @returns the version that the change brings us to */
function take(store: Sink, { type, object }: Change): string {
  if (type === 'ERROR') {
    throw new StatusError(object.code ?? 500, object.message ?? 'error in a watch', { reason: object.reason });
  }
  const version = object.metadata.resourceVersion;
  if (typeof version !== 'string' || version === '')
    throw new Error(`${type} of ${store.kind.plural} without a version`);
  store.alive();
  if (type === 'DELETED') store.remove(object);
  else if (type !== 'BOOKMARK') store.put(object);
  return version;
}

function selectors({ labelSelector, fieldSelector }: Pick<ReflectOptions, 'labelSelector' | 'fieldSelector'>) {
  return { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
}

/** 0.25 to 0.5 s after the first failure, doubling up to 10 s; never sooner than the API server asks for. */
function delayMs(error: unknown, failures: number): number {
  if (isGone(error) && failures === 0) return 0;
  const backoffMs = Math.min(500 * 2 ** failures, 10_000) * (1 - Math.random() / 2);
  return Math.max(backoffMs, error instanceof StatusError ? (error.retryAfterMs ?? 0) : 0);
}

function causeOf(error: unknown): string {
  if (error instanceof SilenceError) return 'silence';
  if (isGone(error)) return 'gone';
  return error instanceof StatusError ? 'refused' : 'broken';
}

function tell(onError: ReflectOptions['onError'], error: unknown): void {
  try {
    onError?.(error);
  } catch {
    // Whoever listens must not be able to stop the loop.
  }
}
