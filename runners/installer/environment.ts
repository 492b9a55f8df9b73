// runners/installer/environment.ts — requirements.txt of a pack → its Python environment, at the path where actions have it; or the one that there is.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownEnvironment } from '../../operator/api/install.ts';
import { admission } from './admission.ts';
import { askedKey, isFixed, resolvedKey, type Surroundings } from './environment-key.ts';
import { StepFailure } from './failure.ts';
import { interpreterIn } from './interpreter.ts';
import { asksForPackages, forUv } from './requirements.ts';
import { survey, type TreeEntry } from './survey.ts';
import { type Uv, uvIn } from './uv.ts';

export interface EnvironmentOptions {
  /** Folder of the pack's files. */
  readonly pack: string;
  readonly ref: string;
  /** /opt/stackstorm/virtualenvs: scripts of an environment name their interpreter by its path. */
  readonly virtualenvs: string;
  /** /opt/stackstorm/st2: the environment that all packs may import from. */
  readonly base: string;
  /** Variables of uv, and of git for requirements that name repositories. */
  readonly env: Readonly<Record<string, string>>;
  /** Those of them that say which packages there are. */
  readonly settings: Readonly<Record<string, string>>;
  /** Image that this runs in, as the operator names it. */
  readonly image: string;
  /** Environments that were built before and may be used again. */
  readonly known: readonly KnownEnvironment[];
  /** What the Pack says to have its source fetched again. */
  readonly reinstall: string;
  /** Whether it is enough that the requirements are written as they were, for files that an author registers again. */
  readonly trustsWritten: boolean;
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly say: (text: string) => void;
  readonly mask: (text: string) => string;
}

export interface EnvironmentKeys {
  /** Of the packages in it. Absent where they cannot be told apart by their names. */
  readonly key?: string | undefined;
  /** Of the requirements as they are written. */
  readonly asked?: string | undefined;
}

/** Where it is now: in the pack store, or in a folder. */
export type Environment = EnvironmentKeys &
  (
    | { readonly digest: string; readonly unpackedBytes?: number | undefined }
    | { readonly folder: string; readonly entries: readonly TreeEntry[] }
  );

/** What StackStorm installs for every pack. */
const ALWAYS = 'six>=1.9.0,<2.0';
const FILE = 'requirements.txt';
/** As uv takes them, with what all packs get. */
const REWRITTEN = '.squall-requirements.txt';
/** All packages with their versions and the hashes of their files. */
const RESOLVED = '.squall-resolved.txt';
const CONSTRAINTS = '.squall-build-constraints.txt';
/** Old packages import it while they are built, from the setuptools of their time. */
const LAST_WITH_PKG_RESOURCES = 'setuptools<81\n';
/** Sorted last, as StackStorm has it: what the pack brings itself is found first. */
const PATH_FILE = 'zzzzzzzzzz__st2__.pth';
const COMMAND = `uv pip install -r ${FILE}`;
const GIB = 1024 ** 3;
const LIMITS = { files: 200_000, fileBytes: 2 * GIB, totalBytes: 4 * GIB };
/** Left by uv: a lock, and marks for backup programs and git. */
const LEFT_OUT = new Set(['.lock', '.gitignore', 'CACHEDIR.TAG']);

/** Undefined for a pack that asks for no packages. Throws StepFailure with uv's own reason. */
export async function buildEnvironment(options: EnvironmentOptions): Promise<Environment | undefined> {
  const { pack, base, known, say } = options;
  const requirements = join(pack, FILE);
  const text = existsSync(requirements) ? readFileSync(requirements, 'utf8') : '';
  if (!asksForPackages(text)) return undefined;
  const python = interpreterIn(base);
  const around: Surroundings = { ref: options.ref, image: options.image, python, settings: options.settings };
  const asked = askedKey(text, options.reinstall, around);
  const written = options.trustsWritten && asked !== undefined ? known.find((one) => one.asked === asked) : undefined;
  if (written) {
    say('the environment of these requirements is there already');
    return { ...written, asked };
  }
  // Beside the other, since it may name files by relative paths; the archive of the files has been listed before.
  writeFileSync(join(pack, REWRITTEN), `${forUv(text).trimEnd()}\n${ALWAYS}\n`);
  const uv = forgiving(uvFor(options), pack);
  const resolved = await resolve(uv, python, options);
  const key = resolved !== undefined && isFixed(resolved) ? resolvedKey(resolved, around) : undefined;
  const found = key === undefined ? undefined : known.find((one) => one.key === key);
  if (found) {
    say('the environment of these packages is there already');
    return { ...found, asked };
  }
  const folder = await build(uv, python, resolved, options);
  const isTrue = key !== undefined && (await hasCommits(uv, folder, resolved ?? ''));
  return { ...(isTrue && { key, asked }), folder, entries: entriesOf(folder) };
}

const COMMIT = / @ git\+\S+@([0-9a-f]{40})\b/;

/** Whether its packages from repositories are of the commits that were resolved: a branch may have moved since. */
async function hasCommits(uv: Uv, folder: string, resolved: string): Promise<boolean> {
  const commits = resolved.split('\n').flatMap((line) => COMMIT.exec(line)?.[1] ?? []);
  if (commits.length === 0) return true;
  const there = await uv(['pip', 'freeze', '--python', join(folder, 'bin', 'python')], 'uv pip freeze');
  return commits.every((commit) => there.includes(commit));
}

const uvFor = ({ pack, env, timeoutSeconds, stop, say, mask }: EnvironmentOptions): Uv => {
  const clean = (text: string): string =>
    mask(text).replaceAll(new RegExp(`${REWRITTEN}|${RESOLVED}`.replaceAll('.', '\\.'), 'g'), FILE);
  return uvIn({ cwd: pack, env, timeoutSeconds, stop, log: say, clean });
};

/** The same again with the setuptools of former times, where a package asks for that. */
function forgiving(uv: Uv, pack: string): Uv {
  let more: readonly string[] = [];
  return async (words, called) => {
    try {
      return await uv([...words, ...(words[0] === 'pip' ? more : [])], called);
    } catch (error) {
      const isOld = error instanceof StepFailure && error.message.includes(`No module named 'pkg_resources'`);
      if (!isOld || more.length > 0 || words[0] !== 'pip') throw error;
      writeFileSync(join(pack, CONSTRAINTS), LAST_WITH_PKG_RESOURCES);
      more = ['--build-constraints', CONSTRAINTS];
      return await uv([...words, ...more], called);
    }
  };
}

/** All packages that will be in it. Undefined where hashes are demanded: those of the requirements have to do, not those of the index. */
async function resolve(uv: Uv, python: string, { env, pack }: EnvironmentOptions): Promise<string | undefined> {
  if ('UV_REQUIRE_HASHES' in env) return undefined;
  const words = ['--python', python, '--no-header', '--no-annotate', '--generate-hashes', '--quiet', REWRITTEN];
  const resolved = await uv(['pip', 'compile', ...words], COMMAND);
  // Two addresses of one package, the one with its commit, would be a contradiction.
  writeFileSync(join(pack, RESOLVED), resolved.replaceAll(/^\S+ @ .*(?:\n[ \t].*)*$/gm, ''));
  return resolved;
}

async function build(
  uv: Uv,
  python: string,
  resolved: string | undefined,
  { ref, virtualenvs, base }: EnvironmentOptions,
): Promise<string> {
  const folder = join(virtualenvs, ref);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(virtualenvs, { recursive: true });
  await uv(['venv', '--no-project', '--python', python, folder], 'uv venv');
  writeFileSync(join(sitePackages(folder), PATH_FILE), existsSync(base) ? `${sitePackages(base)}\n` : '');
  // Of paths there are no hashes, and they are what they were a moment ago.
  const pinned = resolved !== undefined && isFixed(resolved) ? ['--constraint', RESOLVED] : [];
  const into = ['--python', join(folder, 'bin', 'python'), '--compile-bytecode'];
  await uv(['pip', 'install', ...into, '--requirement', REWRITTEN, ...pinned], COMMAND);
  return folder;
}

function sitePackages(environment: string): string {
  const lib = join(environment, 'lib');
  const version = readdirSync(lib).find((name) => /^python3\.\d+$/.test(name));
  if (version === undefined) throw new StepFailure(`${lib} has no folder of a Python 3: use the image runner-python`);
  return join(lib, version, 'site-packages');
}

/** Its interpreter is the image's: the one link that leaves the environment. */
function entriesOf(folder: string): TreeEntry[] {
  const mayLeave = (path: string, target: string): boolean =>
    /^bin\/python[\d.]*$/.test(path) && target.startsWith('/');
  return survey(folder, admission(LIMITS, mayLeave), LIMITS.files).filter(({ path }) => !LEFT_OUT.has(path));
}
