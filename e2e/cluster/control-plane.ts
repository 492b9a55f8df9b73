// e2e/cluster/control-plane.ts — etcd, kube-apiserver (with its audit log), controller-manager and scheduler as plain processes.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node, paths } from './home.ts';
import { startProcess } from './process.ts';
import type { Ledger } from './record.ts';
import { waitUntilHealthy } from './health.ts';

const pem = (name: string) => join(paths.pki, name);
const bin = (name: string) => join(paths.bin, name);
const flags = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([k, v]) => `--${k}=${v}`);
const etcdUrl = 'http://127.0.0.1:2379';

/** Starts etcd and the API server that is known to others as `address`; resolves when it answers. */
export async function startApi(ledger: Ledger, address: string): Promise<void> {
  startProcess(ledger, 'etcd', bin('etcd'), flags(etcdFlags));
  await writeFile(join(paths.run, 'audit-policy.json'), JSON.stringify(auditPolicy));
  await waitUntilHealthy(ledger, 'etcd');
  startProcess(ledger, 'apiserver', bin('kube-apiserver'), flags(apiFlags(address)));
  await waitUntilHealthy(ledger, 'apiserver');
}

/** Starts the controller-manager and the scheduler; the API server must answer. */
export function startControllers(ledger: Ledger): void {
  const admin = { kubeconfig: paths.adminKubeconfig, 'leader-elect': 'false' };
  startProcess(ledger, 'controller-manager', bin('kube-controller-manager'), flags({ ...admin, ...controllerFlags }));
  startProcess(ledger, 'scheduler', bin('kube-scheduler'), flags({ ...admin, 'bind-address': '127.0.0.1' }));
}

const etcdFlags = {
  'data-dir': join(paths.run, 'etcd'),
  'listen-client-urls': etcdUrl,
  'advertise-client-urls': etcdUrl,
  'listen-peer-urls': 'http://127.0.0.1:2380',
};

const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

const apiFlags = (address: string) => ({
  'etcd-servers': etcdUrl,
  'service-cluster-ip-range': node.serviceRange,
  'secure-port': String(node.apiPort),
  'advertise-address': address,
  'tls-cert-file': pem('apiserver.crt'),
  'tls-private-key-file': pem('apiserver.key'),
  'client-ca-file': pem('ca.crt'),
  'service-account-key-file': pem('sa.pub'),
  'service-account-signing-key-file': pem('sa.key'),
  'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
  'authorization-mode': 'Node,RBAC',
  'enable-admission-plugins': 'NodeRestriction',
  'allow-privileged': 'true',
  'kubelet-client-certificate': pem('admin.crt'),
  'kubelet-client-key': pem('admin.key'),
  'kubelet-certificate-authority': pem('ca.crt'),
  'kubelet-preferred-address-types': 'InternalIP',
  'requestheader-client-ca-file': pem('ca.crt'),
  'requestheader-allowed-names': 'front-proxy',
  'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
  'requestheader-group-headers': 'X-Remote-Group',
  'requestheader-username-headers': 'X-Remote-User',
  'proxy-client-cert-file': pem('front-proxy.crt'),
  'proxy-client-key-file': pem('front-proxy.key'),
  'enable-aggregator-routing': 'true',
  'audit-policy-file': join(paths.run, 'audit-policy.json'),
  'audit-log-path': paths.auditLog,
  // Blocking, since writes are counted in this log and a full batch would drop some; one file of up to 2 000 MB.
  'audit-log-mode': 'blocking',
  'audit-log-maxsize': '2000',
  'audit-log-maxbackup': '1',
});

const controllerFlags = {
  'bind-address': '127.0.0.1',
  'service-account-private-key-file': pem('sa.key'),
  'root-ca-file': pem('ca.crt'),
  'use-service-account-credentials': 'true',
  'cluster-signing-cert-file': pem('ca.crt'),
  'cluster-signing-key-file': pem('ca.key'),
};
