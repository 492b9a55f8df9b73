// operator/http/hmac.ts — is a delivery signed with the shared secret, and is it not an old one sent again?
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Hmac } from '../api/trigger-type.ts';
import { HttpError } from './errors.ts';
import { sha256 } from './sha256.ts';

export interface Signed {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly now: Date;
}

/** @throws HttpError 401 that says what is wrong, never what would be right. @returns the signature, for the replay memory */
export function verifySignature(hmac: Hmac, secret: Uint8Array, { headers, bytes, now }: Signed): string {
  const given = headers[hmac.header.toLowerCase()];
  if (given === undefined)
    throw new HttpError(401, `Unauthorized - header ${hmac.header} with the signature is missing.`);
  const timestamp = timestampOf(hmac, headers, now);
  const mac = createHmac(hmac.algorithm, secret);
  for (const [at, text] of hmac.signedText
    .replaceAll('{timestamp}', () => timestamp)
    .split('{body}')
    .entries()) {
    if (at > 0) mac.update(bytes);
    mac.update(text);
  }
  const expected = mac.digest();
  const signature = decode(hmac, given, expected.length);
  if (!signature || !timingSafeEqual(signature, expected)) {
    throw new HttpError(401, `Unauthorized - the signature in ${hmac.header} does not fit the body.`);
  }
  return sha256(Buffer.concat([signature, Buffer.from(timestamp)]));
}

function timestampOf(hmac: Hmac, headers: Signed['headers'], now: Date): string {
  if (hmac.timestampHeader === undefined) return '';
  const text = headers[hmac.timestampHeader.toLowerCase()] ?? '';
  if (!/^\d{1,12}$/.test(text)) {
    throw new HttpError(401, `Unauthorized - header ${hmac.timestampHeader} must be a time in seconds since 1970.`);
  }
  if (Math.abs(now.getTime() / 1000 - Number(text)) > hmac.toleranceSeconds) {
    throw new HttpError(
      401,
      `Unauthorized - ${hmac.timestampHeader} is more than ${hmac.toleranceSeconds} s away from now.`,
    );
  }
  return text;
}

/** Only the one exact writing counts: whole, no blanks, nothing after it. */
function decode(hmac: Hmac, given: string, length: number): Buffer | undefined {
  if (!given.startsWith(hmac.prefix)) return undefined;
  const text = given.slice(hmac.prefix.length);
  const bytes = Buffer.from(text, hmac.encoding);
  const written = bytes.toString(hmac.encoding);
  const same = hmac.encoding === 'hex' ? written === text.toLowerCase() : written === text;
  return same && bytes.length === length ? bytes : undefined;
}

/** Signatures that are remembered; beyond that the oldest are forgotten. */
const REMEMBERED = 100_000;

/**
 * Signatures that were used, each with the event that it brought. The same event again is a retry and harmless;
 * the same signature for another event is a replay.
 */
export class ReplayMemory {
  readonly #used = new Map<string, { readonly event: string; readonly untilMs: number }>();
  readonly #nowMs: () => number;

  /** `nowMs` is a monotonic clock. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** @returns a function that forgets it again, for an event that was not accepted. @throws HttpError 401 for a replay */
  use(signature: string, event: string, windowSeconds: number): () => void {
    const used = this.#used.get(signature);
    if (used && used.untilMs > this.#nowMs()) {
      if (used.event !== event)
        throw new HttpError(401, 'Unauthorized - the signature was used before; sign each event anew.');
      return () => {};
    }
    this.#used.delete(signature);
    this.#used.set(signature, { event, untilMs: this.#nowMs() + windowSeconds * 1000 });
    if (this.#used.size > REMEMBERED) this.#forgetOldest();
    return () => this.#used.delete(signature);
  }

  #forgetOldest(): void {
    const [oldest] = this.#used.keys();
    if (oldest !== undefined) this.#used.delete(oldest);
  }
}
