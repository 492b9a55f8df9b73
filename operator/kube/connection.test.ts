// operator/kube/connection.test.ts — the pod's own account over TLS: rotated tokens and certificate authorities are noticed.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadAccount } from './connection.ts';
import { loadTransport } from './transport.ts';

/** One DER element: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes));
const name = (text: string) => der(0x30, der(0x31, der(0x30, oid(0x55, 4, 3), der(0x0c, Buffer.from(text)))));
const utcTime = (year: number) => der(0x17, Buffer.from(`${year}0101000000Z`));

/** A self-signed certificate for 127.0.0.1: authority and server at once. */
function certificate(common: string): { cert: string; key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2)); // ECDSA with SHA-256
  const addresses = der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])));
  const extension = (id: Buffer, value: Buffer) => der(0x30, id, der(0x04, value));
  const isAuthority = extension(oid(0x55, 0x1d, 0x13), der(0x30, der(0x01, Buffer.from([255]))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([common.length])),
    algorithm,
    name(common),
    der(0x30, utcTime(24), utcTime(49)),
    name(common),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, isAuthority, extension(oid(0x55, 0x1d, 0x11), addresses))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey as KeyObject));
  const base64 = der(0x30, body, algorithm, signature).toString('base64');
  const cert = `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const first = certificate('first');
const second = certificate('second, another one');
let folder: string;
let server: Server;
let tokens: (string | undefined)[];
let connections: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'squall-account-'));
  tokens = [];
  connections = 0;
  server = createServer(first, (request, response) => {
    tokens.push(request.headers.authorization);
    const known = request.headers.authorization !== 'Bearer expired';
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end('{"kind":"Test"}');
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  await writeFile(join(folder, 'ca.crt'), first.cert);
  await writeFile(join(folder, 'token'), 'one\n');
  await writeFile(join(folder, 'namespace'), 'squall-system\n');
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true });
});

const options = () => ({
  accountFolder: folder,
  env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: `${(server.address() as AddressInfo).port}` },
});
/** Lets the credentials grow old. */
function later() {
  const now = performance.now() + 60_000;
  vi.spyOn(performance, 'now').mockReturnValue(now);
}

test('in a pod: its own account, over one verified connection', async () => {
  const api = await loadTransport(options());
  for (let i = 0; i < 100; i++) await api.get('/version');
  expect(api.namespace).toBe('squall-system');
  expect(new Set(tokens)).toEqual(new Set(['Bearer one']));
  expect(connections).toBeLessThanOrEqual(2);
  await api.close();
});

test('a rotated token is noticed, and the connections are kept', async () => {
  const api = await loadTransport(options());
  await api.get('/version');
  await writeFile(join(folder, 'token'), 'two');
  await api.get('/version');
  later();
  await api.get('/version');
  expect(tokens).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  expect(connections).toBe(1);
  await api.close();
});

test('a token that is refused is read again at once', async () => {
  await writeFile(join(folder, 'token'), 'expired');
  server.once('request', () => {
    writeFileSync(join(folder, 'next'), 'two');
    renameSync(join(folder, 'next'), join(folder, 'token')); // as the kubelet does: whole or not at all
  });
  const api = await loadTransport(options());
  expect(await api.get('/version')).toEqual({ kind: 'Test' });
  expect(tokens).toEqual(['Bearer expired', 'Bearer two']);
  await api.close();
});

test('a rotated certificate authority is noticed', async () => {
  const api = await loadTransport(options());
  await api.get('/version');
  server.setSecureContext(second);
  server.closeAllConnections();
  const refused = await api.get('/version').catch((error: unknown) => error);
  expect(String(refused)).toContain('the certificate authority of the kubeconfig does not match the server');
  await writeFile(join(folder, 'ca.crt'), second.cert);
  later();
  expect(await api.get('/version')).toEqual({ kind: 'Test' });
  await api.close();
});

test('without a certificate authority that fits nothing is sent', async () => {
  await writeFile(join(folder, 'ca.crt'), second.cert);
  const api = await loadTransport(options());
  await expect(api.create('/api/v1/namespaces/a/configmaps', {})).rejects.toThrow('certificate authority');
  expect(tokens).toEqual([]);
  await api.close();
});

test('credentials that cannot be read are told, and nothing is in doubt', async () => {
  const api = await loadTransport(options());
  await rm(join(folder, 'token'));
  const error = await api.create('/api/v1/namespaces/a/configmaps', {}, { deadlineMs: 300 }).catch((e: unknown) => e);
  expect(String(error)).toBe('Error: POST /api/v1/namespaces/a/configmaps: NO_CREDENTIALS');
  await api.close();
});

test('an IPv6 address of the API server is bracketed', async () => {
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  expect((await loadAccount({ accountFolder: folder, env })).server).toBe('https://[fd00::1]:443');
});

test('a context that names no cluster says what to do', async () => {
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, JSON.stringify({ clusters: [], users: [], contexts: [], 'current-context': 'none' }));
  await expect(loadAccount({ kubeconfig })).rejects.toThrow(
    'context "none" names no cluster; choose one with --context',
  );
});
