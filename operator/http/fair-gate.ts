// operator/http/fair-gate.ts — who may write to the API server now: a few at a time, in turn over the namespaces.
import { HttpError } from './errors.ts';

export interface FairGateOptions {
  /** Writes at a time, in all and for one namespace. */
  readonly total?: number;
  readonly perNamespace?: number;
  /** Writes of one namespace that may wait. */
  readonly waiting?: number;
  /** What a refused one is told, after how many wait; and when to come back. */
  readonly advice?: string;
  readonly retryAfterSeconds?: number;
}

/** One namespace that floods the door neither starves others nor grows memory without limit. */
export class FairGate {
  readonly #total: number;
  readonly #perNamespace: number;
  readonly #waitingMax: number;
  readonly #advice: string;
  readonly #retryAfterSeconds: number;
  readonly #active = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>(); // in the order of their turn
  #activeTotal = 0;

  constructor(options: FairGateOptions = {}) {
    const { total = 48, perNamespace = 24, waiting = 1000, retryAfterSeconds = 1 } = options;
    this.#total = total;
    this.#perNamespace = perNamespace;
    this.#waitingMax = waiting;
    this.#advice = options.advice ?? 'executions waiting to be created; send fewer events at a time';
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  /** @throws HttpError 429 when `count` more may not wait for this namespace */
  assertRoom(namespace: string, count: number): void {
    const waiting = this.#waiting.get(namespace)?.length ?? 0;
    // An event with more executions than the queue holds may still pass when nothing else waits.
    if (waiting === 0 || waiting + count <= this.#waitingMax) return;
    throw new HttpError(429, `Namespace ${namespace} has ${waiting} ${this.#advice}`, {
      retryAfterSeconds: this.#retryAfterSeconds,
    });
  }

  async run<T>(namespace: string, work: () => Promise<T>): Promise<T> {
    if (!this.#mayStart(namespace)) await this.#turn(namespace);
    else this.#start(namespace);
    try {
      return await work();
    } finally {
      this.#end(namespace);
    }
  }

  #mayStart(namespace: string): boolean {
    return this.#activeTotal < this.#total && (this.#active.get(namespace) ?? 0) < this.#perNamespace;
  }

  #start(namespace: string): void {
    this.#activeTotal++;
    this.#active.set(namespace, (this.#active.get(namespace) ?? 0) + 1);
  }

  async #turn(namespace: string): Promise<void> {
    await new Promise<void>((go) => {
      const queue = this.#waiting.get(namespace);
      if (queue) queue.push(go);
      else this.#waiting.set(namespace, [go]);
    });
  }

  #end(namespace: string): void {
    this.#activeTotal--;
    const left = (this.#active.get(namespace) ?? 1) - 1;
    if (left > 0) this.#active.set(namespace, left);
    else this.#active.delete(namespace);
    this.#next();
  }

  #next(): void {
    for (const [namespace, queue] of this.#waiting) {
      if (!this.#mayStart(namespace)) continue;
      const go = queue.shift();
      this.#waiting.delete(namespace);
      if (queue.length > 0) this.#waiting.set(namespace, queue); // behind the others
      if (!go) continue;
      this.#start(namespace);
      go();
      return;
    }
  }
}
