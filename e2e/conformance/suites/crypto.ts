// e2e/conformance/suites/crypto.ts — the datastore's encryption: a text and a key ↔ what is stored.
import { readCryptoKey } from '../../../operator/domain/datastore/crypto-key.ts';
import { decrypt, encrypt } from '../../../operator/domain/datastore/encryption.ts';
import type { Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

export const suite: Suite = {
  name: 'crypto',
  run(one: Case) {
    const key = readCryptoKey(JSON.stringify(one['key']));
    if (one.mode === 'decrypt') return { result: decrypt(key, one['ciphertext'] as string) };
    const iv = Uint8Array.from(Buffer.from(one['iv'] as string, 'hex'));
    return { result: encrypt(key, iv, decode(one['plaintext']) as string) };
  },
};
