// operator/http/blob-store.ts — large results and the content of packs, as files under the hash of their content.
import { buffer } from 'node:stream/consumers';
import { createReadStream, type ReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rmdir, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createHash, randomUUID } from 'node:crypto';
import { sha256 } from './sha256.ts';
import { syncDirectory } from './secrets-journal.ts';

export interface BlobRef {
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly bytes: number;
}

/** What arrives is not what was announced, or more than may be. */
export class BlobRefusedError extends Error {
  override readonly name = 'BlobRefusedError';
}

/** Files that are younger, or were referred to more lately, are kept: something may be about to refer to them, or be starting with them. */
const GRACE_MS = 7_200_000;
const DIGEST = /^sha256:([0-9a-f]{64})$/;

export class BlobStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Durable when it returns; the same content is stored once. */
  async put(json: string): Promise<BlobRef> {
    const hash = sha256(json);
    const ref = { digest: `sha256:${hash}`, bytes: Buffer.byteLength(json) };
    if (await this.#touch(this.#pathOf(hash), ref.bytes)) return ref;
    await this.#write(hash, async (file) => await file.writeFile(json));
    return ref;
  }

  /** As `put`, for what is announced by its digest and may be large. @throws BlobRefusedError when it is not that, or larger than `maxBytes` */
  async take(digest: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> {
    const hash = DIGEST.exec(digest)?.[1];
    if (hash === undefined) throw new BlobRefusedError(`"${digest}" is not sha256: and 64 hex digits`);
    await this.#write(hash, async (file) => {
      const seen = createHash('sha256');
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new BlobRefusedError(`it has more than ${maxBytes} bytes`);
        seen.update(chunk);
        await file.writeFile(chunk); // all of it: `write` may take a part, and says so only in its answer
      }
      const found = seen.digest('hex');
      if (found !== hash) throw new BlobRefusedError(`its content has the digest sha256:${found}, not ${digest}`);
    });
  }

  /** Whether it is there; made young again, so that it is not collected before it is referred to. */
  async has(digest: string): Promise<boolean> {
    const hash = DIGEST.exec(digest)?.[1];
    return hash !== undefined && (await this.#touch(this.#pathOf(hash)));
  }

  /** The content; undefined when it is not (or no longer) there. */
  async read(digest: string): Promise<{ readonly stream: ReadStream; readonly bytes: number } | undefined> {
    const hash = DIGEST.exec(digest)?.[1];
    if (hash === undefined) return undefined;
    const path = this.#pathOf(hash);
    try {
      const { size } = await stat(path);
      return { stream: createReadStream(path), bytes: size };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** As `read`, whole; what has been damaged is removed, so that it can be brought again. */
  async text(digest: string): Promise<string | undefined> {
    const found = await this.read(digest);
    if (!found) return undefined;
    const bytes = await buffer(found.stream);
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (digest === `sha256:${hash}`) return bytes.toString();
    await unlink(found.stream.path).catch(() => {});
    return undefined;
  }

  /** Deletes what nobody refers to now, nor did at a look of the last two hours: look more often than that. @returns how many files */
  async collect(isUsed: (digest: string) => boolean, now: Date): Promise<number> {
    let deleted = 0;
    for (const folder of await namesIn(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await namesIn(join(this.#directory, folder))) {
        const path = join(this.#directory, folder, name);
        const facts = await stat(path).catch(() => undefined);
        const ageMs = now.getTime() - (facts?.mtimeMs ?? 0);
        if (!facts || ageMs < GRACE_MS / 2) continue;
        // The time of a file is when it was last known to be needed: it outlives this process, and counts from the last look.
        if (isUsed(`sha256:${name}`)) await utimes(path, now, now);
        else if (ageMs >= GRACE_MS) {
          await unlink(path);
          deleted++;
        }
      }
      await rmdir(join(this.#directory, folder)).catch(() => {}); // works only when it is empty
    }
    return deleted;
  }

  readonly #pathOf = (hash: string): string => join(this.#directory, hash.slice(0, 2), hash);

  /** Durable when it returns; nobody sees half of it. */
  async #write(hash: string, fill: (file: FileHandle) => Promise<unknown>): Promise<void> {
    const path = this.#pathOf(hash);
    const folder = dirname(path);
    const isNewFolder = (await mkdir(folder, { recursive: true })) !== undefined;
    const part = `${path}.${randomUUID()}.part`;
    const file = await open(part, 'wx', 0o600);
    try {
      await fill(file);
      await file.sync();
    } catch (error) {
      await unlink(part).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
    await rename(part, path);
    await syncDirectory(folder);
    if (isNewFolder) await syncDirectory(this.#directory);
  }

  /** Whether the file is there already, of that size where one is given; made young again. */
  async #touch(path: string, bytes?: number): Promise<boolean> {
    const file = await open(path, 'r+').catch(() => undefined);
    if (!file) return false;
    try {
      if (bytes !== undefined && (await file.stat()).size !== bytes) return false;
      const now = new Date();
      await file.utimes(now, now);
      return true;
    } finally {
      await file.close();
    }
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}
