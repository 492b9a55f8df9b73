// operator/kube/scripted-watch.ts — for tests: the open watches of a scripted transport, and what may happen to them.
import type { Change } from './transport.ts';

interface Watcher {
  readonly queue: (Change | Error | 'end')[];
  readonly matches: (path: string) => boolean;
  wake: () => void;
}

/** All open watches; each shows what it is told, in order. */
export class ScriptedWatches {
  readonly #open = new Set<Watcher>();
  /** While true, watches stay open and show nothing; what they are told meanwhile is lost. */
  silent = false;

  tell(path: string | undefined, change: Change): void {
    if (this.silent) return;
    for (const watcher of this.#open) if (path === undefined || watcher.matches(path)) push(watcher, change);
  }

  /** Ends every watch, in good order or by an error. */
  interrupt(how: Error | 'end'): void {
    for (const watcher of this.#open) push(watcher, how);
  }

  /** One watch: first what it has missed, then what it is told. */
  async *follow(missed: readonly Change[], matches: Watcher['matches'], signal: AbortSignal): AsyncGenerator<Change> {
    const watcher: Watcher = { queue: [...missed], matches, wake: () => {} };
    const stop = () => watcher.wake();
    this.#open.add(watcher);
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const next = this.silent ? undefined : watcher.queue.shift();
        if (next === 'end') return;
        if (next instanceof Error) throw next;
        if (next) yield next;
        else {
          const { promise, resolve } = Promise.withResolvers<void>();
          watcher.wake = resolve;
          await promise;
        }
      }
    } finally {
      this.#open.delete(watcher);
      signal.removeEventListener('abort', stop);
    }
  }
}

function push(watcher: Watcher, next: Change | Error | 'end'): void {
  watcher.queue.push(next);
  watcher.wake();
}
