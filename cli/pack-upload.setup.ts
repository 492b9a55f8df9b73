// cli/pack-upload.setup.ts — for tests: folders of authors, and an operator that keeps what it is given.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { connect } from './kube.ts';

export function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'squall-upload-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A session with an operator that keeps what it is given. */
export async function session() {
  const given: Buffer[] = [];
  const operator = {
    metadata: { name: 'squall', namespace: 'ops' },
    spec: { template: { spec: { containers: [{}] } } },
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.method === 'PUT') given.push(Buffer.concat(pieces));
      response.end(JSON.stringify({ items: [operator], metadata: {} }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const kubeconfig = join(folderWith({}), 'config');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = { name: 'test' };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'test',
      contexts: [{ ...one, context: { cluster: 'test', user: 'test', namespace: 'team' } }],
      clusters: [{ ...one, cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ ...one, user: { token: 'the-token' } }],
    }),
  );
  const to = await connect({ kubeconfig });
  onTestFinished(() => to.dispatcher.close());
  const screen = { out: () => undefined, err: () => undefined, colour: false };
  return { session: { to, namespace: 'team', operatorNamespace: undefined, screen, now: () => new Date() }, given };
}

/** Of a tar archive, compressed by gzip. */
export const namesIn = (archive: Buffer | undefined): readonly string[] =>
  spawnSync('tar', ['-tzf', '-'], { input: archive, encoding: 'utf8' })
    .stdout.split('\n')
    .filter((name) => name !== '' && !name.endsWith('/'))
    .toSorted();
