// runners/installer/node-environment.ts — package.json of a pack → its packages, beside its Python environment.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { admission } from './admission.ts';
import { runCommand } from './command.ts';
import type { Environment } from './environment.ts';
import { StepFailure } from './failure.ts';
import { survey, type TreeEntry } from './survey.ts';

export interface NodeEnvironmentOptions {
  /** Folder of the pack's files. */
  readonly pack: string;
  readonly ref: string;
  /** /opt/stackstorm/virtualenvs: the packages go to `<ref>/node_modules` in it. */
  readonly virtualenvs: string;
  /** Of the container: NPM_CONFIG_… are npm's own settings. */
  readonly env: NodeJS.ProcessEnv;
  /** What programs are started with: path, proxies. */
  readonly kept: Readonly<Record<string, string>>;
  /** Folder of the Secret about package indexes, which may have `.npmrc` and NPM_CONFIG_REGISTRY; there may be none. */
  readonly indexSecret: string;
  /** File of all authorities that are trusted; undefined for the system's. */
  readonly authorities: string | undefined;
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly say: (text: string) => void;
  readonly mask: (text: string) => string;
}

const LOCKS = ['npm-shrinkwrap.json', 'package-lock.json'];
const REASON_LINES = 30;
const REASON_CHARACTERS = 3500;
const GIB = 1024 ** 3;
const LIMITS = { files: 200_000, fileBytes: 2 * GIB, totalBytes: 4 * GIB };
/** Says where packages came from, and uv's own marks: what is left out makes equal packages equal archives. */
const LEFT_OUT = new Set(['node_modules/.package-lock.json', '.lock', '.gitignore', 'CACHEDIR.TAG']);

/** Whether package.json names packages that actions need. Throws StepFailure for one that is no JSON. */
export function asksForNodePackages(pack: string): boolean {
  const file = join(pack, 'package.json');
  if (!existsSync(file) || !statSync(file).isFile()) return false;
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new StepFailure(`package.json: it is no JSON: ${(cause as Error).message}`, { cause });
  }
  const { dependencies, optionalDependencies } = (read ?? {}) as Readonly<Record<string, unknown>>;
  return [dependencies, optionalDependencies].some(
    (names) => typeof names === 'object' && names !== null && Object.keys(names).length > 0,
  );
}

/** The environment with the packages in it; `python` is what the pack has of Python, in its folder. Throws StepFailure with npm's own reason. */
export async function addNodePackages(
  python: Environment | undefined,
  options: NodeEnvironmentOptions,
): Promise<Environment> {
  const { pack, ref, virtualenvs, say } = options;
  const folder = join(virtualenvs, ref);
  if (python === undefined) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Beside the environment, so that what is installed is moved and not copied.
  const work = join(virtualenvs, `.npm-${ref}`);
  try {
    rmSync(work, { recursive: true, force: true });
    // What a pack says about npm itself does not count; packages that it has modules of would be taken for its own.
    const isTaken = (path: string): boolean =>
      !['.npmrc', '.git'].includes(basename(path)) && path !== join(pack, 'node_modules');
    cpSync(pack, work, { recursive: true, filter: isTaken, verbatimSymlinks: true });
    const hasLock = LOCKS.some((name) => existsSync(join(work, name)));
    if (!hasLock) say('package.json has no package-lock.json beside it: the newest packages that fit are installed');
    await npm(hasLock ? ['ci'] : ['install', '--no-package-lock', '--no-save'], work, options);
    const modules = join(work, 'node_modules');
    mkdirSync(modules, { recursive: true });
    copyLinked(modules, realpathSync(work));
    renameSync(modules, join(folder, 'node_modules'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { folder, entries: entriesOf(folder) };
}

/** A package in a folder of the pack is a link to it, and links may not leave the environment. */
function copyLinked(modules: string, within: string): void {
  const scopes = readdirSync(modules).filter((name) => name.startsWith('@'));
  for (const folder of ['', ...scopes].map((scope) => join(modules, scope))) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!entry.isSymbolicLink()) continue;
      const source = realpathSync(path);
      if (!source.startsWith(`${within}/`))
        throw new StepFailure(`package.json: ${entry.name} is a folder outside of the pack; copy it into the pack`);
      rmSync(path);
      cpSync(source, path, { recursive: true, verbatimSymlinks: true });
    }
  }
}

async function npm(words: readonly string[], cwd: string, options: NodeEnvironmentOptions): Promise<void> {
  const { timeoutSeconds, stop, mask, say } = options;
  const home = join(cwd, '.npm-home');
  mkdirSync(home);
  const { env, secrets } = settingsOf(options, home);
  const given = [...words, '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, stderr } = await runCommand('npm', given, { env, cwd, timeoutSeconds, stop });
  if (code === 0) return;
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, '********'), mask(stderr));
  const told = hidden.replaceAll(/^npm error (?:A complete log|.*\.npm-home).*\n?/gm, '').replaceAll(`${cwd}/`, '');
  say(told.trimEnd());
  throw new StepFailure(`npm ${words[0] ?? ''}:\n${reasonIn(told)}`);
}

/** The cause comes first; how npm is used is not asked. */
function reasonIn(told: string): string {
  const [reason = ''] = told.split(/^npm error (?:Clean install a project|Install a package|Usage:)/m);
  return reason.split('\n').slice(0, REASON_LINES).join('\n').slice(0, REASON_CHARACTERS).trimEnd();
}

/** Those of the container, over them those of the Secret. Packages' own scripts do not run unless NPM_CONFIG_IGNORE_SCRIPTS says so. */
function settingsOf({ env, kept, indexSecret, authorities }: NodeEnvironmentOptions, home: string) {
  const own = Object.entries(env).filter(
    ([name, value]) => value && /^(?:npm_config_|NODE_EXTRA_CA_CERTS$)/i.test(name),
  );
  const registry = textIn(indexSecret, 'NPM_CONFIG_REGISTRY');
  const npmrc = textIn(indexSecret, '.npmrc');
  const authority = authorities ?? env['SSL_CERT_FILE'];
  const userconfig = join(home, 'npmrc');
  if (npmrc !== undefined) writeFileSync(userconfig, npmrc, { mode: 0o600 });
  return {
    env: {
      ...kept,
      HOME: home,
      // The image's authorities, as git and uv use them, not Node's own list.
      NODE_USE_SYSTEM_CA: '1',
      npm_config_cache: join(home, 'cache'),
      npm_config_update_notifier: 'false',
      npm_config_ignore_scripts: 'true',
      ...(authority && { npm_config_cafile: authority }),
      ...Object.fromEntries(own.map(([name, value]) => [npmsOwn(name), value ?? ''])),
      ...(registry !== undefined && { npm_config_registry: registry.trim() }),
      ...(npmrc !== undefined && { npm_config_userconfig: userconfig }),
    },
    secrets: [...(npmrc ?? '').matchAll(/^[^=\n]*_(?:authToken|auth|password)\s*=\s*"?([^"\s]{3,})/gim)].map(
      ([, secret = '']) => secret,
    ),
  };
}

/** npm takes both spellings; one of them counts here. */
const npmsOwn = (name: string): string => (/^npm_config_/i.test(name) ? name.toLowerCase() : name);

function textIn(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Programs of packages are links that stay in node_modules; Python's interpreter is the image's. */
function entriesOf(folder: string): TreeEntry[] {
  const mayLeave = (path: string, target: string): boolean =>
    dirname(path) === 'bin' && /^python[\d.]*$/.test(basename(path)) && target.startsWith('/');
  return survey(folder, admission(LIMITS, mayLeave), LIMITS.files).filter(({ path }) => !LEFT_OUT.has(path));
}
