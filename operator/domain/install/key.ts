// operator/domain/install/key.ts — what is asked for → a hash; the same source asked for again is not installed again.
import type { PackSpec } from '../../api/pack.ts';
import { fitting } from '../job/names.ts';

/** Hash of all that decides what an installation brings: neither configuration nor overrides do. */
export function installKey(
  { from, source, ref, force, reinstall, pod }: PackSpec,
  installer: string,
  sha256: (text: string) => string,
): string {
  const where = pod?.image === undefined ? installer : { image: pod.image };
  return sha256(JSON.stringify([from, sorted(source), ref, force, reinstall, where])).slice(0, 32);
}

/** The same for the same try: creating it twice creates it once. */
export const installJobName = (pack: string, key: string, attempt: number, sha256: (text: string) => string): string =>
  fitting(`pack-${pack}-${key.slice(0, 8)}-${attempt}`, sha256);

/** With its keys in order, at any depth: users and the API server write them in any. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
