// cli/pack-upload.test.ts — a folder of an author → the archive that the operator is given.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from './kube.ts';
import { uploadFolder } from './pack-upload.ts';

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'squall-upload-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A session with an operator that keeps what it is given. */
async function session() {
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

const namesIn = (archive: Buffer | undefined): readonly string[] =>
  spawnSync('tar', ['-tzf', '-'], { input: archive, encoding: 'utf8' })
    .stdout.split('\n')
    .filter((name) => name !== '' && !name.endsWith('/'))
    .toSorted();

const FILES = { 'pack.yaml': '', '.git/HEAD': '', 'lib/__pycache__/a.pyc': '', 'node_modules/ms/index.js': '' };

test('what git, Python and npm have made there stays where it is; packages without package.json belong to the pack', async () => {
  const { session: open, given } = await session();
  const digest = await uploadFolder(open, folderWith({ ...FILES, 'package.json': '{}' }), 'files');
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(namesIn(given[0])).toEqual(['./pack.yaml', './package.json'].toSorted());
  await uploadFolder(open, folderWith(FILES), 'files');
  expect(namesIn(given[1])).toEqual(['./node_modules/ms/index.js', './pack.yaml']);
});

test('a folder that is too large is told before it is sent', async () => {
  const { session: open, given } = await session();
  const folder = folderWith({ 'pack.yaml': '', data: '' });
  truncateSync(join(folder, 'data'), 201 * 1024 * 1024);
  await expect(uploadFolder(open, folder, 'files')).rejects.toThrow(
    `${folder}: it cannot be packed: it has more than 200 MiB; take out what is no part of the pack`,
  );
  expect(given).toEqual([]);
});
