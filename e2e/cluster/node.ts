// e2e/cluster/node.ts — The one node: its kubelet and its kube-proxy.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node, paths } from './home.ts';
import { startProcess } from './process.ts';
import type { Ledger } from './record.ts';

/** Starts kubelet and kube-proxy; containerd, its images and the API server must be there. */
export async function startNode(ledger: Ledger, address: string): Promise<void> {
  await writeFile(join(paths.run, 'kubelet.json'), JSON.stringify(kubeletConfiguration));
  await writeFile(join(paths.run, 'kube-proxy.json'), JSON.stringify(proxyConfiguration));
  startProcess(ledger, 'kubelet', join(paths.bin, 'kubelet'), [
    `--config=${join(paths.run, 'kubelet.json')}`,
    `--kubeconfig=${join(paths.run, 'kubelet.kubeconfig')}`,
    `--hostname-override=${node.name}`,
    `--root-dir=${join(paths.run, 'kubelet')}`,
    `--node-ip=${address}`,
  ]);
  startProcess(ledger, 'kube-proxy', join(paths.bin, 'kube-proxy'), [
    `--config=${join(paths.run, 'kube-proxy.json')}`,
    `--hostname-override=${node.name}`,
  ]);
}

const kubeletConfiguration = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    x509: { clientCAFile: join(paths.pki, 'ca.crt') },
    webhook: { enabled: true },
  },
  authorization: { mode: 'Webhook' },
  cgroupDriver: 'cgroupfs',
  clusterDNS: [node.dnsService],
  clusterDomain: 'cluster.local',
  containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
  tlsCertFile: join(paths.pki, 'kubelet.crt'),
  tlsPrivateKeyFile: join(paths.pki, 'kubelet.key'),
  podLogsDir: join(paths.run, 'pods'),
  volumePluginDir: join(paths.run, 'volume-plugins'),
  failSwapOn: false,
  failCgroupV1: false,
  resolvConf: '/etc/resolv.conf',
  maxPods: 250,
  // A full disk of a developer's machine is no reason to evict pods.
  evictionHard: { 'memory.available': '100Mi' },
  imageGCHighThresholdPercent: 100,
  serializeImagePulls: false,
  enforceNodeAllocatable: [],
};

const proxyConfiguration = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig: paths.adminKubeconfig },
  clusterCIDR: node.podRange,
  mode: 'iptables',
  bindAddress: '0.0.0.0',
  // Zero: the machine's own connection tracking limits stay as they are.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
};
