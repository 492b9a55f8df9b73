// e2e/cluster/images.ts — The project's Dockerfiles → images in the local store, named by the hash of what is in them.
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleOperator } from '../../operator/bundle.ts';
import { bundleInstaller } from '../../runners/installer/bundle.ts';
import { bundle as bundleRunner } from '../../runners/node/bundle.ts';
import { baseStamp, makeBaseImages } from './base-images.ts';
import { archiveWithBuildah, buildah, buildWithBuildah, hasImage, prepareBuildah } from './buildah.ts';
import { archiveWithDocker, buildWithDocker, dockerHas, hasDocker, pushWithDocker } from './docker.ts';
import { installPackages, isInstalled, widenPath } from './facts.ts';
import { paths, repository } from './home.ts';
import { tagFor } from './image-tag.ts';
import { withLock } from './lock.ts';
import type { Note, Progress } from './progress.ts';

interface Source {
  /** Without registry and tag. */
  readonly name: string;
  /** From the repository's root, which is also the build's context. */
  readonly dockerfile: string;
  /** Stands for something outside of the cluster: stories have it, releases do not. */
  readonly isPeer?: true;
  /** Argument of the Dockerfile's FROM, and the image before this one that is given for it. */
  readonly base?: readonly [argument: string, name: string];
}

const sources: readonly Source[] = [
  { name: 'squall/operator', dockerfile: 'operator/Dockerfile' },
  { name: 'squall/runner-node', dockerfile: 'runners/node/Dockerfile' },
  { name: 'squall/runner-python', dockerfile: 'runners/python/Dockerfile' },
  { name: 'squall/sshd', dockerfile: 'e2e/sshd/Dockerfile', isPeer: true },
  {
    name: 'squall/pack-image',
    dockerfile: 'e2e/pack-image/Dockerfile',
    isPeer: true,
    base: ['RUNNER_PYTHON', 'squall/runner-python'],
  },
];

const inDist = (file: string) => join(repository, 'dist', file);

/** Makes the JavaScript that the Dockerfiles copy. */
const makeBundles = () =>
  Promise.all([
    bundleOperator(inDist('operator'), projectVersion()),
    bundleRunner(inDist('runner-node.js')),
    bundleInstaller(inDist('installer.js')),
  ]);

/** The version in package.json. */
function projectVersion(): string {
  return /"version": "([^"]+)"/.exec(readFileSync(join(repository, 'package.json'), 'utf8'))?.[1] ?? '0.0.0';
}

/** One image in the local store. */
export interface BuiltImage {
  readonly name: string;
  /** 16 hex digits: a hash of the Dockerfile, the files that it copies, and how its base image is made. */
  readonly tag: string;
  /** 0 when it was there already. */
  readonly builtMs: number;
}

/** Builds what is not in the local store of all images of the project, by Docker when its daemon answers, else by buildah. */
export async function buildImages(progress: Progress, { withPeers = false } = {}): Promise<BuiltImage[]> {
  const wanted = sources.filter(({ isPeer }) => withPeers || isPeer !== true);
  progress.expect(wanted.length + 1);
  widenPath();
  const withDocker = await hasDocker();
  await progress.step(`bundle, and prepare ${withDocker ? 'Docker' : 'base images'}`, async (note) => {
    await Promise.all([makeBundles(), withDocker ? undefined : prepareBases(note)]);
  });
  const built: BuiltImage[] = [];
  for (const source of wanted) {
    built.push(await progress.step(`image ${source.name}`, (note) => buildOne(source, built, withDocker, note)));
  }
  return built;
}

async function buildOne(
  { name, dockerfile, base }: Source,
  before: readonly BuiltImage[],
  withDocker: boolean,
  note: Note,
): Promise<BuiltImage> {
  const under = base && before.find((image) => image.name === base[1]);
  const args = base && under ? { [base[0]]: fullName(`${under.name}:${under.tag}`) } : {};
  const tag = tagFor(repository, dockerfile, `${withDocker ? '' : baseStamp}${under?.tag ?? ''}`);
  const full = fullName(`${name}:${tag}`);
  const onLine = (line: string) => note(line.trim().slice(0, 80));
  return withLock(`image-${name.replaceAll('/', '-')}`, note, async () => {
    if (await (withDocker ? dockerHas(full) : hasImage(full))) return { name, tag, builtMs: 0 };
    const since = Date.now();
    const path = join(repository, dockerfile);
    await (withDocker ? buildWithDocker : buildWithBuildah)(path, full, onLine, args);
    return { name, tag, builtMs: Date.now() - since };
  });
}

/** Writes `names` (`name:tag`) into one archive per image, hands each to `load`, and removes it. */
export async function eachArchive(names: readonly string[], load: (file: string) => Promise<void>): Promise<void> {
  await mkdir(paths.images, { recursive: true });
  const withDocker = await hasDocker();
  const one = async (name: string) => {
    const file = join(paths.images, `${name.replace(/[^\w.-]+/g, '-')}-${process.pid}.tar`);
    try {
      await (withDocker ? archiveWithDocker([fullName(name)], file) : archiveWithBuildah(fullName(name), file));
      await load(file);
    } finally {
      await rm(file, { force: true });
    }
  };
  await Promise.all(names.map(one));
}

/** Pushes `names` (`name:tag`) to a registry such as `registry.example.com/team`. */
export async function pushImages(names: readonly string[], registry: string): Promise<void> {
  const withDocker = await hasDocker();
  for (const name of names) {
    const target = `${registry}/${name}`;
    await (withDocker
      ? pushWithDocker(fullName(name), target)
      : buildah(['push', '--quiet', fullName(name), `docker://${target}`]));
  }
}

/** The name that Kubernetes looks for when an image has no registry. */
export const fullName = (name: string) => `docker.io/${name}`;

async function prepareBases(note: Note): Promise<void> {
  const missing = ['buildah', 'debootstrap'].filter((program) => !isInstalled(program));
  const canInstall = process.getuid?.() === 0 && isInstalled('apt-get');
  if (missing.length > 0 && !canInstall) {
    throw new Error(`images need Docker, or ${missing.join(' and ')} and root: install one of them`);
  }
  await installPackages(missing, note);
  await prepareBuildah();
  const texts = await Promise.all(sources.map(({ dockerfile }) => readFile(join(repository, dockerfile), 'utf8')));
  await withLock('base-images', note, () => makeBaseImages(texts, note));
}
