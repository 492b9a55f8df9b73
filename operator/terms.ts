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
      await persist(work, AbortSignal.any([stop, ended.signal]), this.#log);
    }
  }
}

/** Does `work` again whenever it fails, until the term ends. What is left of work that has failed is told to end before it begins again. */
export async function persist(
  work: (signal: AbortSignal) => Promise<void>,
  term: AbortSignal,
  log: Log,
  retryMs = RETRY_MS,
): Promise<void> {
  while (!term.aborted) {
    const attempt = new AbortController();
    try {
      await work(AbortSignal.any([term, attempt.signal]));
    } catch (err) {
      if (term.aborted) return;
      log.error({ err }, 'the controllers failed and are started again');
      attempt.abort(err);
      await pause(retryMs, undefined, { signal: term }).catch(() => undefined);
    }
  }
}
