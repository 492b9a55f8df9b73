// e2e/sshd/keys.ts — a new pair of keys in the forms that OpenSSH reads.
import { generateKeyPairSync } from 'node:crypto';

export interface SshKeys {
  /** PEM text. */
  readonly privateKey: string;
  /** Type and base64, as in authorized_keys and known_hosts. */
  readonly publicKey: string;
}

const TYPE = 'ecdsa-sha2-nistp256';

export function sshKeys(): SshKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const fields = [Buffer.from(TYPE), Buffer.from('nistp256'), point];
  const encoded = Buffer.concat(fields.flatMap((field) => [uint32(field.length), field]));
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
    publicKey: `${TYPE} ${encoded.toString('base64')}`,
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
