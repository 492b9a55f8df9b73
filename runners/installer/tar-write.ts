// runners/installer/tar-write.ts — entries of a folder → a tar archive, whose bytes depend on names and content alone.
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailure } from './failure.ts';
import type { TreeEntry } from './survey.ts';

const BLOCK = 512;
const PIECE_BYTES = 256 * 1024;
/** Scripts of packs are started by their files, whatever mode their repository has them in. */
const MODE = 0o755;
const TYPES = { file: '0', link: '2', folder: '5' } as const;

/** Yields the archive piece by piece. All are below `prefix`; owner is 0 and time is 0, so that equal content makes equal bytes. */
export async function* tarOf(top: string, prefix: string, entries: readonly TreeEntry[]): AsyncGenerator<Buffer> {
  yield headerOf({ path: prefix, kind: 'folder', sizeBytes: 0, target: undefined });
  for (const entry of entries) {
    yield headerOf({ ...entry, path: `${prefix}/${entry.path}` });
    if (entry.kind !== 'file') continue;
    let length = 0;
    for await (const piece of contentOf(join(top, entry.path), entry.sizeBytes)) {
      length += piece.length;
      yield piece;
    }
    if (length !== entry.sizeBytes)
      throw new StepFailure(`${entry.path} changed while it was read: install the pack again`);
    yield Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** A stream costs more than the content of most files. */
async function* contentOf(path: string, sizeBytes: number): AsyncGenerator<Buffer> {
  if (sizeBytes <= PIECE_BYTES) yield readFileSync(path);
  else yield* createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>;
}

/** Header of an entry, after a record of its names where they do not fit. */
function headerOf({ path, kind, sizeBytes, target }: TreeEntry): Buffer {
  const name = kind === 'folder' ? `${path}/` : path;
  const records = [
    ...(fits(name) ? [] : [recordOf('path', name)]),
    ...(target !== undefined && !fits(target) ? [recordOf('linkpath', target)] : []),
  ];
  const own = blockOf({ name, type: TYPES[kind], sizeBytes, target: target ?? '' });
  if (records.length === 0) return own;
  const body = Buffer.concat(records);
  const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
  return Buffer.concat([blockOf({ name: 'names', type: 'x', sizeBytes: body.length, target: '' }), body, padding, own]);
}

// oxlint-disable-next-line no-control-regex
const fits = (text: string): boolean => text.length <= 100 && /^[\u0001-\u007f]*$/.test(text);

/** Its length counts its own digits. */
function recordOf(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function blockOf({
  name,
  type,
  sizeBytes,
  target,
}: {
  name: string;
  type: string;
  sizeBytes: number;
  target: string;
}): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void =>
    void block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(name.slice(0, 100), 0, 100, 'latin1');
  octal(MODE, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(target.slice(0, 100), 157, 100, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}
