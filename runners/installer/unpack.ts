// runners/installer/unpack.ts — an archive that somebody uploaded → a folder; everything is judged before anything is written.
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Writable, type Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import type { InstallLimits } from '../../operator/api/install.ts';
import { type Admission, admission } from './admission.ts';
import { Refusal, StepFailure, Stopped } from './failure.ts';
import { placingIn } from './placing.ts';
import { type TarEntry, type TarLimits, TarReader, type TarVisitor } from '../node/tar-read.ts';

/** How many times as large as itself an archive may become, once it has become larger than the second number, in bytes. */
const RATIO_MAX = 100;
const RATIO_FROM_BYTES = 16 * 1024 * 1024;
/** Window of zstd, as a power of 2: 32 MiB of memory. */
const WINDOW_LOG_MAX = 25;
const PIECE_BYTES = 64 * 1024;

type Format = 'tar' | 'gzip' | 'zstd';

/** Unpacks into `top`, an empty folder. Throws Refusal for hostile content, StepFailure for what is no archive. */
export async function unpack(file: string, top: string, limits: InstallLimits, stop: AbortSignal): Promise<void> {
  const format = formatOf(file);
  const tar: TarLimits = {
    headersMax: 4 * limits.files + 16,
    refusal: (name, why) => new Refusal(name, why),
    damage: (what) => new StepFailure(`The archive ${what}: make it again`),
  };
  await readArchive(file, format, new TarReader(judging(admission(limits)), tar), stop);
  const placed = placing(top, admission(limits));
  await readArchive(file, format, new TarReader(placed.visitor, tar), stop);
  placed.finish();
}

/** By its first bytes: names of uploaded files say nothing. */
function formatOf(file: string): Format {
  const head = Buffer.alloc(512);
  const fd = openSync(file, 'r');
  readSync(fd, head);
  closeSync(fd);
  const magic = head.toString('latin1', 0, 4);
  if (magic === '\x28\xb5\x2f\xfd') return 'zstd';
  if (magic.startsWith('\x1f\x8b')) return 'gzip';
  if (head.toString('latin1', 257, 262) === 'ustar') return 'tar';
  const what = magic.startsWith('PK') ? 'a zip archive' : 'of an unknown format';
  throw new StepFailure(`The archive is ${what}: upload a .tar, .tar.gz or .tar.zst`);
}

async function readArchive(file: string, format: Format, reader: TarReader, stop: AbortSignal): Promise<void> {
  if (format === 'tar') return readPlain(file, reader, stop);
  const input = createReadStream(file, { highWaterMark: PIECE_BYTES });
  const over = new AbortController();
  let outBytes = 0;
  const sink = new Writable({
    highWaterMark: PIECE_BYTES,
    write(piece: Buffer, _encoding, done) {
      outBytes += piece.length;
      try {
        if (outBytes > RATIO_FROM_BYTES && outBytes > RATIO_MAX * input.bytesRead)
          throw new Refusal(
            '(archive)',
            `it becomes more than ${RATIO_MAX} times as large when it is unpacked: a decompression bomb`,
          );
        reader.push(piece);
      } catch (error) {
        return done(error as Error);
      }
      // What follows the end of the archive is not unpacked any more.
      if (reader.ended) over.abort();
      done();
    },
  });
  try {
    const signal = AbortSignal.any([stop, over.signal]);
    await pipeline(input, decoderOf(format), sink, { signal });
    reader.finish();
  } catch (error) {
    if (stop.aborted) throw new Stopped('the pod was told to stop');
    if (over.signal.aborted) return;
    if (error instanceof StepFailure) throw error;
    throw new StepFailure(`The archive can not be unpacked, make it again: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Of an archive that is not compressed only what is wanted is read: to judge one of 200 MB takes no longer than one of 200 KB. */
function readPlain(file: string, reader: TarReader, stop: AbortSignal): void {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (let at = 0; at < size && !reader.ended; ) {
      if (stop.aborted) throw new Stopped('the pod was told to stop');
      const length = readSync(fd, piece, 0, piece.length, at);
      if (length === 0) break;
      at += length;
      reader.push(piece.subarray(0, length));
      if (reader.skippable === 0 || at + reader.skippable > size) continue;
      at += reader.skippable;
      reader.skip();
    }
    reader.finish();
  } finally {
    closeSync(fd);
  }
}

function decoderOf(format: Exclude<Format, 'tar'>): Transform {
  if (format === 'gzip') return createGunzip({ chunkSize: PIECE_BYTES });
  return createZstdDecompress({ chunkSize: PIECE_BYTES, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX } });
}

/** Looks at the headers only. */
const judging = (admit: Admission): TarVisitor => ({ entry: (entry) => void admitEntry(entry, admit) });

interface Admitted {
  readonly path: string;
  readonly target: string;
}

function admitEntry({ name, kind, sizeBytes, target }: TarEntry, admit: Admission): Admitted | undefined {
  const path = admit.entry(name, kind === 'hardLink' ? 'file' : kind, sizeBytes);
  if (path === undefined) return undefined;
  if (kind === 'link') return { path, target: admit.target(path, target) };
  if (kind !== 'hardLink') return { path, target: '' };
  const other = target.toString().replace(/^(?:\.\/)+/, '');
  if (other === path || !admit.hasFile(other))
    throw new Refusal(path, `it is a hard link to ${other.slice(0, 200)}, which is no file of the archive before it`);
  return { path, target: other };
}

/** Writes what it admits. */
function placing(top: string, admit: Admission): { readonly visitor: TarVisitor; finish(): void } {
  const place = placingIn(top);
  let open: ReturnType<typeof place.file> | undefined;
  const visitor: TarVisitor = {
    entry(entry) {
      const admitted = admitEntry(entry, admit);
      if (!admitted) return;
      const { path, target } = admitted;
      if (entry.kind === 'folder') place.folder(path);
      else if (entry.kind === 'link') place.link(path, target);
      else if (entry.kind === 'hardLink') place.copy(path, join(top, target));
      else open = place.file(path);
    },
    content: (piece) => open?.write(piece),
    entryEnd() {
      open?.end();
      open = undefined;
    },
  };
  return { visitor, finish: place.finish };
}
