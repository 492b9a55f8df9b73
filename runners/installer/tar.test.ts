// runners/installer/tar.test.ts — archives that we write: others read them, and equal content makes equal bytes.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { admission } from './admission.ts';
import { packFolder } from './store.ts';
import { survey } from './survey.ts';
import { unpack } from './unpack.ts';

const LIMITS = { files: 1000, fileBytes: 1e7, totalBytes: 1e8, yamlBytes: 1e6 };
const top = mkdtempSync(join(tmpdir(), 'squall-tar-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const long = `${'deep/'.repeat(40)}${'n'.repeat(150)}.py`;
const files: Readonly<Record<string, string>> = {
  'pack.yaml': 'name: x\n',
  empty: '',
  'actions/ünïcode ♥.sh': '#!/bin/sh\n',
  [long]: 'long\n',
  block: 'b'.repeat(512),
};

function makeFolder(names: readonly string[]): string {
  const folder = mkdtempSync(join(top, 'made-'));
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), files[name]!);
  }
  symlinkSync('pack.yaml', join(folder, 'again'));
  symlinkSync(`../${long}`, join(folder, 'actions', 'long'));
  return folder;
}

const packed = (folder: string) =>
  packFolder(
    { top: folder, prefix: 'x', entries: survey(folder, admission(LIMITS), LIMITS.files) },
    { scratch: mkdtempSync(join(top, 'out-')), name: 'files' },
  );

test('order, time and mode of the files do not matter', async () => {
  const [one, other] = [makeFolder(Object.keys(files)), makeFolder(Object.keys(files).reverse())];
  chmodSync(join(other, 'pack.yaml'), 0o600);
  utimesSync(join(other, 'empty'), 1, 1);
  expect((await packed(other)).digest).toBe((await packed(one)).digest);
  writeFileSync(join(other, 'empty'), ' ');
  expect((await packed(other)).digest).not.toBe((await packed(one)).digest);
});

test.each([
  [
    'tar',
    (archive: string, into: string) =>
      execFileSync('sh', ['-c', `zstd -dc "$1" | tar -xf - -C "$2"`, 'sh', archive, into]),
  ],
  ['our own reader', (archive: string, into: string) => unpack(archive, into, LIMITS, new AbortController().signal)],
])('%s reads it', async (_what, read) => {
  const into = mkdtempSync(join(top, 'into-'));
  await read((await packed(makeFolder(Object.keys(files)))).path, into);
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(into, 'x', name), 'utf8')).toBe(text);
  expect(readlinkSync(join(into, 'x/again'))).toBe('pack.yaml');
  expect(readFileSync(join(into, 'x/actions/long'), 'utf8')).toBe('long\n');
});

test('every file can be executed', async () => {
  const into = mkdtempSync(join(top, 'into-'));
  const { path } = await packed(makeFolder(Object.keys(files)));
  execFileSync('sh', ['-c', 'zstd -dc "$1" | tar -xpf - -C "$2"', 'sh', path, into]);
  expect(statSync(join(into, 'x/pack.yaml')).mode & 0o777).toBe(0o755);
});

test.each(['ustar', 'pax', 'gnu'])("tar's format %s is read", async (format) => {
  const folder = makeFolder(Object.keys(files));
  // ustar has no room for this one.
  if (format === 'ustar') for (const name of ['deep', 'actions/long']) rmSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'hard'), 'h');
  execFileSync('ln', [join(folder, 'hard'), join(folder, 'link')]);
  const [archive, into] = [join(top, `${format}.tar`), mkdtempSync(join(top, 'into-'))];
  execFileSync('tar', [`--format=${format}`, '-cf', archive, '-C', folder, '.']);
  await unpack(archive, into, LIMITS, new AbortController().signal);
  expect(readFileSync(join(into, 'link'), 'utf8')).toBe('h');
  expect(readFileSync(join(into, 'actions/ünïcode ♥.sh'), 'utf8')).toBe('#!/bin/sh\n');
});
