// runners/node/untar.ts — the bytes of a tar archive → files, folders and links below one folder, and nowhere else.
import { closeSync, constants, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Writable } from 'node:stream';
import { TaskFailure } from './failure.ts';

/** What an archive may hold: far more than any pack has, far less than a node. */
const ENTRIES_MAX = 500_000;
const TOTAL_MAX_BYTES = 8 * 1024 ** 3;
const HEADER_MAX_BYTES = 64 * 1024;
const BLOCK = 512;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export interface Destination {
  /** Exists, and is empty at `top`. */
  readonly folder: string;
  /** Name of the one folder that all entries are in. */
  readonly top: string;
  /** Whether a link at this path of the archive may have this absolute target. */
  readonly mayLink: (path: string, target: string) => boolean;
}

interface Entry {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly target: string;
}

/** Takes ustar, pax and GNU's long names; files get mode 0755. Errors with TaskFailure on what leaves the folder or is no file. */
export function untar({ folder, top, mayLink }: Destination): Writable {
  const folders = new Set<string>();
  let pending: Buffer = Buffer.alloc(0);
  let file: number | undefined;
  /** Bytes of content and of its padding that are still to come. */
  let left = 0;
  let padding = 0;
  /** Content that describes the next entry. */
  let described: { type: string; pieces: Buffer[] } | undefined;
  let next: { path?: string; target?: string; size?: number } = {};
  let entries = 0;
  let total = 0;

  function makeFolder(path: string): void {
    if (path === '.' || folders.has(path)) return;
    makeFolder(dirname(path));
    mkdirSync(join(folder, path));
    folders.add(path);
  }

  /** Parents are made here or refused: nothing is ever written through a link. */
  function begin({ path, type, size, target }: Entry): void {
    const place = placeOf(path, top);
    if (type === 'directory') return makeFolder(place);
    makeFolder(dirname(place));
    if (type === 'link') {
      const isInside = !target.startsWith('/') && isBelow(join(dirname(place), target), top);
      if (target === '' || target.includes('\0') || (!isInside && !mayLink(place, target)))
        throw refused(path, `is a link to ${JSON.stringify(target)}, outside of it`);
      return symlinkSync(target, join(folder, place));
    }
    file = openSync(join(folder, place), CREATE, 0o755);
    if (size === 0) finish();
  }

  function finish(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
    if (!described) return;
    const { type, pieces } = described;
    described = undefined;
    const bytes = Buffer.concat(pieces);
    if (type === 'x') next = { ...next, ...paxOf(bytes) };
    if (type === 'L') next.path = textOf(bytes, 0, bytes.length);
    if (type === 'K') next.target = textOf(bytes, 0, bytes.length);
  }

  function header(block: Buffer): void {
    if (block.every((byte) => byte === 0)) return;
    const letter = String.fromCharCode(block[156] ?? 0);
    const prefix = block.toString('latin1', 257, 262) === 'ustar' && block[263] === 0x30 ? textOf(block, 345, 155) : '';
    const name = textOf(block, 0, 100);
    const size = next.size ?? sizeOf(block);
    entries += 1;
    total += size;
    if (entries > ENTRIES_MAX) throw refused(name, `is one of more than ${ENTRIES_MAX}`);
    if (total > TOTAL_MAX_BYTES) throw refused(name, `makes it larger than ${TOTAL_MAX_BYTES} bytes`);
    left = size;
    padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if ('xgLK'.includes(letter)) {
      if (size > HEADER_MAX_BYTES) throw refused(name, 'has a name that is too long');
      described = { type: letter, pieces: [] };
      if (size === 0) finish();
      return;
    }
    const type = TYPES.get(letter);
    const path = next.path ?? (prefix === '' ? name : `${prefix}/${name}`);
    if (!type) throw refused(path, 'is neither a file, a folder nor a symbolic link');
    if (type !== 'file') left = padding = 0;
    begin({ path, type, size: left, target: next.target ?? textOf(block, 157, 100) });
    next = {};
  }

  /** Returns what cannot be used before more has come. */
  function consume(bytes: Buffer): Buffer {
    let at = 0;
    for (;;) {
      if (left > 0) {
        const piece = bytes.subarray(at, at + left);
        if (piece.length === 0) return piece;
        if (file !== undefined) writeWhole(file, piece);
        else described?.pieces.push(Buffer.from(piece));
        at += piece.length;
        left -= piece.length;
        if (left > 0) return Buffer.alloc(0);
        finish();
      }
      if (bytes.length - at < padding + BLOCK) return Buffer.from(bytes.subarray(at));
      at += padding;
      padding = 0;
      header(bytes.subarray(at, at + BLOCK));
      at += BLOCK;
    }
  }

  return new Writable({
    highWaterMark: 1024 * 1024,
    write(piece: Buffer, _, done) {
      try {
        pending = consume(pending.length === 0 ? piece : Buffer.concat([pending, piece]));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    final(done) {
      done(left > 0 || described ? new TaskFailure('The archive of the pack ends in the middle of a file') : undefined);
    },
    destroy(error, done) {
      if (file !== undefined) closeSync(file);
      file = undefined;
      done(error);
    },
  });
}

const TYPES: ReadonlyMap<string, 'file' | 'directory' | 'link'> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['2', 'link'],
  ['5', 'directory'],
]);

const refused = (path: string, why: string): TaskFailure =>
  new TaskFailure(`The archive of the pack is not used: ${JSON.stringify(path.slice(0, 200))} ${why}`);

/** The path without a slash at its end; throws for one that is not in `top`. */
function placeOf(path: string, top: string): string {
  const place = path.replace(/^\.\//, '').replace(/\/$/, '');
  if (place.startsWith('/') || place.includes('\0') || normalize(place) !== place || !isBelow(place, top))
    throw refused(path, `is not in the folder "${top}"`);
  return place;
}

const isBelow = (path: string, top: string): boolean => path === top || path.startsWith(`${top}/`);

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function textOf(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** Octal, or from 8 GiB on base 256, which is refused by its size. */
function sizeOf(block: Buffer): number {
  if (((block[124] ?? 0) & 0x80) !== 0) return Infinity;
  const text = textOf(block, 124, 12).trim();
  if (!/^[0-7]*$/.test(text)) throw new TaskFailure('The archive of the pack is not a tar archive');
  return Number.parseInt(text || '0', 8);
}

/** Lines of `<length> <key>=<value>\n`. */
function paxOf(bytes: Buffer): { path?: string; target?: string; size?: number } {
  const found: { path?: string; target?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, Math.max(space, at)));
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length)
      throw new TaskFailure('The archive of the pack has a header that cannot be read');
    const [, key, value = ''] = /^([^=]*)=(.*)\n$/s.exec(bytes.toString('utf8', space + 1, at + length)) ?? [];
    if (key === 'path') found.path = value;
    if (key === 'linkpath') found.target = value;
    if (key === 'size') found.size = /^\d{1,15}$/.test(value) ? Number(value) : Infinity;
    at += length;
  }
  return found;
}
