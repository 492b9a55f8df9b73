// runners/installer/survey.ts — a folder on disk → its entries, sorted, each admitted.
import { type Dir, lstatSync, opendirSync, readlinkSync, type Stats } from 'node:fs';
import { type Admission, type EntryKind } from './admission.ts';
import { Refusal } from './failure.ts';

export interface TreeEntry {
  /** Within the folder, with / between its parts. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  /** Of a link. */
  readonly target: string | undefined;
}

const SLASH = Buffer.from('/');

/** Sorted by path, bytewise, so that the same files come in the same order everywhere. `.git` is left out. Throws Refusal. */
export function survey(top: string, admit: Admission, mostFiles: number): TreeEntry[] {
  assertFew(top, mostFiles);
  const entries: TreeEntry[] = [];
  const open: Buffer[] = [Buffer.alloc(0)];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const name of namesIn(top, folder)) {
      const stats = lstatSync(within(top, name));
      const kind = kindOf(stats);
      if (kind === undefined)
        throw new Refusal(name.toString(), `it is ${strangeKind(stats)}; a pack has files, folders and links`);
      const sizeBytes = kind === 'file' ? stats.size : 0;
      const path = admit.entry(name, kind, sizeBytes);
      if (path === undefined) continue;
      const target =
        kind === 'link' ? admit.target(path, readlinkSync(within(top, name), { encoding: 'buffer' })) : undefined;
      entries.push({ path, kind, sizeBytes, target });
      if (kind === 'folder') open.push(name);
    }
  }
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

const PAGE_BYTES = 4096;
/** Memory of a name and what the kernel knows of its file. */
const NODE_BYTES = 1024;

/** Memory that entries take in a file system that is in memory. */
export const unpackedBytesOf = (entries: readonly TreeEntry[]): number =>
  entries.reduce((sum, { sizeBytes }) => sum + Math.ceil(sizeBytes / PAGE_BYTES) * PAGE_BYTES + NODE_BYTES, 0);

/** Counts by the folders alone, which takes a tenth of the time of looking at each file. */
function assertFew(top: string, mostFiles: number): void {
  let count = 0;
  const open: Buffer[] = [Buffer.alloc(0)];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const { name, isFolder } of listed(top, folder)) {
      if (name.equals(Buffer.from('.git'))) continue;
      if (++count > 2 * mostFiles) throw new Refusal(name.toString(), `the pack has more than ${mostFiles} files`);
      if (isFolder) open.push(joined(folder, name));
    }
  }
}

function* namesIn(top: string, folder: Buffer): Generator<Buffer> {
  for (const { name } of listed(top, folder)) yield joined(folder, name);
}

/** Names as bytes: they need not be UTF-8. A folder of a million files is not read as a whole. */
function* listed(top: string, folder: Buffer): Generator<{ readonly name: Buffer; readonly isFolder: boolean }> {
  const path = folder.length === 0 ? Buffer.from(top) : within(top, folder);
  const directory: Dir = opendirSync(path as unknown as string, {
    encoding: 'buffer' as BufferEncoding,
    bufferSize: 256,
  });
  try {
    for (let one = directory.readSync(); one; one = directory.readSync())
      yield { name: one.name as unknown as Buffer, isFolder: one.isDirectory() };
  } finally {
    directory.closeSync();
  }
}

const joined = (folder: Buffer, name: Buffer): Buffer =>
  folder.length === 0 ? name : Buffer.concat([folder, SLASH, name]);
const within = (top: string, name: Buffer): Buffer => Buffer.concat([Buffer.from(top), SLASH, name]);

function kindOf(stats: Stats): EntryKind | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : undefined;
}

const strangeKind = (stats: Stats): string => {
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
};
