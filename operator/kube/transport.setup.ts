// operator/kube/transport.setup.ts — for the tests of the transport: a real HTTP server that answers as the test says.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { loadTransport, type Transport, type TransportOptions } from './transport.ts';

export type Answer = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Scene {
  /** What the server does with a request. */
  answer: Answer;
  /** The requests of this test. */
  readonly seen: Seen[];
  /** How many connections were made to it in this test. */
  connections: number;
  address(): AddressInfo;
  /** A transport to the server, or to another address; closed when the test ends. */
  open(options?: TransportOptions, url?: string): ReturnType<typeof loadTransport>;
}

export const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', namespace: 'a', uid: 'u', resourceVersion: '1' },
};
export const MAPS = '/api/v1/namespaces/a/configmaps';

export const ok: Answer = (_request, response) => send(response, 200, object);
export const reset: Answer = (request) => {
  request.socket.resetAndDestroy();
};
export const refuse =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    send(response, code, status(code, 'Reason', `said ${code}`), headers);
/** Plays the answers in order; the last one for ever. */
export const play = (...answers: Answer[]): Answer => {
  let n = 0;
  return (request, response) => (answers[Math.min(n++, answers.length - 1)] ?? reset)(request, response);
};

export const send = (response: ServerResponse, code: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
export const status = (code: number, reason: string, message: string, details?: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  code,
  reason,
  message,
  details,
});

export const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Starts the server before the tests of a file, and stops it after them. */
export function serve(): Scene {
  let folder = '';
  const transports: Transport[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      scene.seen.push({ method, url, headers, text });
      scene.answer(Object.assign(request, { text }), response);
    });
  });
  server.on('connection', () => {
    scene.connections += 1;
  });
  const scene: Scene = {
    answer: ok,
    seen: [],
    connections: 0,
    address: () => server.address() as AddressInfo,
    open: async (options = {}, url = `http://127.0.0.1:${scene.address().port}`) => {
      const transport = await loadTransport({ kubeconfig: await kubeconfig(folder, url), ...options });
      transports.push(transport);
      return transport;
    },
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'squall-transport-'));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  });
  afterEach(async () => {
    for (const transport of transports.splice(0)) await transport.close();
    server.closeAllConnections();
    scene.seen.length = 0;
    scene.connections = 0;
  });
  afterAll(async () => {
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true });
  });
  return scene;
}

async function kubeconfig(folder: string, url: string): Promise<string> {
  const file = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'sesame' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'home' } }],
    'current-context': 'x',
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
