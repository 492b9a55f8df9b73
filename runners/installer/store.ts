// runners/installer/store.ts — the pack store behind the operator: what has this digest, there and back.
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { Refused, StepFailure } from './failure.ts';
import type { TreeEntry } from './survey.ts';
import { tarOf } from './tar-write.ts';
import type { Ask } from './wire.ts';

/** A file of which the digest is known. */
export interface Blob {
  readonly path: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface Store {
  /** Brings it, unless it is there. */
  put(blob: Blob): Promise<'brought' | 'there'>;
  /** Writes it to `path`; throws StepFailure when it is not there or larger than `mostBytes`. */
  get(digest: string, path: string, mostBytes: number): Promise<void>;
}

/** Level of zstd: 3 packs a pack of 30 MB in a quarter of a second, 19 saves a tenth and takes half a minute. */
const LEVEL = 3;
/** How long one transfer is tried, in seconds. */
const TRANSFER_SECONDS = 600;

export function storeAt(base: URL, ask: Ask): Store {
  const urlOf = (digest: string): URL => new URL(`${base.pathname.replace(/\/$/, '')}/${digest}`, base);
  return {
    async put(blob) {
      const url = urlOf(blob.digest);
      const common = { url, seconds: TRANSFER_SECONDS, what: `bring ${blob.digest} to the pack store` };
      try {
        const { status } = await ask({ ...common, method: 'HEAD', expected: [404] });
        if (status !== 404) return 'there';
        await ask({ ...common, method: 'PUT', file: blob });
        return 'brought';
      } catch (cause) {
        if (cause instanceof Refused)
          throw new StepFailure(`The pack store does not take it: ${cause.message}`, { cause });
        throw cause;
      }
    },
    async get(digest, path, mostBytes) {
      const what = `get ${digest} from the pack store`;
      let hash = createHash('sha256');
      const receive = async (response: Readable): Promise<void> => {
        hash = createHash('sha256');
        await pipeline(response, counting(hash, mostBytes), createWriteStream(path));
      };
      const { status } = await ask({
        method: 'GET',
        url: urlOf(digest),
        what,
        seconds: TRANSFER_SECONDS,
        expected: [404],
        receive,
      });
      if (status === 404) throw new StepFailure(`${digest} is not in the pack store: upload the archive again`);
      const actual = `sha256:${hash.digest('hex')}`;
      if (actual !== digest)
        throw new StepFailure(`${digest} has the digest ${actual} in the pack store: upload the archive again`);
    },
  };
}

/** Hashes what passes, and ends what is too large after `mostBytes`, so that the hash can't match. */
function counting(hash: Hash, mostBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > mostBytes) return done(new StepFailure(`The archive has more than ${mostBytes} bytes`));
      hash.update(piece);
      done(undefined, piece);
    },
  });
}

/** Packs entries of a folder into `<scratch>/<name>.tar.zst`. Equal content makes equal bytes. */
export async function packFolder(
  { top, prefix, entries }: { readonly top: string; readonly prefix: string; readonly entries: readonly TreeEntry[] },
  { scratch, name }: { readonly scratch: string; readonly name: string },
): Promise<Blob> {
  const path = join(scratch, `${name}.tar.zst`);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const meter = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      sizeBytes += piece.length;
      done(undefined, piece);
    },
  });
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  await pipeline(tarOf(top, prefix, entries), compress, meter, createWriteStream(path));
  return { path, digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}

/** Writes a text to `<scratch>/<name>`. */
export function textBlob(text: string, { scratch, name }: { readonly scratch: string; readonly name: string }): Blob {
  const path = join(scratch, name);
  const bytes = Buffer.from(text);
  writeFileSync(path, bytes);
  return { path, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, sizeBytes: bytes.length };
}
