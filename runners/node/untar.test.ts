// runners/node/untar.test.ts — archives of packs in a pod: what is written, and that nothing is written elsewhere.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test } from 'vitest';
import { type Made, madeTar, paxRecord } from '../installer/tar-made.setup.ts';
import { TaskFailure } from './failure.ts';
import { untar } from './untar.ts';

const home = mkdtempSync(join(tmpdir(), 'squall-untar-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function unpacked(archive: Buffer, pieceBytes = 65_536): Promise<string> {
  const folder = join(mkdtempSync(join(home, 'into-')), 'packs');
  mkdirSync(folder);
  const pieces = Array.from({ length: Math.ceil(archive.length / pieceBytes) }, (_, at) =>
    archive.subarray(at * pieceBytes, (at + 1) * pieceBytes),
  );
  const mayLink = (path: string, target: string): boolean =>
    path === 'shop/bin/python' && target === '/usr/bin/python3';
  await pipeline(Readable.from(pieces, { objectMode: false }), untar({ folder, top: 'shop', mayLink }));
  return folder;
}

const long = `shop/${'deep/'.repeat(30)}${'n'.repeat(120)}.py`;
const ENTRIES: readonly Made[] = [
  { name: 'shop/', type: '5' },
  { name: 'shop/empty' },
  { name: 'shop/actions/run.sh', content: '#!/bin/sh\n'.repeat(300) },
  paxRecord('path', long),
  { name: 'cut', content: 'long' },
  { name: 'shop/lib', type: '2', target: 'actions' },
  { name: 'shop/bin/python', type: '2', target: '/usr/bin/python3' },
];

test.each([1, 511, 512, 513, 65_536])('pieces of %d bytes make the same files', async (pieceBytes) => {
  const folder = await unpacked(madeTar(ENTRIES), pieceBytes);
  expect(readdirSync(join(folder, 'shop')).sort()).toEqual(['actions', 'bin', 'deep', 'empty', 'lib']);
  expect(readFileSync(join(folder, 'shop/lib/run.sh'), 'utf8')).toHaveLength(3000);
  expect(readFileSync(join(folder, long), 'utf8')).toBe('long');
  expect(statSync(join(folder, 'shop/empty')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(folder, 'shop/bin/python'))).toBe('/usr/bin/python3');
});

const link = (name: string, target: string): Made => ({ name, type: '2', target });
test.each<[string, readonly Made[], RegExp]>([
  ['another folder', [{ name: 'other/x', content: 'x' }], /"other\/x" is not in the folder "shop"/],
  ['a way out', [{ name: 'shop/../x', content: 'x' }], /is not in the folder/],
  ['an absolute path', [{ name: '/shop/x', content: 'x' }], /is not in the folder/],
  ['an absolute path in a record', [paxRecord('path', '/etc/x'), { name: 'shop/x' }], /is not in the folder/],
  ['a link out', [link('shop/x', '../../x')], /is a link to "\.\.\/\.\.\/x", outside of it/],
  ['an absolute link', [link('shop/x', '/etc')], /is a link to "\/etc"/],
  ['a file through a link', [link('shop/x', 'y'), { name: 'shop/x/z', content: 'z' }], /EEXIST/],
  ['a file in the place of a link', [link('shop/x', 'y'), { name: 'shop/x', content: 'z' }], /EEXIST/],
  ['a hard link', [{ name: 'shop/x', type: '1', target: '/etc/passwd' }], /neither a file, a folder nor/],
  ['a device', [{ name: 'shop/x', type: '3' }], /it is a device/],
  ['more than a node has', [paxRecord('size', '9999999999999'), { name: 'shop/x' }], /makes it larger than/],
])('%s is refused', async (_what, entries, message) => {
  const before = readdirSync(home).length;
  await expect(unpacked(madeTar(entries))).rejects.toThrow(message);
  expect(readdirSync(home)).toHaveLength(before + 1);
});

test('what is cut off, and what is no archive', async () => {
  await expect(unpacked(madeTar(ENTRIES).subarray(0, 3000))).rejects.toThrow(TaskFailure);
  await expect(unpacked(Buffer.alloc(4096, 'noise'))).rejects.toThrow(/is damaged: .*; install the pack again/);
});
