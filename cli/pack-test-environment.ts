// cli/pack-test-environment.ts — the environments that tests of packs run in: made once, and kept in the cache folder.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.ts';
import { holding } from './file-lock.ts';
import { type Python, RUNNER_PYTHON } from './pack-test-python.ts';

export interface EnvironmentWish {
  readonly python: Python;
  readonly ref: string;
  /** Folder of the pack. */
  readonly folder: string;
  /** Whether one that is there already is made again. */
  readonly isFresh: boolean;
  /** Whether the installer's own words are shown. */
  readonly isVerbose: boolean;
  readonly say: (line: string) => void;
}

const LAST_LINES = 25;
/** Sorted last: what the pack brings itself is found first, as in the runner. */
const PATH_FILE = 'zzzzzzzzzz__squall__.pth';
/** Written when an environment is whole. */
const READY = 'squall-ready';
/** Old packages import pkg_resources while they are built. */
const BUILD_CONSTRAINTS = 'setuptools<81\n';

const source = (path: string): string => fileURLToPath(new URL(`../runners/python/${path}`, import.meta.url));

/** Modules under StackStorm's names, for PYTHONPATH. */
export const compatFolder = (): string => source('compat');

/**
 * The interpreter of an environment with what the pack asks for, then what packs may take for granted; kept for the next time.
 * @throws Failure with the installer's own reason
 */
export async function environmentFor(wish: EnvironmentWish): Promise<string> {
  const { python, ref, folder, say } = wish;
  // The exact versions of the image are for its Python; for another one what fits is taken.
  const kind = python.version === RUNNER_PYTHON ? 'txt' : 'in';
  const common = [source(`requirements.${kind}`), source(`requirements-tests.${kind}`)];
  const cache = join(cacheFolder(), `python-${python.version}`);
  const uv = spawnSync('uv', ['--version']).status === 0;
  const base = { folder: join(cache, `common-${keyOf([python.program, ...common.map(textOf)])}`), files: common };
  await made(base, { ...wish, uv, isFresh: false, cwd: cache }, () =>
    say(`Making the common environment, once for Python ${python.version}: ${base.folder}`),
  );
  const own = ['requirements.txt', 'requirements-tests.txt'].filter((file) => asksForPackages(join(folder, file)));
  if (own.length === 0) return pythonIn(base.folder);
  const key = keyOf([base.folder, ...own.flatMap((file) => contentsOf(join(folder, file)))]);
  const packs = { folder: join(cache, `${ref}-${key}`), files: own };
  await made(packs, { ...wish, uv, cwd: folder, behind: base.folder }, () =>
    say(`Making the environment of ${own.join(' and ')}: ${packs.folder}`),
  );
  return pythonIn(packs.folder);
}

interface Making extends EnvironmentWish {
  readonly uv: boolean;
  /** Files of requirements may name others by relative paths. */
  readonly cwd: string;
  /** Environment whose packages are found after its own. */
  readonly behind?: string;
}

async function made(
  { folder, files }: { readonly folder: string; readonly files: readonly string[] },
  making: Making,
  begin: () => void,
): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  await holding(`${folder}.lock`, async () => {
    if (existsSync(join(folder, READY)) && !making.isFresh) return;
    begin();
    rmSync(folder, { recursive: true, force: true });
    const { uv, python, behind } = making;
    await (uv
      ? install('uv', ['venv', '--quiet', '--no-project', '--python', python.program, folder], making)
      : install(python.program, ['-m', 'venv', folder], making));
    const constraints = join(folder, 'build-constraints.txt');
    writeFileSync(constraints, behind === undefined ? '' : BUILD_CONSTRAINTS);
    const quiet = ['--disable-pip-version-check', ...(making.isVerbose ? [] : ['--quiet'])];
    const asked = files.flatMap((file) => ['-r', file]);
    await (uv
      ? install('uv', ['pip', 'install', '--python', pythonIn(folder), ...asked], making, constraints)
      : install(pythonIn(folder), ['-m', 'pip', 'install', ...quiet, ...asked], making, constraints));
    if (behind !== undefined) writeFileSync(join(sitePackages(folder), PATH_FILE), `${sitePackages(behind)}\n`);
    writeFileSync(join(folder, READY), '');
  });
}

/** Runs an installer. @throws Failure with its last lines */
async function install(
  program: string,
  words: readonly string[],
  { cwd, isVerbose, ref }: Making,
  constraints?: string,
): Promise<void> {
  const child = spawn(program, [...words], {
    cwd,
    env: { ...process.env, ...(constraints !== undefined && constraintsOf(constraints)) },
    stdio: ['ignore', isVerbose ? 2 : 'pipe', isVerbose ? 2 : 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
  if (code === 0) return;
  const reason = said.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  const advice = /ensurepip is not|No module named (venv|ensurepip)/.test(said)
    ? '; install the package python3-venv of your system, or uv'
    : '';
  throw new Failure(`Pack ${ref}: ${[program, ...words].join(' ')} failed with exit code ${code}${advice}\n${reason}`);
}

/** Each installer has its own name for it. */
const constraintsOf = (file: string) => ({
  UV_BUILD_CONSTRAINT: file,
  PIP_BUILD_CONSTRAINT: file,
  PIP_CONSTRAINT: file,
});

function cacheFolder(): string {
  const { XDG_CACHE_HOME: chosen, LOCALAPPDATA: local } = process.env;
  const system = { darwin: join(homedir(), 'Library', 'Caches'), win32: local } as Partial<Record<string, string>>;
  return join(chosen || (system[process.platform] ?? join(homedir(), '.cache')), 'squall', 'pack-tests');
}

const isWindows = process.platform === 'win32';
const pythonIn = (folder: string): string =>
  isWindows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

function sitePackages(folder: string): string {
  if (isWindows) return join(folder, 'Lib', 'site-packages');
  const lib = join(folder, 'lib');
  const version = readdirSync(lib).find((name) => /^python3\.\d+$/.test(name)) ?? '';
  return join(lib, version, 'site-packages');
}

const textOf = (path: string): string => readFileSync(path, 'utf8');
/** The text of a file of requirements, and what the files of this machine have that it names; of a folder its place. */
function contentsOf(file: string): readonly string[] {
  const text = textOf(file);
  const words = text
    .replaceAll(/(^|\s)#.*/gm, '')
    .split(/[\s=]+/)
    .filter((word) => word !== '');
  const there = words.map((word) => join(dirname(file), word)).filter((path) => existsSync(path));
  return [text, ...there.map((path) => (statSync(path).isFile() ? digestOf(path) : path))];
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const keyOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
const asksForPackages = (path: string): boolean =>
  existsSync(path) &&
  textOf(path)
    .split('\n')
    .some((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
