// e2e/cluster/pki.ts — The cluster's certificate authority, its certificates and the kubeconfig files, made by openssl.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { node, paths } from './home.ts';

const days = '3650';
const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const pem = (name: string) => join(paths.pki, name);

/** Makes every key and certificate, for a node under `address`, and the kubeconfig files of admin and kubelet. */
export async function makePki(address: string): Promise<void> {
  await mkdir(paths.pki, { recursive: true, mode: 0o700 });
  const authority = ['-x509', ...ecKey, '-days', days, '-subj', '/CN=squall-cluster-ca'];
  await Promise.all([
    run('openssl', ['req', ...authority, '-keyout', pem('ca.key'), '-out', pem('ca.crt')]),
    serviceAccountKey(),
  ]);
  await Promise.all([
    certificate('apiserver', '/CN=kube-apiserver', [...apiNames, `IP:${address}`]),
    certificate('admin', '/O=system:masters/CN=admin', ['DNS:admin']),
    certificate('kubelet', `/O=system:nodes/CN=system:node:${node.name}`, [
      `DNS:${node.name}`,
      'DNS:localhost',
      'IP:127.0.0.1',
      `IP:${address}`,
    ]),
    certificate('front-proxy', '/CN=front-proxy', ['DNS:front-proxy']),
    kubeconfig('admin'),
    kubeconfig('kubelet'),
  ]);
}

const apiNames = [
  'DNS:kubernetes',
  'DNS:kubernetes.default',
  'DNS:kubernetes.default.svc',
  'DNS:kubernetes.default.svc.cluster.local',
  'DNS:localhost',
  'IP:127.0.0.1',
  `IP:${node.apiService}`,
  `IP:${node.bridgeAddress}`,
];

/** RSA, since that is what other clusters sign their tokens with. */
async function serviceAccountKey(): Promise<void> {
  await run('openssl', ['genrsa', '-out', pem('sa.key'), '2048']);
  await run('openssl', ['rsa', '-in', pem('sa.key'), '-pubout', '-out', pem('sa.pub')]);
}

async function certificate(name: string, subject: string, names: readonly string[]): Promise<void> {
  const extensions = `subjectAltName=${names.join(',')}\nextendedKeyUsage=serverAuth,clientAuth\n`;
  await writeFile(pem(`${name}.ext`), extensions);
  await run('openssl', ['req', ...ecKey, '-subj', subject, '-keyout', pem(`${name}.key`), '-out', pem(`${name}.csr`)]);
  const signed = ['-CA', pem('ca.crt'), '-CAkey', pem('ca.key'), '-set_serial', `0x${serial()}`, '-days', days];
  const files = ['-in', pem(`${name}.csr`), '-out', pem(`${name}.crt`), '-extfile', pem(`${name}.ext`)];
  await run('openssl', ['x509', '-req', ...files, ...signed]);
}

/** Chosen here: certificates are made at the same time, and openssl's serial file would be shared. */
const serial = () => crypto.randomUUID().replaceAll('-', '').slice(1);

async function kubeconfig(name: string): Promise<void> {
  const cluster = { server: `https://127.0.0.1:${node.apiPort}`, 'certificate-authority': pem('ca.crt') };
  const user = { 'client-certificate': pem(`${name}.crt`), 'client-key': pem(`${name}.key`) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'squall', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'squall', context: { cluster: 'squall', user: name } }],
    'current-context': 'squall',
  };
  await writeFile(join(paths.run, `${name}.kubeconfig`), `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
