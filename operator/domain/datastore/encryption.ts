// operator/domain/datastore/encryption.ts — secret texts ↔ what the datastore keeps of them: AES in CBC mode, signed, as StackStorm stores it.
import { cbc } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { ExpressionFault, undefinedFault, valueFault } from '../expression/fault.ts';
import type { CryptoKey } from './crypto-key.ts';

/** Five zeros as text: keyczar had a version and the key's hash there, nobody reads it. */
const HEADER = new TextEncoder().encode('00000');
const BLOCK = 16;
const SIGNATURE = 20;

/**
 * Encrypts a text. `iv` is 16 bytes of chance that were never used before.
 * @returns header, IV, ciphertext and signature as hex in capitals @throws ExpressionFault when the key has no length of AES's
 */
export function encrypt(key: CryptoKey, iv: Uint8Array, plaintext: string): string {
  if (!plaintext.isWellFormed()) {
    throw new ExpressionFault('value', 'UnicodeEncodeError', "'utf-8' codec can't encode a lone surrogate");
  }
  const bytes = new TextEncoder().encode(plaintext);
  const missing = BLOCK - (bytes.length % BLOCK);
  const padded = joined(bytes, new Uint8Array(missing).fill(missing));
  const message = joined(HEADER, iv, cipherOf(key, iv).encrypt(padded));
  return toHex(joined(message, signature(key, message)));
}

/**
 * Decrypts what `encrypt` or StackStorm encrypted.
 * @throws ExpressionFault: InvalidSignature when key and ciphertext do not belong together, others for what is no ciphertext
 */
export function decrypt(key: CryptoKey, ciphertext: string): string {
  const bytes = fromHex(ciphertext);
  if (bytes.length < HEADER.length + BLOCK + SIGNATURE) throw valueFault('Invalid or malformed ciphertext (too short)');
  const message = bytes.subarray(0, -SIGNATURE);
  if (!sameBytes(signature(key, message), bytes.subarray(-SIGNATURE))) {
    throw new ExpressionFault('value', 'InvalidSignature', 'Signature did not match digest.');
  }
  const iv = message.subarray(HEADER.length, HEADER.length + BLOCK);
  const blocks = message.subarray(HEADER.length + BLOCK);
  if (blocks.length % BLOCK !== 0) {
    throw valueFault('The length of the provided data is not a multiple of the block length.');
  }
  const text = textOf(cipherOf(key, iv).decrypt(blocks));
  const padding = text.at(-1)?.codePointAt(0);
  if (padding === undefined) throw undefinedFault('IndexError', 'string index out of range');
  return padding === 0 ? '' : text.slice(0, -padding);
}

function cipherOf(key: CryptoKey, iv: Uint8Array) {
  if (![16, 24, 32].includes(key.aes.length)) throw valueFault(`Invalid key size (${key.aes.length * 8}) for AES.`);
  return cbc(key.aes, iv, { disablePadding: true });
}

const signature = (key: CryptoKey, message: Uint8Array): Uint8Array => hmac(sha1, key.hmac, message);

/** Whether both are equal, in a time that does not tell where they differ. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ExpressionFault('value', 'UnicodeDecodeError', "'utf-8' codec can't decode what was encrypted");
  }
}

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');

function fromHex(text: string): Uint8Array {
  for (const c of text) if (c > '\x7f') throw valueFault('string argument should contain only ASCII characters');
  const invalid = (message: string) => new ExpressionFault('value', 'Error', message);
  if (text.length % 2 !== 0) throw invalid('Odd-length string');
  if (!/^[0-9a-f]*$/i.test(text)) throw invalid('Non-hexadecimal digit found');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}
