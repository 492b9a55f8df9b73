// e2e/cluster/containerd.ts — containerd with a configuration of our own, and image archives into its store.
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.ts';
import { clusterImages, paths } from './home.ts';
import { waitUntilHealthy } from './health.ts';
import { startProcess } from './process.ts';
import type { Ledger } from './record.ts';

/** Folders where distributions put the CNI plugins. */
const pluginFolders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];

/** The folder that has the CNI plugin `bridge`, or undefined. */
export const cniPlugins = () => pluginFolders.find((folder) => existsSync(join(folder, 'bridge')));

/** Starts containerd; resolves when it answers. */
export async function startContainerd(ledger: Ledger): Promise<void> {
  const file = join(paths.run, 'containerd.toml');
  await writeFile(file, configuration(cniPlugins() ?? '/usr/lib/cni'));
  startProcess(ledger, 'containerd', 'containerd', ['--config', file]);
  await waitUntilHealthy(ledger, 'containerd', 30_000);
}

/** containerd's command line client, on the kubelet's images and containers. */
export const ctr = (args: readonly string[], input?: string) =>
  run(
    'ctr',
    ['--address', paths.containerdSocket, '--namespace', 'k8s.io', ...args],
    input === undefined ? {} : { input },
  );

/** Puts an OCI archive into the node; its images keep the names that the archive gives them. */
export async function importArchive(file: string): Promise<void> {
  await ctr(['images', 'import', file]);
}

// restrict_oom_score_adj: without CAP_SYS_RESOURCE runc cannot lower oom_score_adj, and no pod would start.
// netns_mounts_under_state_dir: so that the pods' network namespaces are mounts under our own folder.
const configuration = (plugins: string) => `version = 2
root = "${join(paths.run, 'containerd')}"
state = "${paths.state}"
[grpc]
  address = "${paths.containerdSocket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(paths.run, 'containerd', 'opt')}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${clusterImages.pause}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "${join(paths.state, 'runc')}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${plugins}"
    conf_dir = "${join(paths.run, 'cni')}"
`;
