// runners/conformance/archive.ts — entries → a tar archive, compressed with zstd, and its digest; hostile ones too.
import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';

export interface ArchiveEntry {
  readonly path: string;
  /** Content of a file. */
  readonly text?: string | undefined;
  /** Target of a symbolic link. */
  readonly link?: string | undefined;
  /** Letter of the type, for what is neither. Default: by what is given, else a folder. */
  readonly type?: string | undefined;
}

export interface Archive {
  readonly digest: string;
  readonly bytes: Buffer;
}

export function archiveOf(entries: readonly ArchiveEntry[]): Archive {
  const bytes = zstdCompressSync(Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1024)]));
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

/** Paths of more than 100 bytes get a pax header. */
function blocksOf({ path, text, link, type }: ArchiveEntry): Buffer[] {
  const letter = type ?? (link !== undefined ? '2' : text !== undefined ? '0' : '5');
  const content = Buffer.from(text ?? '');
  const long = Buffer.byteLength(path) > 100;
  return [
    ...(long ? blocksWith('x', 'pax', '', paxLine('path', path)) : []),
    ...blocksWith(letter, long ? 'long' : path, link ?? '', content),
  ];
}

function blocksWith(letter: string, path: string, link: string, content: Buffer): Buffer[] {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000755\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(letter, 156);
  header.write(link, 157);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

/** Its own length is part of the line. */
function paxLine(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
