// runners/node/output.ts — a stream of bytes → masked text, passed on as it comes and kept within a bound.
import { StringDecoder } from 'node:string_decoder';
import { RESULT_MAX_BYTES } from './limits.ts';
import type { Mask } from './mask.ts';

/** What is kept of a stream: all of it, or its two ends and how many characters between them were left out. */
export interface Kept {
  readonly head: string;
  readonly tail: string;
  readonly left: number;
}

/** Half of what one stream may keep, in characters; the result is fitted to its limit in bytes afterwards. */
const HALF = RESULT_MAX_BYTES / 2;

/** Takes what a process writes, passes it on masked and at once, and keeps the first and the last `half` characters. */
export class Output {
  readonly #decoder = new StringDecoder('utf8');
  readonly #mask: ReturnType<Mask['stream']>;
  readonly #pass: (text: string) => void;
  readonly #half: number;
  #head = '';
  #tail = '';
  #left = 0;

  constructor(mask: Mask, pass: (text: string) => void, half: number = HALF) {
    this.#mask = mask.stream();
    this.#pass = pass;
    this.#half = half;
  }

  write(bytes: Buffer): void {
    this.#keep(this.#mask.push(this.#decoder.write(bytes)));
  }

  /** Nothing comes any more. */
  end(): Kept {
    this.#keep(this.#mask.push(this.#decoder.end()));
    this.#keep(this.#mask.end());
    this.#trim();
    return { head: this.#head, tail: this.#tail, left: this.#left };
  }

  #keep(text: string): void {
    if (text === '') return;
    this.#pass(text);
    const room = this.#half - this.#head.length;
    if (room > 0) this.#head += text.slice(0, room);
    this.#tail += text.slice(Math.max(0, room));
    // Trimmed rarely: a copy of the tail per chunk would be quadratic.
    if (this.#tail.length > 2 * this.#half) this.#trim();
  }

  #trim(): void {
    const over = this.#tail.length - this.#half;
    if (over <= 0) return;
    this.#left += over;
    // Through a buffer, so that the new tail does not keep the old one alive.
    this.#tail = Buffer.from(this.#tail.slice(over)).toString();
  }
}
