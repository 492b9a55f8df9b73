// operator/domain/pack/packindex.ts — indexes of packs in the Exchange's format: merged, searched, and asked where a pack is.
import { IndexEntry } from '../../api/pack-index.ts';
import { didYouMean } from '../expression/fault.ts';

/** The ConfigMap with an index for its namespace, or (in the operator's own) for all, and the key of the file in it. */
export const INDEX_CONFIG_MAP = 'squall-pack-index';
export const INDEX_KEY = 'index.json';

/** Packs by their key. */
export type PackIndex = ReadonlyMap<string, IndexEntry>;

/** How it went with one index. */
export interface IndexHealth {
  readonly url: string;
  readonly packs: number;
  readonly message: string;
  readonly error: 'unresponsive' | 'malformed' | 'empty' | 'other errors' | null;
}

/** What came of asking for one index: its text, or why there is none. */
export type IndexAnswer =
  | { readonly url: string; readonly text: string }
  | { readonly url: string; readonly failure: string };

/** All packs of all indexes; where two have the same key, the leftmost counts. One that is broken does not matter. */
export function mergeIndexes(answers: readonly IndexAnswer[]): {
  readonly index: PackIndex;
  readonly health: readonly IndexHealth[];
} {
  const index = new Map<string, IndexEntry>();
  const health = answers.map((answer): IndexHealth => {
    const { url } = answer;
    if ('failure' in answer) return { url, packs: 0, message: answer.failure, error: 'unresponsive' };
    const { packs, ...rest } = readIndex(answer.text);
    for (const [key, entry] of packs) if (!index.has(key)) index.set(key, entry);
    return { url, packs: packs.length, ...rest };
  });
  return { index, health };
}

type IndexReading = Pick<IndexHealth, 'message' | 'error'> & {
  readonly packs: readonly (readonly [string, IndexEntry])[];
};

function readIndex(text: string): IndexReading {
  const bad = (error: IndexHealth['error'], message: string): IndexReading => ({ packs: [], message, error });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return bad('malformed', (error as Error).message);
  }
  if (Array.isArray(content)) return bad('malformed', 'Expected an index object, got a list instead.');
  if (typeof content !== 'object' || content === null) return bad('malformed', 'Expected an index object.');
  if (Object.keys(content).length === 0) return bad('empty', 'The index URL returned an empty object.');
  const { packs } = content as { readonly packs?: unknown };
  if (typeof packs !== 'object' || packs === null || Array.isArray(packs))
    return bad('malformed', 'Index object is missing "packs" attribute.');
  const entries = Object.entries(packs).flatMap(([key, written]) => {
    const entry = IndexEntry.safeParse(written);
    return entry.success ? [[key, entry.data] as const] : [];
  });
  return { packs: entries, message: 'Success.', error: null };
}

/** What is said when no index answered. */
export const noResults = (health: readonly IndexHealth[]): string =>
  `No results from the index: tried ${health.map(({ url }) => url).join(', ')}. ${health.map(({ url, message }) => `${url}: ${message}`).join('; ')}`;

/** Where a pack is, or StackStorm's sentence with the name that may be meant. A version that the index does not list may be a branch or a commit. */
export function findInIndex(
  index: PackIndex,
  name: string,
  version: string | undefined,
): { readonly url: string; readonly ref: string | undefined } | { readonly message: string } {
  const entry = index.get(name);
  if (!entry) return { message: `No record of the "${name}" pack in the index.${didYouMean(name, index.keys())}` };
  return { url: entry.repo_url, ref: version ?? entry.version ?? undefined };
}

/** Versions that the index lists, the newest first; for messages about one that is not there. */
export const versionsOf = (index: PackIndex, name: string): readonly string[] => index.get(name)?.versions ?? [];

const NOT_SEARCHED: readonly string[] = ['repo_url', 'email'];

/** Packs that have the text anywhere, letter case aside: first those that have it in their name, then in their keywords. */
export function searchIndex(index: PackIndex, query: string): readonly (readonly [string, IndexEntry])[] {
  const wanted = query.trim().toLowerCase();
  const has = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some((item) => String(item).toLowerCase() === wanted);
    return (typeof value === 'string' || typeof value === 'number') && String(value).toLowerCase().includes(wanted);
  };
  const rank = (entry: IndexEntry): number => {
    if (has(entry.name)) return 0;
    if (has(entry.keywords)) return 1;
    return Object.entries(entry).some(([key, value]) => !NOT_SEARCHED.includes(key) && has(value)) ? 2 : 3;
  };
  return [...index]
    .map(([key, entry]) => ({ key, entry, rank: rank(entry) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ key, entry }) => [key, entry] as const);
}
