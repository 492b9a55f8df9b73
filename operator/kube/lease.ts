// operator/kube/lease.ts — one leader at a time: holds a Lease, knows by its own clock until when, and gives it back.
import type { KubeObject } from '../api/meta.ts';
import type { Log } from '../telemetry/log.ts';
import { isAlreadyExists, isConflict, isNotFound, NotLeaderError } from './errors.ts';
import { collectionPath, KIND, objectPath } from './paths.ts';
import { microTime, pause } from './time.ts';
import type { Transport } from './transport.ts';

export interface LeaseOptions {
  readonly transport: Transport;
  readonly namespace: string;
  readonly name: string;
  /** The pod's name and uid: a restarted container of the same pod is the same holder. */
  readonly identity: string;
  /** Told once, when the Lease could not be renewed in time; the process has to end. */
  readonly onLost: (reason: string) => void;
  readonly log?: Log;
  /** How long others wait after the last renewal that they saw; 15 000 by default. */
  readonly durationMs?: number;
  /** A holder that could not renew for so long gives up; 10 000 by default. */
  readonly renewDeadlineMs?: number;
  /** Pause between two tries; 2 000 by default. */
  readonly retryMs?: number;
}

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}
const specOf = (object: KubeObject | undefined): LeaseSpec => (object?.spec ?? {}) as LeaseSpec;

/** The right to write. Times are judged by the monotonic clock since the last change that was seen, never by a wall clock. */
export class Lease {
  /** Throws NotLeaderError unless the Lease is held. */
  readonly fence: () => void;
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  readonly #path: string;
  #seen: { readonly object: KubeObject; readonly at: number } | undefined;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #renewing: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#durationMs = options.durationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2_000;
    this.#path = objectPath(KIND.lease, options.namespace, options.name);
    this.fence = () => {
      if (this.held()) return;
      throw new NotLeaderError(
        `write held back: ${options.identity} does not hold Lease ${options.namespace}/${options.name}`,
      );
    };
  }

  /** True while nobody else can have taken over: until the renew deadline, well before others may. */
  held(): boolean {
    return performance.now() < this.#heldUntil;
  }

  /** Resolves when the Lease is held and is being renewed; rejects with the reason of `stop`. */
  async acquire(stop: AbortSignal): Promise<void> {
    while (!(await this.#attempt(stop))) {
      await pause(this.#retryMs * (1 + Math.random() / 5), stop);
    }
    this.#options.log?.info({ identity: this.#options.identity }, 'lease acquired');
    const renewal = new AbortController();
    this.#renewing = { stop: renewal, ended: this.#renew(renewal.signal) };
  }

  /** Gives the Lease back, so that another may take over at once. Writes are refused from the first moment on. */
  async release(): Promise<void> {
    this.#renewing?.stop.abort();
    await this.#renewing?.ended;
    const mine = this.#renewing && this.held();
    this.#renewing = undefined;
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    if (!mine || !this.#seen) return;
    const spec = {
      ...specOf(this.#seen.object),
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: microTime(new Date()),
    };
    await this.#options.transport.replace(this.#path, { ...this.#seen.object, spec }, { deadlineMs: this.#retryMs });
    this.#options.log?.info('lease released');
  }

  async #renew(stop: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.#retryMs, stop);
      if (stop.aborted) return;
      const renewed = await this.#attempt(stop).catch(() => false);
      if (stop.aborted) return;
      if (renewed) continue;
      const holder = specOf(this.#seen?.object).holderIdentity;
      const taken = holder !== undefined && holder !== '' && holder !== this.#options.identity;
      if (!taken && this.held()) continue;
      this.#heldUntil = Number.NEGATIVE_INFINITY;
      this.#options.onLost(taken ? `lease taken by ${holder}` : `lease not renewed for ${this.#renewDeadlineMs} ms`);
      return;
    }
  }

  /** One try to take or renew. @returns whether the Lease is ours now */
  async #attempt(stop: AbortSignal): Promise<boolean> {
    stop.throwIfAborted();
    const began = performance.now(); // the Lease counts from when we asked, not from when we were answered
    try {
      const current = this.held() ? this.#seen?.object : await this.#look();
      return (!current || this.#mayTake(current)) && (await this.#take(current, began));
    } catch (err) {
      stop.throwIfAborted();
      if (!isConflict(err) && !isAlreadyExists(err)) {
        this.#options.log?.warn({ err, lease: this.#path }, 'lease not taken');
        return false;
      }
    }
    // Either another was faster, or it was ourselves and the answer was lost.
    const current = await this.#look().catch(() => undefined);
    return this.held() && this.#isMine() && (await this.#take(current, began).catch(() => false));
  }

  async #take(current: KubeObject | undefined, began: number): Promise<boolean> {
    this.#see(await this.#write(current));
    this.#heldUntil = began + this.#renewDeadlineMs;
    return true;
  }

  async #look(): Promise<KubeObject | undefined> {
    try {
      return this.#see(await this.#options.transport.get(this.#path, { deadlineMs: this.#retryMs * 2 }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#seen = undefined;
      return undefined;
    }
  }

  #see(object: KubeObject): KubeObject {
    const same = this.#seen?.object.metadata.resourceVersion === object.metadata.resourceVersion;
    if (!same) this.#seen = { object, at: performance.now() };
    return object;
  }

  #isMine(): boolean {
    return specOf(this.#seen?.object).holderIdentity === this.#options.identity;
  }

  #mayTake(lease: KubeObject): boolean {
    const spec = specOf(lease);
    if (!spec.holderIdentity || this.#isMine()) return true;
    const theirsMs = Math.max((spec.leaseDurationSeconds ?? 0) * 1000, this.#durationMs);
    return this.#seen !== undefined && performance.now() - this.#seen.at > theirsMs;
  }

  async #write(current: KubeObject | undefined): Promise<KubeObject> {
    const { transport, namespace, name, identity } = this.#options;
    const now = microTime(new Date());
    const old = specOf(current);
    const mine = old.holderIdentity === identity;
    const spec: LeaseSpec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1000),
      acquireTime: (mine ? old.acquireTime : undefined) ?? now,
      renewTime: now,
      leaseTransitions: (old.leaseTransitions ?? 0) + (mine || !current ? 0 : 1),
    };
    const { apiVersion, kind } = KIND.lease;
    const deadline = { deadlineMs: this.#retryMs * 2 };
    if (current) return await transport.replace(this.#path, { ...current, spec }, deadline);
    const draft = { apiVersion, kind, metadata: { name, namespace }, spec };
    return await transport.create(collectionPath(KIND.lease, namespace), draft, deadline);
  }
}
