// e2e/cluster/home.ts — Where the embedded cluster keeps its files, and the addresses and names that all of its parts share.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = process.env['SQUALL_CACHE'] ?? join(homedir(), '.cache', 'squall');
const home = join(cache, 'cluster');
const run = join(home, 'run');

/** The repository's root. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Files and folders; `bin` and `images` survive `down`, `run` and `state` do not. */
export const paths = {
  cache,
  home,
  bin: join(home, 'bin'),
  images: join(home, 'images'),
  rootfs: join(home, 'rootfs'),
  run,
  logs: join(run, 'log'),
  pki: join(run, 'pki'),
  record: join(run, 'record.json'),
  adminKubeconfig: join(run, 'admin.kubeconfig'),
  auditLog: join(run, 'log', 'audit.log'),
  /** Short, because a UNIX socket's path may have 107 bytes only. */
  state: '/run/squall-cluster',
  containerdSocket: '/run/squall-cluster/containerd.sock',
  tools: fileURLToPath(new URL('./tools', import.meta.url)),
} as const;

/** The network and the names of the one node. */
export const node = {
  name: 'node-1',
  bridge: 'cni-squall',
  /** The machine's own address on the bridge; pods reach the machine by it. */
  bridgeAddress: '10.244.0.1',
  podRange: '10.244.0.0/24',
  serviceRange: '10.96.0.0/16',
  apiService: '10.96.0.1',
  dnsService: '10.96.0.10',
  apiPort: 6443,
} as const;

/** Images that the cluster itself runs; both are made here, from the binaries that were compiled. */
export const clusterImages = {
  pause: 'registry.k8s.io/pause:3.10',
  coredns: 'registry.k8s.io/coredns/coredns:v1.12.4',
} as const;
