// runners/node/ssh/known-hosts.ts — a known_hosts file and the key that a host shows → whether it is the host.
import { createHash, createHmac } from 'node:crypto';

interface Entry {
  readonly names: string;
  readonly type: string;
  readonly key: string;
  readonly isRevoked: boolean;
}

/** The lines that are understood: certificates of authorities are not. */
export function readKnownHosts(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#')) return [];
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [names, type, key] = words;
    if (names === undefined || type === undefined || key === undefined || marker === '@cert-authority') return [];
    return [{ names, type, key, isRevoked: marker === '@revoked' }];
  });
}

/** Why the key is not taken, or undefined. */
export function hostKeyFault(entries: readonly Entry[], host: string, port: number, key: Buffer): string | undefined {
  const own = entries.filter(({ names }) => isNamed(names, host, port));
  const same = own.filter((entry) => entry.key === key.toString('base64'));
  const shown = `${typeOf(key)} ${fingerprint(key)}`;
  if (same.some(({ isRevoked }) => isRevoked)) return `its key ${shown} is revoked in known_hosts`;
  if (same.length > 0) return undefined;
  const remedy = `if it is the right one, add it to known_hosts of the Secret squall-ssh (ssh-keyscan writes the line)`;
  return own.some(({ isRevoked }) => !isRevoked)
    ? `its key ${shown} is another one than in known_hosts; ${remedy}`
    : `its key ${shown} is not in known_hosts; ${remedy}`;
}

/** Types of the keys that are known of a host; it is asked for one of these. Empty: nothing is known. */
export const knownTypes = (entries: readonly Entry[], host: string, port: number): readonly string[] => [
  ...new Set(
    entries
      .filter(({ names, isRevoked }) => !isRevoked && isNamed(names, host, port))
      .flatMap(({ type }) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type])),
  ),
];

/** As ssh-keygen -l shows it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The first field of the key. */
export const typeOf = (key: Buffer): string =>
  key.length < 4 ? 'unknown' : key.toString('latin1', 4, 4 + Math.min(key.readUInt32BE(0), 64));

function isNamed(names: string, host: string, port: number): boolean {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = names.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  const patterns = names.toLowerCase().split(',');
  const fits = (pattern: string): boolean => patternOf(pattern).test(name);
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))
  );
}

const patternOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
  );
