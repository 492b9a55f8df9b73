// runners/installer/environment-key.ts — what an environment is made of → the keys under which it is found again.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';

/** All that decides what an environment has in it, beside the packages. */
export interface Surroundings {
  /** Exact name of the pack: its environment has its path in its scripts. */
  readonly ref: string;
  /** Image that installs, as the operator names it. */
  readonly image: string;
  /** Interpreter of the image. */
  readonly python: string;
  /** Variables of uv. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Changes when the way in which environments are built does. */
const FORMAT = 1;
const SYSTEM = '/etc/os-release';
/** Say where files are, how long to wait, and who we are; none of it makes other packages. */
const IRRELEVANT =
  /^(?:UV_(?:CACHE_DIR|HTTP_\w+|LINK_MODE|CONFIG_FILE|INDEX_\w+_(?:USERNAME|PASSWORD))|SSL_\w+|NETRC|\w+_PROXY)$/;

/** Of the packages that were resolved: their versions, and the hashes of their files. */
export const resolvedKey = (resolved: string, around: Surroundings): string =>
  hashOf(['resolved', packagesOf(resolved), ...wordsOf(around)]);

/**
 * Of the requirements as they are written, for an author who registers his files again and again without a change of them.
 * `reinstall` is what the Pack says there: another text asks the index again. Undefined where other files decide too.
 */
export function askedKey(requirements: string, reinstall: string, around: Surroundings): string | undefined {
  if (namesFiles(requirements)) return undefined;
  return hashOf(['asked', packagesOf(requirements), reinstall, ...wordsOf(around)]);
}

/** Whether all that was resolved is known by more than its name: by a version of an index, or a commit. */
export const isFixed = (resolved: string): boolean =>
  resolved
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith(' ') && !line.startsWith('#'))
    .every((line) => /^[\w.-]+(?:\[[^\]]*\])?==\S+|^[\w.-]+(?:\[[^\]]*\])? @ git\+\S+@[0-9a-f]{40}\b/.test(line));

/** Options that name files, and paths as requirements. */
const namesFiles = (requirements: string): boolean =>
  /^\s*(?:-r|-c|-e|-f|--requirement|--constraint|--editable|--find-links|--no-index|\.|\/)|file:|@\s*\.|\.(?:whl|zip|tar\.\w+)\s*$/m.test(
    requirements,
  );

/** Without comments and blank lines, sorted. */
const packagesOf = (text: string): readonly string[] =>
  text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/(?:^|\s)#.*$/, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '')
    .sort();

function wordsOf({ ref, image, python, settings }: Surroundings): readonly unknown[] {
  const relevant = Object.entries(settings)
    .filter(([name]) => !IRRELEVANT.test(name))
    // A password that is changed makes no other packages, and a hash of one could be searched for.
    .map(([name, value]) => [name, value.replaceAll(/:\/\/[^\s/@]+@/g, '://')])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const interpreter = existsSync(python) ? realpathSync(python) : python;
  return [FORMAT, ref, image, interpreter, existsSync(SYSTEM) ? readFileSync(SYSTEM, 'utf8') : '', relevant];
}

const hashOf = (words: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(words)).digest('hex');
