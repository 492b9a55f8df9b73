// operator/http/blob-store.test.ts — when content goes: never while it is needed, nor soon after, but for what is damaged.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BlobStore } from './blob-store.ts';

const home = mkdtempSync(join(tmpdir(), 'squall-blobs-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const BEGIN = Date.parse('2026-03-01T12:00:00Z');
const at = (hours: number): Date => new Date(BEGIN + hours * HOUR_MS);

/** A store with one file of that time. */
async function stored() {
  const folder = mkdtempSync(join(home, 'store-'));
  const store = new BlobStore(folder);
  const { digest } = await store.put('"files of a pack"');
  const hash = digest.slice('sha256:'.length);
  const path = join(folder, hash.slice(0, 2), hash);
  utimesSync(path, at(0), at(0));
  return { store, digest, path };
}

test('what was needed for days stays for a time after an upgrade: a pod of the old version may just be starting', async () => {
  const { store, digest } = await stored();
  for (let hour = 0; hour <= 48; hour++) expect(await store.collect(() => true, at(hour))).toBe(0);
  // From now on nobody refers to it.
  expect(await store.collect(() => false, at(48.02))).toBe(0);
  expect(await store.collect(() => false, at(49))).toBe(0);
  expect(await store.text(digest)).toBe('"files of a pack"');
  expect(await store.collect(() => false, at(50.1))).toBe(1);
  expect(await store.text(digest)).toBeUndefined();
});

test('what a disk has damaged is not given out, and can be brought again', async () => {
  const { store, digest, path } = await stored();
  writeFileSync(path, '"files of a pick"');
  expect(await store.text(digest)).toBeUndefined();
  expect(await store.has(digest)).toBe(false);
  await store.put('"files of a pack"');
  expect(await store.text(digest)).toBe('"files of a pack"');
});

test('another operator process knows when it was needed last', async () => {
  const { store, digest } = await stored();
  await store.collect((one) => one === digest, at(20));
  expect(await store.collect(() => false, at(21.9))).toBe(0);
  expect(await store.collect(() => false, at(22.1))).toBe(1);
});

test('what was brought, or asked for, lately stays though nobody refers to it yet', async () => {
  const { store, digest } = await stored();
  expect(await store.has(digest)).toBe(true);
  expect(await store.collect(() => false, new Date(Date.now() + HOUR_MS))).toBe(0);
  expect(await store.collect(() => false, new Date(Date.now() + 2.1 * HOUR_MS))).toBe(1);
});

test('content that finds room for a part of it only is not stored', async () => {
  const folder = mkdtempSync(join(home, 'store-'));
  const content = Buffer.alloc(70_000);
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const module = JSON.stringify(new URL('./blob-store.ts', import.meta.url).href);
  const program = `
    const { BlobStore } = await import(${module});
    const chunks = (async function* () { yield Buffer.alloc(70_000); })();
    await new BlobStore(${JSON.stringify(folder)}).take('${digest}', chunks, 1e6).catch(({ code }) => console.log(code));`;
  // As on a volume that gets full: the kernel takes 51 200 bytes, and refuses the next one.
  const words = ['-c', 'ulimit -f 100; exec "$0" --input-type=module -e "$1"', process.execPath, program];
  const { stdout } = spawnSync('sh', words, { encoding: 'utf8' });
  expect([stdout, await new BlobStore(folder).has(digest)]).toEqual(['EFBIG\n', false]);
});
