// operator/controllers/execution-look.test.ts — the log of a container, from a real HTTP server, as the result that is kept.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { execution, observed } from '../domain/execution/builders.setup.ts';
import type { Look } from '../domain/execution/observed.ts';
import type { ContainerResult } from '../domain/result/result.ts';
import { bytesOf, LOG_TAIL_BYTES, WITHHELD } from '../domain/result/result.ts';
import { Client } from '../kube/client.ts';
import { loadTransport } from '../kube/transport.ts';
import { createLog } from '../telemetry/log.ts';
import { answer } from './execution-look.ts';

/** What a look gives when the API server answers so; larger results are put aside as they are. */
async function lookAt(respond: (response: ServerResponse) => void, look: Partial<Look & { at: 'log' }> = {}) {
  const urls: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url);
    respond(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const folder = await mkdtemp(join(tmpdir(), 'squall-look-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    clusters: [{ name: 'c', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'sesame' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const transport = await loadTransport({ kubeconfig });
  const stored: string[] = [];
  const storeResult = async (json: string) => {
    stored.push(json);
    return { digest: 'sha256:x', bytes: json.length };
  };
  const client = new Client({ transport, kinds: [], fieldManager: 'squall', instance: 'o' });
  const log = createLog({ level: 'silent' });
  try {
    const question = { at: 'log', pod: 'e-1-x', exitCode: 1, message: 'm', hasSecrets: false, ...look } as const;
    const seen = await answer(question, observed({ self: execution() }).self, { client, transport, storeResult, log });
    const inline = seen.stored && 'inline' in seen.stored ? seen.stored.inline : undefined;
    const result = (inline ?? JSON.parse(stored[0] ?? '{}')) as ContainerResult;
    return { urls, result, seenLog: seen.log ?? '', all: JSON.stringify([seen.stored, stored]) };
  } finally {
    await transport.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true });
  }
}

test('the last words of a long log are kept, however long its lines are', async () => {
  const { result, urls } = await lookAt((response) => {
    for (let i = 0; i < 40; i++) response.write(`${'€'.repeat(50_000)}\n`);
    response.end('fatal: disk full\n');
  });
  expect(urls).toEqual(['/api/v1/namespaces/prod/pods/e-1-x/log?container=action&tailLines=5000']);
  expect(result.log.endsWith('€\nfatal: disk full\n')).toBe(true);
  expect(result.log).not.toContain('\ufffd');
  expect(bytesOf(result.log)).toBeGreaterThan(LOG_TAIL_BYTES - 4);
  expect(bytesOf(result.log)).toBeLessThanOrEqual(LOG_TAIL_BYTES);
  expect(result).toMatchObject({ exit_code: 1, message: 'm', failed: true });
});

test('a log without end says that its end is not there', async () => {
  const { result } = await lookAt((response) => {
    const chunk = Buffer.alloc(4 * 1024 * 1024, 'x');
    const more = () => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(result.log).toMatch(/x\n\(this is not the end: .*128 MiB.*\)$/);
  expect(bytesOf(result.log)).toBeLessThanOrEqual(LOG_TAIL_BYTES);
});

test('of a container with a secret neither log nor message is kept, only looked at', async () => {
  const { all, result, seenLog } = await lookAt((response) => response.end('connect with hunter2: are you root?'), {
    message: '{"password": "hunter2"}',
    hasSecrets: true,
  });
  expect(result).toEqual({ exit_code: 1, message: WITHHELD, log: WITHHELD, succeeded: false, failed: true });
  expect(all).not.toContain('hunter2');
  expect(seenLog).toContain('are you root');
});

test('a log that is gone makes a result without one', async () => {
  const { result } = await lookAt((response) => response.writeHead(404).end());
  expect(result).toMatchObject({ exit_code: 1, log: '' });
});
