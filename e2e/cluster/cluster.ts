// e2e/cluster/cluster.ts — Where the cluster comes from: the context that is named, else Docker and kind, else the embedded one.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { buildTools } from './build.ts';
import { ask, run } from './command.ts';
import { ctr, importArchive } from './containerd.ts';
import { type Control, controlOf } from './control.ts';
import { downEmbedded } from './down.ts';
import { upEmbedded } from './embedded.ts';
import { node, paths } from './home.ts';
import { eachArchive, fullName, pushImages } from './images.ts';
import { downKind, hasKind, loadIntoKind, upKind } from './kind.ts';
import { withLock } from './lock.ts';
import type { Progress } from './progress.ts';

/** A cluster that answers, and what is needed to work with it. */
export interface Cluster {
  readonly origin: 'context' | 'kind' | 'embedded';
  /** Path of an admin kubeconfig of our own; its current context is the right one. */
  readonly kubeconfig: string;
  readonly tools: { readonly kubectl: string; readonly helm: string; readonly helm4?: string; readonly kwok?: string };
  /** Prefix of the images in a registry, such as `registry.example.com/team`; undefined when they are in the nodes. */
  readonly registry?: string;
  /** JSON lines of level Metadata; embedded only. */
  readonly auditLog?: string;
  /** An IPv4 address of this machine that pods can reach; embedded only. */
  readonly hostAddress?: string;
  /** Takes images (`name:tag`) from the local store to where the nodes find them; skips those that are there. */
  loadImages(names: readonly string[]): Promise<void>;
  /** Stops and starts single components; embedded only. */
  readonly control?: Control;
  /** Removes the cluster if we made it; a cluster that was named stays as it is. */
  down(): Promise<void>;
}

export interface ClusterOptions {
  /** A context of the user's kubeconfig. */
  readonly context?: string | undefined;
  /** A registry that the named cluster pulls from, and that we may push to. */
  readonly registry?: string | undefined;
  readonly progress: Progress;
}

/** Opens the first cluster that can be had, in the order of this file's first line; reuses one of ours that runs. */
export async function openCluster({ context, registry, progress }: ClusterOptions): Promise<Cluster> {
  if (context !== undefined) return openContext(context, registry, progress);
  if (await hasKind()) return openKind(progress);
  return openEmbedded(progress);
}

/** Removes the clusters that `openCluster` made on this machine; false when there were none. */
export async function closeCluster(progress: Progress): Promise<boolean> {
  progress.expect(1);
  return progress.step('take the cluster down', (note) =>
    withLock('cluster', note, async () => {
      const wasEmbedded = await downEmbedded();
      return (await downKind()) || wasEmbedded;
    }),
  );
}

async function openEmbedded(progress: Progress): Promise<Cluster> {
  const ledger = await upEmbedded(progress);
  const tool = (name: string) => join(paths.bin, name);
  return {
    origin: 'embedded',
    kubeconfig: paths.adminKubeconfig,
    tools: { kubectl: tool('kubectl'), helm: tool('helm'), helm4: tool('helm4'), kwok: tool('kwok') },
    auditLog: paths.auditLog,
    hostAddress: node.bridgeAddress,
    control: controlOf(ledger),
    async loadImages(names) {
      const present = (await ctr(['images', 'list', '--quiet'])).split('\n');
      const missing = names.filter((name) => !present.includes(fullName(name)));
      await eachArchive(missing, importArchive);
    },
    async down() {
      await withLock('cluster', () => {}, downEmbedded);
    },
  };
}

async function openKind(progress: Progress): Promise<Cluster> {
  const tools = await findTools(progress);
  const kubeconfig = await upKind(progress);
  return {
    origin: 'kind',
    kubeconfig,
    tools,
    loadImages: loadIntoKind,
    async down() {
      await downKind();
    },
  };
}

async function openContext(context: string, registry: string | undefined, progress: Progress): Promise<Cluster> {
  const tools = await findTools(progress);
  progress.expect(1);
  const kubeconfig = await progress.step(`use the context ${context}`, async () => {
    const select = [`--context=${context}`, '--minify', '--flatten', '--raw'];
    const config = await run(tools.kubectl, ['config', 'view', ...select]);
    await mkdir(paths.home, { recursive: true });
    const file = join(paths.home, `context-${context.replace(/[^\w.-]+/g, '-')}.kubeconfig`);
    await writeFile(file, config, { mode: 0o600 });
    await run(tools.kubectl, [`--kubeconfig=${file}`, `--context=${context}`, 'get', '--raw=/readyz']);
    return file;
  });
  return {
    origin: 'context',
    kubeconfig,
    tools,
    ...(registry === undefined ? {} : { registry }),
    async loadImages(names) {
      if (registry === undefined) {
        const lacking = `the cluster of context ${context} has to pull ${names.join(', ')} from a registry`;
        throw new Error(`${lacking}: name one that both sides reach by --registry, such as registry.example.com/team`);
      }
      await pushImages(names, registry);
    },
    async down() {},
  };
}

/** kubectl and helm of this machine, else compiled ones. */
async function findTools(progress: Progress): Promise<Cluster['tools']> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), paths.bin];
  const found = (name: string) => folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  const missing = ['kubectl', 'helm'].filter((name) => found(name) === undefined);
  if (missing.length > 0) {
    if ((await ask('go', ['version'])) === undefined) {
      throw new Error(`${missing.join(' and ')} not found on the PATH: install them, or Go to compile them`);
    }
    progress.expect(1);
    await progress.step(`compile ${missing.join(' and ')}`, (note) => buildTools(note, missing));
  }
  const path = (name: string) => found(name) ?? join(paths.bin, name);
  const optional = ['helm4', 'kwok'].flatMap((name) => {
    const file = found(name);
    return file === undefined ? [] : [[name, file] as const];
  });
  return { kubectl: path('kubectl'), helm: path('helm'), ...Object.fromEntries(optional) };
}
