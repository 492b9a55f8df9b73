// operator/domain/datastore/crypto-key.ts — StackStorm's file of the datastore's key → the bytes of both of its keys.
import { ExpressionFault, typeFault, undefinedFault, valueFault } from '../expression/fault.ts';

/** What encrypts and what signs. Bytes of a secret: never log them. */
export interface CryptoKey {
  readonly aes: Uint8Array;
  readonly hmac: Uint8Array;
}

/** Bits of the weakest key that is taken. */
const BITS_MIN = 128;

/**
 * Reads a key file, JSON as keyczar writes it: `{hmacKey: {hmacKeyString, size}, aesKeyString, mode, size}`.
 * @throws ExpressionFault, which never quotes the key
 */
export function readCryptoKey(json: string): CryptoKey {
  const content = objectOf(parsed(json));
  const aes = textOf(content, 'aesKeyString');
  const hmacKey = objectOf(fieldOf(content, 'hmacKey'));
  const hmac = textOf(hmacKey, 'hmacKeyString');
  fieldOf(hmacKey, 'size');
  const mode = textOf(content, 'mode').toUpperCase();
  const size = fieldOf(content, 'size');
  if (mode !== 'CBC') throw valueFault(`Unsupported mode: ${mode}`);
  if (typeof size !== 'number') throw typeFault('size: the size of the key is not a number');
  if (size < BITS_MIN) throw valueFault(`Unsafe key size: ${size}`);
  return { hmac: decodeBase64(hmac), aes: decodeBase64(aes) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    // The parser's message quotes what it read.
    throw new ExpressionFault('value', 'JSONDecodeError', 'The key file is not JSON');
  }
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw typeFault('The key file is not an object of aesKeyString, hmacKey, mode and size');
}

function fieldOf(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  throw undefinedFault('KeyError', `Invalid or malformed key file: '${name}'`);
}

function textOf(fields: Fields, name: string): string {
  const value = fieldOf(fields, name);
  if (typeof value === 'string') return value;
  throw undefinedFault('AttributeError', `${name}: not a string`);
}

const ALPHABET = new Map([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'].map((c, i) => [c, i]));
for (const [c, value] of [
  ['-', 62],
  ['+', 62],
  ['_', 63],
  ['/', 63],
] as const)
  ALPHABET.set(c, value);

/** Web-safe base64 without padding; characters that are none of it are passed over, as Python does. */
function decodeBase64(text: string): Uint8Array {
  const characters = text.replaceAll(/[\s\x85]/g, '');
  if (characters.length % 4 === 1) throw valueFault('Base64 decoding errors');
  const sextets = [...characters.replace(/=.*$/, '')].flatMap((c) => ALPHABET.get(c) ?? []);
  if (sextets.length % 4 === 1) {
    const message = `Invalid base64-encoded string: number of data characters (${sextets.length}) cannot be 1 more than a multiple of 4`;
    throw new ExpressionFault('value', 'Error', message);
  }
  const padding = ((4 - (characters.length % 4)) % 4) + characters.split('=').length - 1;
  if ((4 - (sextets.length % 4)) % 4 > padding) throw new ExpressionFault('value', 'Error', 'Incorrect padding');
  const bytes = new Uint8Array(Math.floor((sextets.length * 6) / 8));
  for (let i = 0; i < bytes.length; i++) {
    const bit = i * 8;
    const first = sextets[Math.floor(bit / 6)] ?? 0;
    const second = sextets[Math.floor(bit / 6) + 1] ?? 0;
    bytes[i] = ((first << 6) | second) >> (4 - (bit % 6));
  }
  return bytes;
}
