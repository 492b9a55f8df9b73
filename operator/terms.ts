// operator/terms.ts — leadership, term after term: the controllers run while the Lease is held; the doors stay open in between.
import { setTimeout as pause } from 'node:timers/promises';
import { Lease, type LeaseOptions } from './kube/lease.ts';
import type { Log } from './telemetry/log.ts';

/** Pause before work that failed is begun again, in ms. */
const RETRY_MS = 2_000;

export class Terms {
  readonly lease: Lease;
  readonly #log: Log;
  #end: (reason: string) => void = () => undefined;

  constructor(options: Omit<LeaseOptions, 'onLost'> & { readonly log: Log }) {
    this.#log = options.log;
    this.lease = new Lease({ ...options, onLost: (reason) => this.#end(reason) });
  }

  /** Seeks the Lease, does `work` until that is lost, and begins again, until `stop`. `work` ends with its signal. */
  async run(stop: AbortSignal, work: (term: AbortSignal) => Promise<void>): Promise<void> {
    while (!stop.aborted) {
      await this.lease.acquire(stop);
      const ended = new AbortController();
      this.#end = (reason) => {
        this.#log.warn({ reason }, 'no longer leading; the doors stay open');
        ended.abort(new Error(reason));
      };
      await this.#persist(work, AbortSignal.any([stop, ended.signal]));
    }
  }

  async #persist(work: (term: AbortSignal) => Promise<void>, term: AbortSignal): Promise<void> {
    while (!term.aborted) {
      try {
        await work(term);
      } catch (err) {
        if (term.aborted) return;
        this.#log.error({ err }, 'the controllers failed and are started again');
        await pause(RETRY_MS, undefined, { signal: term }).catch(() => undefined);
      }
    }
  }
}
