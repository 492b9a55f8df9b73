// runners/installer/environment.ts — requirements.txt of a pack → its Python environment, at the path where actions have it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { admission } from './admission.ts';
import { type CommandOptions, runCommand } from './command.ts';
import { StepFailure } from './failure.ts';
import { lastLines } from './mask.ts';
import { asksForPackages, forUv } from './requirements.ts';
import { survey, type TreeEntry } from './survey.ts';

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
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly mask: (text: string) => string;
}

export interface Environment {
  readonly folder: string;
  readonly entries: readonly TreeEntry[];
}

/** What StackStorm installs for every pack. */
const ALWAYS = 'six>=1.9.0,<2.0';
const PYTHON = '3.11';
const FILE = 'requirements.txt';
const REWRITTEN = '.squall-requirements.txt';
const CONSTRAINTS = '.squall-build-constraints.txt';
/** Old packages import it while they are built, from the setuptools of their time. */
const LAST_WITH_PKG_RESOURCES = 'setuptools<81\n';
/** Sorted last, as StackStorm has it: what the pack brings itself is found first. */
const PATH_FILE = 'zzzzzzzzzz__st2__.pth';
const REASON_LINES = 30;
const REASON_CHARACTERS = 3500;
const GIB = 1024 ** 3;
const LIMITS = { files: 200_000, fileBytes: 2 * GIB, totalBytes: 4 * GIB };
/** Left by uv: a lock, and marks for backup programs and git. */
const LEFT_OUT = new Set(['.lock', '.gitignore', 'CACHEDIR.TAG']);

/** Undefined for a pack that asks for no packages. Throws StepFailure with uv's own reason. */
export async function buildEnvironment(options: EnvironmentOptions): Promise<Environment | undefined> {
  const { pack, ref, virtualenvs, base } = options;
  const requirements = join(pack, FILE);
  const text = existsSync(requirements) ? readFileSync(requirements, 'utf8') : '';
  if (!asksForPackages(text)) return undefined;
  // Beside the other, since it may name files by relative paths; the archive of the files has been listed before.
  if (forUv(text) !== text) writeFileSync(join(pack, REWRITTEN), forUv(text));
  const folder = join(virtualenvs, ref);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(virtualenvs, { recursive: true });
  const own = join(base, 'bin', 'python');
  const uv = uvIn(options);
  await uv(['venv', '--no-project', '--python', existsSync(own) ? own : PYTHON, folder]);
  writeFileSync(join(sitePackages(folder), PATH_FILE), existsSync(base) ? `${sitePackages(base)}\n` : '');
  const python = join(folder, 'bin', 'python');
  const asked = [ALWAYS, '--requirement', forUv(text) === text ? FILE : REWRITTEN];
  const install = ['pip', 'install', '--python', python, '--compile-bytecode', ...asked];
  await uv(install).catch(async (error: unknown) => {
    if (!(error instanceof StepFailure && error.message.includes(`No module named 'pkg_resources'`))) throw error;
    writeFileSync(join(pack, CONSTRAINTS), LAST_WITH_PKG_RESOURCES);
    await uv([...install, '--build-constraints', CONSTRAINTS]);
  });
  return { folder, entries: entriesOf(folder) };
}

function uvIn({ pack, env, timeoutSeconds, stop, mask }: EnvironmentOptions) {
  const until = performance.now() + timeoutSeconds * 1000;
  return async (words: readonly string[]): Promise<void> => {
    const left = Math.max(1, Math.ceil((until - performance.now()) / 1000));
    // Requirements may name files of the pack by relative paths.
    const options: CommandOptions = {
      env: { ...DEFAULTS, ...ownConfig(env), ...env },
      cwd: pack,
      timeoutSeconds: left,
      stop,
    };
    const { code, stderr } = await runCommand('uv', ['--no-progress', '--color', 'never', ...words], options);
    if (code === 0) return;
    const reason = mask(lastLines(stderr, REASON_LINES)).replaceAll(REWRITTEN, FILE).slice(-REASON_CHARACTERS);
    throw new StepFailure(`uv ${words[0] === 'venv' ? 'venv' : 'pip install -r requirements.txt'}:\n${reason}`);
  };
}

const DEFAULTS = {
  // Only what the image has.
  UV_PYTHON_DOWNLOADS: 'never',
  // The image's authorities, as git and all others use them, not uv's own list.
  UV_SYSTEM_CERTS: '1',
  // Compiled files that name no time: the archive has none, and equal files make equal bytes.
  PYC_INVALIDATION_MODE: 'UNCHECKED_HASH',
  SOURCE_DATE_EPOCH: '315532800',
  PYTHONHASHSEED: '0',
};

/** What a pack says about uv itself does not count; a file that the operator names does. */
const ownConfig = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  'UV_CONFIG_FILE' in env ? {} : { UV_NO_CONFIG: '1' };

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
