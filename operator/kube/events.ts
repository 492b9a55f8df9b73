// operator/kube/events.ts — Events for people: repeats raise a count, floods are held back.
import { createHash } from 'node:crypto';
import type { KubeObject } from '../api/meta.ts';
import type { Event } from '../domain/plan.ts';
import { isAlreadyExists, isNotFound } from './errors.ts';
import { collectionPath, KIND, objectPath } from './paths.ts';
import { microTime } from './time.ts';
import type { Transport } from './transport.ts';

interface RecorderOptions {
  readonly transport: Transport;
  readonly fieldManager: string;
  readonly instance: string;
}

/** Repeats of one Event; `untold` are those that the limit held back. */
interface Series {
  count: number;
  known: boolean;
}

/** Each object may cause 25 writes at once and one more every 10 s. */
const BURST = 25;
const REFILL_MS = 10_000;
/** Most Events and objects that are remembered; the oldest are forgotten first. */
const REMEMBERED = 4_096;

export class EventRecorder {
  readonly #options: RecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #budgets = new Map<string, { left: number; at: number }>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Creates the Event, or raises its count when it is known. Throws what the transport throws. */
  async tell(object: KubeObject, event: Event): Promise<void> {
    const name = nameOf(object, event);
    const series = recall(this.#series, name, () => ({ count: 0, known: false }));
    series.count += 1;
    if (!this.#allowed(object.metadata.uid)) return; // counted; told with the next one that is let through
    if (series.known && (await this.#raise(object, name, series))) return;
    await this.#create(object, name, event, series);
  }

  async #create(object: KubeObject, name: string, event: Event, series: Series): Promise<void> {
    const namespace = namespaceOf(object);
    const body = draftOf(object, name, event, this.#options);
    try {
      await this.#options.transport.create(collectionPath(KIND.event, namespace), body);
      series.known = true;
      series.count = 1;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      // Told before this process started: go on counting where it stands.
      series.count += countOf(await this.#options.transport.get(objectPath(KIND.event, namespace, name)));
      series.known = true;
      await this.#raise(object, name, series);
    }
  }

  /** @returns false when the API server has forgotten the Event */
  async #raise(object: KubeObject, name: string, series: Series): Promise<boolean> {
    const patch = { series: { count: series.count, lastObservedTime: microTime(new Date()) } };
    try {
      await this.#options.transport.mergePatch(objectPath(KIND.event, namespaceOf(object), name), patch);
      return true;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return false;
    }
  }

  #allowed(uid: string): boolean {
    const now = performance.now();
    const budget = recall(this.#budgets, uid, () => ({ left: BURST, at: now }));
    budget.left = Math.min(BURST, budget.left + (now - budget.at) / REFILL_MS);
    budget.at = now;
    if (budget.left < 1) return false;
    budget.left -= 1;
    return true;
  }
}

/** The entry, made if missing and moved to the young end of a bounded map. */
function recall<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
  return value;
}

/** The same Event has the same name, also after a restart. */
function nameOf({ metadata }: KubeObject, { type, reason, message }: Event): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([metadata.uid, type, reason, message]))
    .digest('hex');
  return `${metadata.name.slice(0, 200).replace(/[^a-z0-9]+$/, '')}.${hash.slice(0, 16)}`;
}

// Events about objects without a namespace live in `default`.
const namespaceOf = (object: KubeObject): string => object.metadata.namespace ?? 'default';

function countOf(event: KubeObject & { readonly series?: { readonly count?: number } }): number {
  return event.series?.count ?? 1;
}

function draftOf(object: KubeObject, name: string, event: Event, { fieldManager, instance }: RecorderOptions): object {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion: KIND.event.apiVersion,
    kind: KIND.event.kind,
    metadata: { name, namespace: namespaceOf(object) },
    eventTime: microTime(new Date()),
    reportingController: `squall.dev/${fieldManager}`,
    reportingInstance: instance.slice(0, 128),
    action: event.reason.slice(0, 128),
    reason: event.reason.slice(0, 128),
    type: event.type,
    note: truncated(event.message, 1024),
    regarding: {
      apiVersion,
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
    },
  };
}

/** At most `limitBytes` bytes of UTF-8, cut between characters. */
function truncated(text: string, limitBytes: number): string {
  if (Buffer.byteLength(text) <= limitBytes) return text;
  return Buffer.from(text)
    .subarray(0, limitBytes - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
    .concat('…');
}
