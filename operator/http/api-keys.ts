// operator/http/api-keys.ts — a presented API key → the name under which it is kept, if it is kept.
import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './sha256.ts';
import type { KubeSecret } from './sources.ts';

/** Longest key that is looked at, in characters. */
const KEY_MAX = 512;

/**
 * Name of the entry `sha256:<hex>` that the key fits; undefined when none does.
 * Every entry is compared, each in constant time, so the time tells nothing.
 */
export function apiKeyName(secret: KubeSecret | undefined, key: string): string | undefined {
  if (key.length > KEY_MAX) return undefined;
  const given = Buffer.from(`sha256:${sha256(key)}`);
  let found: string | undefined;
  for (const [name, value] of Object.entries(secret?.data ?? {})) {
    const kept = Buffer.from(Buffer.from(value, 'base64').toString('utf8').trim().toLowerCase());
    if (kept.length === given.length && timingSafeEqual(kept, given)) found = name;
  }
  return found;
}
