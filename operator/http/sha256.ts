// operator/http/sha256.ts — the hash that identities and caches are made with.
import { createHash } from 'node:crypto';

/** Lower-case hex. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
