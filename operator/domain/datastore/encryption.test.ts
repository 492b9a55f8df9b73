// operator/domain/datastore/encryption.test.ts — secrets there and back, and everything that must not decrypt.
import { describe, expect, test } from 'vitest';
import { readCryptoKey } from './crypto-key.ts';
import { decrypt, encrypt } from './encryption.ts';

const IV = Uint8Array.from({ length: 16 }, (_, i) => i * 7);
const file = (over: object = {}, hmacKeyString = 'c3qBiI-WnaSrsrnAx87V3A') =>
  JSON.stringify({
    hmacKey: { hmacKeyString, size: 128 },
    aesKeyString: 'dHuCiZCXnqWss7rByM_W3Q',
    mode: 'CBC',
    size: 128,
    ...over,
  });
const KEY = readCryptoKey(file());

function faultOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('there and back', () => {
  test.each(['', 'a', 'exactly 16 bytes', 'ünï 日本 😀', '\ufeffmark', 'line\n\0', 'x'.repeat(10_000)])(
    '%j',
    (text) => {
      const stored = encrypt(KEY, IV, text);
      expect(stored).toMatch(/^3030303030([0-9A-F]{2})+$/);
      expect(decrypt(KEY, stored)).toBe(text);
      expect(decrypt(KEY, stored.toLowerCase())).toBe(text);
    },
  );

  test('the layout is header, IV, blocks and signature', () => {
    const bytes = Buffer.from(encrypt(KEY, IV, 'exactly 16 bytes'), 'hex');
    expect(bytes).toHaveLength(5 + 16 + 32 + 20);
    expect(bytes.subarray(5, 21)).toEqual(Buffer.from(IV));
  });
});

describe('what does not decrypt', () => {
  const stored = encrypt(KEY, IV, 'secret');
  const flipped = (at: number) => stored.slice(0, at) + (stored[at] === '0' ? '1' : '0') + stored.slice(at + 1);

  test('a changed digit anywhere', () => {
    for (let at = 0; at < stored.length; at++) {
      expect(faultOf(() => decrypt(KEY, flipped(at)))).toMatchObject({ kind: 'value', type: 'InvalidSignature' });
    }
  });

  test.each([
    ['', 'ValueError', 'Invalid or malformed ciphertext (too short)'],
    ['ABC', 'Error', 'Odd-length string'],
    ['XY'.repeat(50), 'Error', 'Non-hexadecimal digit found'],
    ['ﬀ', 'ValueError', 'string argument should contain only ASCII characters'],
  ])('%j', (text, type, message) => expect(faultOf(() => decrypt(KEY, text))).toMatchObject({ type, message }));

  test('what another key encrypted', () => {
    const other = readCryptoKey(file({}, 'AAAAAAAAAAAAAAAAAAAAAA'));
    expect(faultOf(() => decrypt(other, stored))).toMatchObject({ type: 'InvalidSignature' });
  });
});

describe('key files', () => {
  test.each<[string, string, string, string]>([
    ['text', 'no json', 'JSONDecodeError', 'The key file is not JSON'],
    ['a list', '[]', 'TypeError', 'The key file is not an object'],
    ['no key', '{}', 'KeyError', "'aesKeyString'"],
    ['another mode', file({ mode: 'ecb' }), 'ValueError', 'Unsupported mode: ECB'],
    ['a short key', file({ size: 64 }), 'ValueError', 'Unsafe key size: 64'],
    ['a size as text', file({ size: '256' }), 'TypeError', 'size'],
    ['a key that is no base64', file({ aesKeyString: 'AAAAA' }), 'ValueError', 'Base64 decoding errors'],
    ['a name of the language', file({ hmacKey: { toString: 1 } }), 'KeyError', "'hmacKeyString'"],
  ])('%s', (_, json, type, message) => {
    const fault = faultOf(() => readCryptoKey(json));
    expect(fault).toMatchObject({ type, message: expect.stringContaining(message) as string });
  });

  test('a message never quotes the key', () => {
    const json = file().slice(0, -1);
    expect(String(faultOf(() => readCryptoKey(json)))).not.toContain('dHuC');
  });

  test('white space and small letters of the mode do not matter', () => {
    expect(readCryptoKey(file({ mode: 'cbc', aesKeyString: 'dHuCiZCX nqWss7rB\nyM_W3Q' })).aes).toEqual(KEY.aes);
  });

  test('a key of a length that AES has not encrypts nothing', () => {
    const key = readCryptoKey(file({ aesKeyString: 'AAAA' }));
    expect(faultOf(() => encrypt(key, IV, 'x'))).toMatchObject({ message: 'Invalid key size (24) for AES.' });
  });
});
