// operator/domain/install/key.ts — what is asked for → a hash; the same source asked for again is not installed again.
import type { PackSpec } from '../../api/pack.ts';
import { fitting } from '../job/names.ts';

const HALF = 16;

/**
 * Hash of all that decides what an installation brings, neither configuration nor overrides do: half of it is of the source, half
 * of the image that it is made in. What an image has already is made in none.
 */
export function installKey(
  { from, source, ref, force, reinstall, pod }: PackSpec,
  installer: string,
  sha256: (text: string) => string,
): string {
  const maker = source?.image === undefined ? installer : '';
  const halves = [[from, sorted(source), ref, force, reinstall], pod?.image ?? maker];
  return halves.map((half) => sha256(JSON.stringify(half)).slice(0, HALF)).join('');
}

/** Whether two installations are of one source, asked for once. */
export const isSameSource = (key: string, other: string): boolean => key.slice(0, HALF) === other.slice(0, HALF);

/** Of one try: the Job of another may be there for long after it has ended. */
export const installJobName = (
  pack: string,
  { key, attempt, startedAt }: { readonly key: string; readonly attempt: number; readonly startedAt: string },
  sha256: (text: string) => string,
): string => fitting(`pack-${pack}-${sha256(`${key} ${startedAt}`).slice(0, 8)}-${attempt}`, sha256);

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
