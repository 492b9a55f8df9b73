// runners/node/untar.ts — the bytes of a tar archive → files, folders and links below one folder, and nowhere else.
import { closeSync, constants, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Writable } from 'node:stream';
import { TaskFailure } from './failure.ts';
import { type TarEntry, TarReader, type TarVisitor } from './tar-read.ts';

/** What an archive may hold: far more than any pack has, far less than a node. */
const ENTRIES_MAX = 500_000;
const TOTAL_MAX_BYTES = 8 * 1024 ** 3;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export interface Destination {
  /** Exists, and is empty at `top`. */
  readonly folder: string;
  /** Name of the one folder that all entries are in. */
  readonly top: string;
  /** Whether a link at this path of the archive may have this absolute target. */
  readonly mayLink: (path: string, target: string) => boolean;
}

/** Takes ustar, pax and GNU's long names; files get mode 0755. Errors with TaskFailure on what leaves the folder or is no file. */
export function untar(destination: Destination): Writable {
  const placed = placing(destination);
  const reader = new TarReader(placed.visitor, {
    headersMax: ENTRIES_MAX,
    refusal: refused,
    damage: (what) => new TaskFailure(`The archive of the pack ${what}; install the pack again`),
  });
  const attempt = (act: () => void, done: (error?: Error) => void): void => {
    try {
      act();
      done();
    } catch (error) {
      done(error as Error);
    }
  };
  return new Writable({
    highWaterMark: 1024 * 1024,
    write: (piece: Buffer, _, done) => attempt(() => reader.push(piece), done),
    final: (done) => attempt(() => reader.finish(), done),
    destroy(error, done) {
      placed.close();
      done(error);
    },
  });
}

/** Parents are made here or refused: nothing is ever written through a link. */
function placing({ folder, top, mayLink }: Destination): { readonly visitor: TarVisitor; close(): void } {
  const folders = new Set<string>();
  let file: number | undefined;
  let total = 0;

  function makeFolder(path: string): void {
    if (path === '.' || folders.has(path)) return;
    makeFolder(dirname(path));
    mkdirSync(join(folder, path));
    folders.add(path);
  }

  function makeLink(place: string, target: string): void {
    const isInside = !target.startsWith('/') && isBelow(join(dirname(place), target), top);
    if (target === '' || target.includes('\0') || (!isInside && !mayLink(place, target)))
      throw refused(place, `is a link to ${JSON.stringify(target)}, outside of it`);
    symlinkSync(target, join(folder, place));
  }

  function close(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  function entry({ name, kind, sizeBytes, target }: TarEntry): void {
    const path = name.toString();
    const place = placeOf(path, top);
    total += sizeBytes;
    if (total > TOTAL_MAX_BYTES) throw refused(path, `makes it larger than ${TOTAL_MAX_BYTES} bytes`);
    if (kind === 'folder') return makeFolder(place);
    if (kind === 'hardLink') throw refused(path, 'is neither a file, a folder nor a symbolic link');
    makeFolder(dirname(place));
    if (kind === 'link') return makeLink(place, target.toString());
    file = openSync(join(folder, place), CREATE, 0o755);
  }

  const content = (piece: Buffer): void => {
    if (file !== undefined) for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done);
  };
  return { visitor: { entry, content, entryEnd: close }, close };
}

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
