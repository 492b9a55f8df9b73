// e2e/packs/corpus.ts — a file of cases → the packs that it speaks of: repository, commit and folder of each.
import * as z from 'zod';
import { parseSource } from '../../operator/domain/pack/source.ts';

/** A pack as it was when its cases were recorded. */
export interface RecordedPack {
  readonly pack: string;
  readonly url: string;
  /** All 40 digits of it. */
  readonly commit: string;
  /** The pack's folder in the repository; undefined: all of it. */
  readonly path: string | undefined;
}

const Recorded = z.looseObject({
  // Becomes the name of a folder.
  pack: z.string().regex(/^[a-z0-9][\w.-]*$/i),
  repo: z.string(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  path: z
    .string()
    .regex(/^[^/:]/, 'is no path inside a repository')
    .nullish(),
});
const CasesFile = z.looseObject({ cases: z.array(Recorded), registration: z.array(Recorded) });

/** All packs of cases and registrations, by name. @throws Error when one is recorded in two states, or from nowhere */
export function packsIn(casesFile: unknown): readonly RecordedPack[] {
  const { cases, registration } = CasesFile.parse(casesFile);
  const found = new Map<string, RecordedPack>();
  for (const { pack, repo, commit, path } of [...registration, ...cases]) {
    const one = { pack, url: urlOf(pack, repo), commit, path: path ?? undefined };
    const known = found.get(pack) ?? one;
    if (stateOf(known) !== stateOf(one))
      throw new Error(`pack ${pack} is recorded as ${stateOf(known)} and as ${stateOf(one)}; make a file for each`);
    found.set(pack, one);
  }
  return [...found.values()].sort((a, b) => (a.pack < b.pack ? -1 : 1));
}

/** Tells two states of a pack apart. */
export const stateOf = ({ url, commit, path }: RecordedPack): string =>
  path === undefined ? `${url} ${commit}` : `${url} ${commit} ${path}`;

/** As an installation understands it: `owner/repository` is at GitHub. */
function urlOf(pack: string, repo: string): string {
  const location = parseSource(repo);
  if (location.kind === 'git') return location.url;
  throw new Error(`pack ${pack}: repo "${repo}" is no repository; write owner/repository or an address`);
}
