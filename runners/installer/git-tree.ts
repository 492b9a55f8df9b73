// runners/installer/git-tree.ts — a commit in a bare repository → files in a folder; no checkout, so no filter, hook or attribute acts.
import type { InstallLimits } from '../../operator/api/install.ts';
import { admission } from './admission.ts';
import { Refusal, StepFailure } from './failure.ts';
import { type Placing, placingIn } from './placing.ts';

/** Runs git in the repository; throws StepFailure when git fails. */
export type Git = (
  words: readonly string[],
  options?: { readonly stdin?: Buffer; readonly onStdout?: (chunk: Buffer) => void },
) => Promise<string>;

interface Blob {
  readonly path: string;
  readonly hash: string;
  readonly isLink: boolean;
}

/** Longest target of a link, in bytes. */
const TARGET_MAX_BYTES = 4096;
const RECORD_MAX_BYTES = 64 * 1024;

/** Writes the tree (`commit` or `commit:folder`) into `top`, an empty folder. Submodules are left out, as StackStorm leaves them. */
export async function writeTree(git: Git, treeish: string, top: string, limits: InstallLimits): Promise<void> {
  const admit = admission(limits);
  const blobs: Blob[] = [];
  const split = splitter(0, (record) => {
    const entry = entryOf(record);
    if (entry.type !== 'blob') return;
    const isLink = entry.mode === '120000';
    if (isLink && entry.sizeBytes > TARGET_MAX_BYTES)
      throw new Refusal(entry.name.toString(), 'the link points to a name that is too long');
    const path = admit.entry(entry.name, isLink ? 'link' : 'file', isLink ? 0 : entry.sizeBytes);
    if (path !== undefined) blobs.push({ path, hash: entry.hash, isLink });
  });
  await git(['ls-tree', '-r', '-z', '-l', '--full-tree', '--end-of-options', treeish], { onStdout: split });
  const place = placingIn(top);
  const write = batchReader(blobs, place, admit.target);
  const stdin = Buffer.from(blobs.map(({ hash }) => `${hash}\n`).join(''));
  await git(['cat-file', '--batch'], { stdin, onStdout: (chunk) => write.push(chunk) });
  write.finish();
  place.finish();
}

function entryOf(record: Buffer): { mode: string; type: string; hash: string; sizeBytes: number; name: Buffer } {
  const tab = record.indexOf(0x09);
  const [mode = '', type = '', hash = '', size = ''] = record.toString('latin1', 0, tab).split(/ +/);
  return { mode, type, hash, sizeBytes: Number.parseInt(size, 10) || 0, name: Buffer.from(record.subarray(tab + 1)) };
}

/** Calls `take` with each record that ends in `mark`. */
function splitter(mark: number, take: (record: Buffer) => void): (chunk: Buffer) => void {
  let partial: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let rest = partial.length === 0 ? chunk : Buffer.concat([partial, chunk]);
    for (let end = rest.indexOf(mark); end !== -1; end = rest.indexOf(mark)) {
      take(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > RECORD_MAX_BYTES) throw new Refusal(rest.toString('latin1', 0, 80), 'the path is too long');
    partial = Buffer.from(rest);
  };
}

/** Reads `<hash> blob <size>\n<content>\n` for each of the blobs, in their order. */
function batchReader(
  blobs: readonly Blob[],
  place: Placing,
  target: (path: string, target: Buffer) => string,
): { push(chunk: Buffer): void; finish(): void } {
  let at = 0;
  let head: Buffer = Buffer.alloc(0);
  /** Bytes of content that are to come; -1 for its closing line break; undefined between two blobs. */
  let left: number | undefined;
  let sink: { write(chunk: Buffer): void; end(): void } | undefined;

  function start(line: string): void {
    const blob = blobs[at];
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(line)?.[1];
    if (!blob || size === undefined)
      throw new StepFailure(`Read ${blob?.path ?? 'the repository'}: ${line.slice(0, 200)}`);
    left = Number(size);
    sink = blob.isLink ? linkSink(blob.path) : place.file(blob.path);
  }
  function linkSink(path: string): { write(chunk: Buffer): void; end(): void } {
    const pieces: Buffer[] = [];
    return {
      write: (chunk) => void pieces.push(Buffer.from(chunk)),
      end: () => place.link(path, target(path, Buffer.concat(pieces))),
    };
  }
  return {
    push(chunk) {
      let rest = chunk;
      while (rest.length > 0) {
        if (left === undefined) {
          const end = rest.indexOf(0x0a);
          head = Buffer.concat([head, end === -1 ? rest : rest.subarray(0, end)]);
          if (end === -1) return;
          start(head.toString('latin1'));
          head = Buffer.alloc(0);
          rest = rest.subarray(end + 1);
        } else if (left > 0) {
          const content = rest.subarray(0, left);
          sink?.write(content);
          left -= content.length;
          rest = rest.subarray(content.length);
        } else {
          sink?.end();
          left = undefined;
          at += 1;
          rest = rest.subarray(1);
        }
      }
    },
    finish() {
      if (at !== blobs.length)
        throw new StepFailure(`Read ${blobs[at]?.path ?? 'the repository'}: git ended before it`);
    },
  };
}
