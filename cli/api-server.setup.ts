// cli/api-server.setup.ts — for tests: an HTTP server that answers as an API server does, and the program run against it.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('./squall.js', import.meta.url));

/** What a route answers; `body` is that of the request. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;
interface Run {
  code: number;
  out: string;
  err: string;
}

/** An answer that is always the same. */
export const reply =
  (value: unknown, code = 200): Answer =>
  (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
/** An answer as the API server words its refusals. */
export const failure = (code: number, reason: string, message: string) =>
  reply({ kind: 'Status', reason, message }, code);

/** Serves `routes` ("METHOD path" → answer; `others` otherwise) and gives a way to run the program against it. */
export async function serve(
  routes: Record<string, Answer>,
  others: Answer = (request, ...rest) =>
    failure(404, 'NotFound', `${(request.url ?? '').split('?')[0]} not found`)(request, ...rest),
): Promise<((...words: string[]) => Promise<Run>) & { readonly kubeconfig: string }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const route = routes[`${request.method} ${path}`] ?? others;
      route(request, response, Buffer.concat(chunks).toString());
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'squall-cli-')), 'config');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'team' } }],
      clusters: [{ name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'test', user: { token: 'the-token' } }],
    }),
  );
  const run = (...words: string[]): Promise<Run> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [PROGRAM, '--kubeconfig', kubeconfig, ...words]);
      let out = '';
      let err = '';
      child.stdout.on('data', (text) => (out += text));
      child.stderr.on('data', (text) => (err += text));
      child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
    });
  return Object.assign(run, { kubeconfig });
}
