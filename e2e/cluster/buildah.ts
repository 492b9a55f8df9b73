// e2e/cluster/buildah.ts — Image builds without Docker: buildah with a store and settings of our own, never those of /etc.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, type CommandOptions, run } from './command.ts';
import { paths, repository } from './home.ts';

const store = join(paths.images, 'store');
const settings = {
  CONTAINERS_STORAGE_CONF: join(paths.images, 'storage.conf'),
  CONTAINERS_REGISTRIES_CONF: join(paths.images, 'registries.conf'),
  BUILDAH_ISOLATION: 'chroot',
} as const;

/** A step of a build runs in a chroot with the machine's network: containers of their own need rights that few machines give. */
export const isolation = ['--isolation=chroot', '--network=host'];

/** Writes the settings; must come before any other call. */
export async function prepareBuildah(): Promise<void> {
  await mkdir(store, { recursive: true });
  // An overlay cannot lie on an overlay, which is what a container's own disk is.
  const disk = (await run('stat', ['--file-system', '--format=%T', store])).trim();
  const driver = disk === 'overlayfs' ? 'vfs' : 'overlay';
  const storage = `[storage]\ndriver = "${driver}"\ngraphroot = "${store}"\nrunroot = "/run/squall-images"\n`;
  await writeFile(settings.CONTAINERS_STORAGE_CONF, storage);
  const registries = 'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "permissive"\n';
  await writeFile(settings.CONTAINERS_REGISTRIES_CONF, registries);
  await writeFile(policyFile, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
}

const policyFile = join(paths.images, 'policy.json');
const policyVerbs = new Set(['from', 'build', 'commit', 'push']);

/** Runs buildah on our own store; resolves with its standard output. */
export function buildah(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [verb = '', ...rest] = args;
  const policy = policyVerbs.has(verb) ? [`--signature-policy=${policyFile}`] : [];
  return run('buildah', [verb, ...policy, ...rest], { ...options, env: { ...options.env, ...settings } });
}

/** Whether the store has an image of this full name. */
export async function hasImage(name: string): Promise<boolean> {
  try {
    await buildah(['inspect', '--type=image', '--format={{.FromImageID}}', name]);
    return true;
  } catch (cause) {
    if (cause instanceof CommandFailed && cause.code !== undefined) return false;
    throw cause;
  }
}

/** Builds `dockerfile` with the repository as its context and `args` as its arguments; base images must be in the store. */
export async function buildWithBuildah(
  dockerfile: string,
  name: string,
  onLine: (line: string) => void,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  const flags = ['--pull=never', '--layers', ...isolation, ...packageSettings(), '--file', dockerfile, '--tag', name];
  const given = Object.entries(args).map(([argument, value]) => `--build-arg=${argument}=${value}`);
  await buildah(['build', ...given, ...flags, repository], { onLine, timeoutMs: 1_800_000 });
}

/** How this machine reaches package indexes, for the steps of a build only: the Dockerfiles declare these arguments. */
function packageSettings(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const authority = env['PIP_CERT'] ?? env['SSL_CERT_FILE'];
  const given = {
    PIP_INDEX_URL: env['PIP_INDEX_URL'],
    UV_DEFAULT_INDEX: env['UV_DEFAULT_INDEX'] ?? env['PIP_INDEX_URL'],
    ...(authority && { PIP_CERT: BUILD_AUTHORITY, SSL_CERT_FILE: BUILD_AUTHORITY }),
  };
  return [
    ...(authority ? [`--volume=${authority}:${BUILD_AUTHORITY}:ro`] : []),
    ...Object.entries(given).flatMap(([name, value]) => (value ? [`--build-arg=${name}=${value}`] : [])),
  ];
}

const BUILD_AUTHORITY = '/run/squall-build/authority.pem';

/** Writes an image into an archive that containerd imports; Docker's format, since only that one keeps layers uncompressed. */
export async function archiveWithBuildah(name: string, file: string): Promise<void> {
  await buildah(['push', '--quiet', '--disable-compression', name, `docker-archive:${file}:${name}`]);
}
