// runners/node/report.ts — what a Python or Node action writes to its descriptor 3 when its function has ended → result and status.
import type { Readable } from 'node:stream';
import { parseExact } from '../../operator/domain/result/exact-json.ts';
import { RESULT_MAX_BYTES } from './limits.ts';

/** What the function returned; undefined status: it did not say. `error` is why it has failed. */
export interface Returned {
  readonly result: unknown;
  readonly status: boolean | undefined;
  readonly error: string | undefined;
}

/** More than fits into a result is counted, not kept. */
const KEPT_MAX_BYTES = 2 * RESULT_MAX_BYTES;

export class Report {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  /** Resolves when nothing comes any more. */
  read(stream: Readable): Promise<void> {
    stream.on('data', (piece: Buffer) => {
      this.#bytes += piece.length;
      if (this.#bytes <= KEPT_MAX_BYTES) this.#pieces.push(piece);
    });
    return new Promise((resolve) => {
      stream.once('close', () => resolve());
      stream.once('error', () => stream.destroy());
    });
  }

  /** Bytes that came so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether more came than is kept. */
  get isTooLarge(): boolean {
    return this.#bytes > KEPT_MAX_BYTES;
  }

  /** Undefined when the process ended without a word: an exception, an exit, a time limit. */
  get returned(): Returned | undefined {
    try {
      const said = parseExact(Buffer.concat(this.#pieces).toString()) as Readonly<Record<string, unknown>>;
      const { result = null, status, error } = said;
      return {
        result,
        status: typeof status === 'boolean' ? status : undefined,
        error: typeof error === 'string' ? error : undefined,
      };
    } catch {
      return undefined;
    }
  }
}
