// e2e/cluster/base-images.ts — Public base images made here: Debian by debootstrap, Node by its npm package, Python by Debian.
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildah, hasImage, isolation } from './buildah.ts';
import { run } from './command.ts';
import { paths, repository } from './home.ts';
import type { Note } from './progress.ts';

const suite = 'bookworm';
const debianImage = `docker.io/library/debian:${suite}-slim`;
const nodeVersion = '24.21.0';
/** Only for packages of packs: what Node brings in the public image. */
const npmVersion = '11.19.1';
const searchPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Raise it when the recipe below changes. */
const recipe = 2;

interface BaseImage {
  readonly name: string;
  readonly make: (note: Note) => Promise<void>;
}

const bases: readonly BaseImage[] = [
  { name: 'docker.io/library/node:24-bookworm-slim', make: makeNode },
  { name: 'docker.io/library/python:3.11-slim-bookworm', make: makePython },
];

/** Changes when base images would be made in another way. */
export const baseStamp = `${recipe} ${suite} ${nodeVersion}`;

/** Makes the base images that `dockerfiles` start from and that are not in the store, under their public names. */
export async function makeBaseImages(dockerfiles: readonly string[], note: Note): Promise<void> {
  const wanted = dockerfiles.flatMap((text) =>
    [...text.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)/gim)].map(([, name]) => name),
  );
  for (const { name, make } of bases) {
    if (!wanted.some((short) => name === short || name.endsWith(`/${short}`))) continue;
    const marker = join(
      paths.rootfs,
      `.${createHash('sha256').update(`${name} ${baseStamp}`).digest('hex').slice(0, 16)}`,
    );
    if (existsSync(marker) && (await hasImage(name))) continue;
    await make(note);
    await writeFile(marker, `${name}\n`);
  }
}

async function makeDebian(note: Note): Promise<void> {
  if (await hasImage(debianImage)) return;
  const root = join(paths.rootfs, suite);
  if (!existsSync(root)) await debootstrap(root, note);
  note(`${debianImage} from its files`);
  const container = (await buildah(['from', 'scratch'])).trim();
  await buildah(['add', '--quiet', container, root, '/']);
  await buildah(['config', '--env', searchPath, '--cmd', '["bash"]', container]);
  await commit(container, debianImage);
}

async function debootstrap(root: string, note: Note): Promise<void> {
  await mkdir(paths.rootfs, { recursive: true });
  const making = `${root}.making`;
  await rm(making, { recursive: true, force: true });
  const { mirror, security } = await mirrors();
  const onLine = (line: string) => note(`Debian: ${line.replace(/^I: /, '').slice(0, 60)}`);
  const flags = ['--variant=minbase', '--include=ca-certificates,netbase,tzdata'];
  await run('debootstrap', [...flags, suite, making, mirror], { onLine, timeoutMs: 1_800_000 });
  const source = (uri: string, suites: string) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`;
  await rm(join(making, 'etc/apt/sources.list'), { force: true });
  await writeFile(
    join(making, 'etc/apt/sources.list.d/debian.sources'),
    `${source(mirror, `${suite} ${suite}-updates`)}\n${source(security, `${suite}-security`)}`,
  );
  // As in the public slim images: no manuals, now or by later packages.
  await writeFile(
    join(making, 'etc/dpkg/dpkg.cfg.d/docker'),
    'path-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\npath-exclude /usr/share/info/*\npath-exclude /usr/share/locale/*\npath-include /usr/share/doc/*/copyright\nforce-unsafe-io\n',
  );
  await writeFile(
    join(making, 'etc/apt/apt.conf.d/docker'),
    'APT::Install-Suggests "false";\nAcquire::Languages "none";\nDPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };\n',
  );
  const rubbish = ['var/cache/apt/archives/*.deb', 'var/lib/apt/lists/*', 'usr/share/{man,info,locale}/*', 'dev/*'];
  for (const path of rubbish.flatMap((pattern) => globSync(pattern, { cwd: making }))) {
    await rm(join(making, path), { recursive: true, force: true });
  }
  await rename(making, root);
}

/** The Debian mirror that this machine uses, else the public one. */
async function mirrors(): Promise<{ mirror: string; security: string }> {
  const files = ['/etc/apt/sources.list', ...globSync('/etc/apt/sources.list.d/*.{list,sources}')];
  const texts = await Promise.all(files.filter((file) => existsSync(file)).map((file) => readFile(file, 'utf8')));
  const urls = [...texts.join('\n').matchAll(/^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s+(https?:\S+)/gm)].flatMap(
    ([, url]) => url ?? [],
  );
  const debian = (word: RegExp) => urls.find((url) => word.test(url));
  return {
    mirror: debian(/\/debian\/?$/) ?? 'http://deb.debian.org/debian',
    security: debian(/\/debian-security\/?$/) ?? 'http://deb.debian.org/debian-security',
  };
}

async function makeNode(note: Note): Promise<void> {
  await makeDebian(note);
  note(`node ${nodeVersion}`);
  const folder = await mkdtemp(join(tmpdir(), 'squall-node-'));
  try {
    await mkdir(join(folder, 'bin'));
    await copyFile(await nodeBinary(folder), join(folder, 'bin', 'node'));
    await chmod(join(folder, 'bin', 'node'), 0o755);
    await symlink('node', join(folder, 'bin', 'nodejs'));
    await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'bin', 'npm'));
    const npm = await npmFolder(folder);
    const container = (await buildah(['from', '--pull=never', debianImage])).trim();
    await buildah(['copy', '--quiet', container, join(folder, 'bin'), '/usr/local/bin']);
    await buildah(['copy', '--quiet', container, npm, '/usr/local/lib/node_modules/npm']);
    const account = 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node';
    await buildah(['run', ...isolation, container, '--', 'sh', '-c', account]);
    await buildah(['config', '--env', `NODE_VERSION=${nodeVersion}`, '--cmd', '["node"]', container]);
    await commit(container, 'docker.io/library/node:24-bookworm-slim');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The Node of our own dependencies; from the registry when that is another version. */
async function nodeBinary(folder: string): Promise<string> {
  const own = join(repository, 'node_modules/node/bin/node');
  if (existsSync(own) && (await run(own, ['--version'])).trim() === `v${nodeVersion}`) return own;
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  await run('npm', ['pack', '--silent', `node-linux-${arch}@${nodeVersion}`], { cwd: folder });
  await run('tar', ['-xzf', `node-linux-${arch}-${nodeVersion}.tgz`], { cwd: folder });
  return join(folder, 'package/bin/node');
}

/** npm, from the registry. */
async function npmFolder(folder: string): Promise<string> {
  const home = join(folder, 'npm');
  await mkdir(home);
  await run('npm', ['pack', '--silent', `npm@${npmVersion}`], { cwd: home });
  await run('tar', ['-xzf', `npm-${npmVersion}.tgz`], { cwd: home });
  await chmod(join(home, 'package/bin/npm-cli.js'), 0o755);
  return join(home, 'package');
}

async function makePython(note: Note): Promise<void> {
  await makeDebian(note);
  note('python 3.11');
  const container = (await buildah(['from', '--pull=never', debianImage])).trim();
  const steps = [
    'apt-get update',
    'apt-get install -y --no-install-recommends python3 python3-pip python3-venv',
    'ln -s /usr/bin/python3 /usr/local/bin/python3',
    'ln -s /usr/bin/python3 /usr/local/bin/python',
    'ln -s /usr/bin/pip3 /usr/local/bin/pip',
    // The public image's pip installs into its one Python; Debian's refuses that unless this file is gone.
    'rm -f /usr/lib/python3.11/EXTERNALLY-MANAGED',
    'rm -rf /var/lib/apt/lists/*',
  ].join(' && ');
  await buildah(['run', ...isolation, container, '--', 'sh', '-c', steps]);
  await buildah(['config', '--cmd', '["python3"]', container]);
  await commit(container, 'docker.io/library/python:3.11-slim-bookworm');
}

async function commit(container: string, name: string): Promise<void> {
  await buildah(['commit', '--quiet', '--rm', container, name]);
}
