// e2e/cluster/embedded.ts — The embedded cluster: preflight → compile → control plane and containerd → node → DNS.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildTools } from './build.ts';
import { importArchive, startContainerd } from './containerd.ts';
import { startApi, startControllers } from './control-plane.ts';
import { downEmbedded } from './down.ts';
import { gatherFacts, installPackages, widenPath } from './facts.ts';
import { type Component, isHealthy, waitUntilHealthy, waitUntilRouted } from './health.ts';
import { clusterImages, node, paths } from './home.ts';
import { withLock } from './lock.ts';
import { applyDns, applyStorage, kubectl, renewVolumes } from './network/addons.ts';
import { makeNetwork, nodeAddress } from './network/bridge.ts';
import { startNode } from './node.ts';
import { makePki } from './pki.ts';
import { refusals } from './preflight.ts';
import { isAlive } from './process.ts';
import type { Progress } from './progress.ts';
import { bootId, type Ledger, newLedger, readLedger } from './record.ts';
import { scratchImage } from './scratch-image.ts';

const components: readonly Component[] = [
  'etcd',
  'apiserver',
  'controller-manager',
  'scheduler',
  'containerd',
  'kubelet',
  'kube-proxy',
];

/** Folders that kubelet, CNI and containerd make by fixed names; those that did not exist before go with the cluster. */
const foreignFolders = [
  '/var/lib/kubelet',
  '/var/lib/cni',
  '/var/log/pods',
  '/var/log/containers',
  '/usr/libexec/kubernetes',
  '/run/containerd',
];

/** Brings the embedded cluster up, or finds it running; returns its record. Cleans up after itself when it can't. */
export async function upEmbedded(progress: Progress): Promise<Ledger> {
  widenPath();
  return withLock(
    'cluster',
    () => {},
    async () => {
      const running = await findRunning();
      if (running !== undefined) {
        progress.expect(1);
        await progress.step('use the cluster that runs', renewVolumes);
        return running;
      }
      progress.expect(existsSync(paths.record) ? 7 : 6);
      if (existsSync(paths.record)) await progress.step('clear away a cluster that died', downEmbedded);
      await progress.step('check this machine', async (note) => {
        const facts = await gatherFacts();
        const refused = refusals(facts);
        if (refused.length > 0) throw new ClusterRefused(refused.join('\n'));
        await installPackages(facts.missingPackages, note);
      });
      await progress.step('compile Kubernetes (the first time takes about 15 min on 2 cores)', (note) =>
        buildTools(note),
      );
      return cleaningUp(() => start(progress));
    },
  );
}

/** This machine can't have the embedded cluster; the message has one sentence for every reason. */
export class ClusterRefused extends Error {
  override readonly name = 'ClusterRefused';
}

async function start(progress: Progress): Promise<Ledger> {
  mkdirSync(paths.logs, { recursive: true });
  const ledger = newLedger();
  ledger.change({ folders: foreignFolders.filter((folder) => !existsSync(folder)) });
  const address = nodeAddress();
  await Promise.all([
    progress.step('start etcd and the API server', async () => {
      await makePki(address);
      await startApi(ledger, address);
      startControllers(ledger);
    }),
    progress.step('start containerd', async () => {
      await makeNetwork(ledger);
      await startContainerd(ledger);
      await importArchive(await scratchImage(clusterImages.pause, join(paths.bin, 'pause')));
      await importArchive(await scratchImage(clusterImages.coredns, join(paths.bin, 'coredns')));
    }),
  ]);
  await progress.step('start the node', async () => {
    await Promise.all([startNode(ledger, address), applyStorage()]);
    await Promise.all(components.map((name) => waitUntilHealthy(ledger, name)));
    await Promise.all([waitUntilRouted(), waitFor(`node/${node.name}`, 'condition=Ready')]);
  });
  await progress.step('start DNS', async () => {
    await applyDns();
    await kubectl(['-n', 'default', 'wait', 'serviceaccount/default', '--for=create', '--timeout=60s']);
  });
  ledger.change({ upAt: new Date().toISOString() });
  return ledger;
}

async function waitFor(object: string, condition: string): Promise<void> {
  await kubectl(['wait', object, '--for=create', '--timeout=60s']);
  await kubectl(['wait', object, `--for=${condition}`, '--timeout=120s']);
}

/** A cluster of ours that is whole: same boot, finished, all processes alive, and the API server answers. */
async function findRunning(): Promise<Ledger | undefined> {
  const ledger = readLedger();
  if (ledger?.record.upAt === undefined || ledger.record.bootId !== bootId()) return undefined;
  const { processes } = ledger.record;
  const areAlive = components.every((name) => processes[name] !== undefined && isAlive(processes[name]));
  return areAlive && (await isHealthy('apiserver')) ? ledger : undefined;
}

/** Runs `work`; when it throws or is interrupted, nothing that it started stays. */
async function cleaningUp<T>(work: () => Promise<T>): Promise<T> {
  const interrupted = (signal: NodeJS.Signals) => {
    void downEmbedded().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    return await work();
  } catch (cause) {
    await downEmbedded();
    throw cause;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}
