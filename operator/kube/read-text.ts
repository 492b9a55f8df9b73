// operator/kube/read-text.ts — the body of an answer → text: its beginning up to a limit, or only its end.

export interface TextOptions {
  /** Bytes that are read at most; 1 MiB by default. */
  readonly limitBytes?: number;
  /** Keep only the end of what is read, in so many bytes; what came until the deadline then counts as read. */
  readonly tailBytes?: number;
  /** Told when there was more than could be read: too many bytes or, with `tailBytes`, too late. */
  readonly onCut?: () => void;
}

const LIMIT_BYTES = 1024 * 1024;

/** Holds `tailBytes` and one chunk at most, however long the body is; no character is torn where the text is cut. */
export async function readText(body: AsyncIterable<Buffer>, options: TextOptions = {}): Promise<string> {
  const { limitBytes = LIMIT_BYTES, tailBytes, onCut } = options;
  const end = new End(tailBytes ?? limitBytes);
  let left = limitBytes;
  let isCut = false;
  try {
    for await (const chunk of body) {
      end.push(chunk.subarray(0, left));
      left -= chunk.length;
      isCut = left < 0;
      if (isCut) break; // leaving the loop ends the connection
    }
  } catch (error) {
    if (tailBytes === undefined || left === limitBytes || !isTimeout(error)) throw error;
    isCut = true;
  }
  if (isCut) onCut?.();
  // A decoder that waits for more leaves a torn last character out.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(end.bytes(), { stream: isCut });
}

export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

/** The last bytes of what was pushed. */
class End {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #isWhole = true;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let [first] = this.#chunks; first && this.#size - first.length >= this.#maxBytes; [first] = this.#chunks) {
      this.#chunks.shift();
      this.#size -= first.length;
      this.#isWhole = false;
    }
  }

  /** Begins with a whole character where something was dropped before it. */
  bytes(): Buffer {
    const all = Buffer.concat(this.#chunks);
    let from = Math.max(0, all.length - this.#maxBytes);
    if (from > 0 || !this.#isWhole) {
      for (let i = 0; i < 3 && isContinuation(all[from]); i++) from++;
    }
    return all.subarray(from);
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
