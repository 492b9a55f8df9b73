// e2e/cluster/network/addons.ts — What every cluster is expected to have: DNS by CoreDNS, and a default StorageClass with volumes.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.ts';
import { clusterImages, node, paths } from '../home.ts';

/** Enough for all stories of one run; volumes that were let go come back with the next run. */
const volumeCount = 50;
const volumeFolders = join(paths.run, 'volumes');

/** kubectl as the embedded cluster's admin. */
export const kubectl = (args: readonly string[], input?: string) =>
  run(
    join(paths.bin, 'kubectl'),
    [`--kubeconfig=${paths.adminKubeconfig}`, ...args],
    input === undefined ? {} : { input },
  );

/** Applies the StorageClass `standard` and its volumes. */
export async function applyStorage(): Promise<void> {
  await applyObjects([storageClass, ...Array.from({ length: volumeCount }, (_, index) => makeVolume(index + 1))]);
}

/** Applies CoreDNS and waits until it answers; the API server's Service must work, or CoreDNS would back off first. */
export async function applyDns(): Promise<void> {
  const template = readFileSync(new URL('./coredns.yaml', import.meta.url), 'utf8');
  const values = { UPSTREAM: upstream(resolvConfs()), DNS_SERVICE: node.dnsService, IMAGE: clusterImages.coredns };
  const filled = Object.entries(values).reduce(
    (text, [word, value]) => text.replaceAll(`\${${word}}`, value),
    template,
  );
  await kubectl(['apply', '--server-side', '-f', '-'], filled);
  await kubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=120s']);
}

/** Empties the volumes whose claims are gone and offers them again. */
export async function renewVolumes(): Promise<void> {
  const released = await kubectl([
    'get',
    'persistentvolumes',
    '-o=jsonpath={range .items[?(@.status.phase=="Released")]}{.metadata.name}{"\\n"}{end}',
  ]);
  const names = released.split('\n').filter((name) => /^local-\d+$/.test(name));
  if (names.length === 0) return;
  await kubectl(['delete', 'persistentvolume', ...names]);
  for (const name of names) rmSync(join(volumeFolders, name), { recursive: true, force: true });
  await applyObjects(names.map((name) => makeVolume(Number(name.slice('local-'.length)))));
}

/** Pods' DNS asks the machine's first IPv4 name server that a pod can reach: not one that listens on this machine only. */
export function upstream(resolvConf: string): string {
  const servers = [...resolvConf.matchAll(/^nameserver\s+([\d.]+)\s*$/gm)].flatMap(([, server]) => server ?? []);
  return servers.find((server) => !server.startsWith('127.')) ?? '/etc/resolv.conf';
}

/** With systemd-resolved the first file names a local address, and the second one the real servers. */
const resolvConfs = () =>
  ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

const applyObjects = (items: readonly object[]) =>
  kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};

function makeVolume(number: number): object {
  const name = `local-${number}`;
  const path = join(volumeFolders, name);
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o777); // pods run as any user, and fsGroup does not work on hostPath
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '20Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'standard',
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path, type: 'Directory' },
    },
  };
}
