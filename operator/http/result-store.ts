// operator/http/result-store.ts — results above the inline limit, as files under the hash of their content.
import { text } from 'node:stream/consumers';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { sha256 } from './sha256.ts';
import { syncDirectory } from './secrets-journal.ts';

export interface ResultRef {
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly bytes: number;
}

/** Younger files are kept though no Execution refers to them yet. */
const GRACE_MS = 3_600_000;
const DIGEST = /^sha256:([0-9a-f]{64})$/;

export class ResultStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Durable when it returns; the same content is stored once. */
  async put(json: string): Promise<ResultRef> {
    const hash = sha256(json);
    const ref = { digest: `sha256:${hash}`, bytes: Buffer.byteLength(json) };
    const folder = join(this.#directory, hash.slice(0, 2));
    const path = join(folder, hash);
    if (await this.#touch(path, ref.bytes)) return ref;
    const isNewFolder = (await mkdir(folder, { recursive: true })) !== undefined;
    const part = `${path}.${randomUUID()}.part`;
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(json);
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
    return ref;
  }

  /** The JSON text; undefined when it is not (or no longer) there. */
  async read(digest: string): Promise<{ readonly stream: ReadStream; readonly bytes: number } | undefined> {
    const hash = DIGEST.exec(digest)?.[1];
    if (hash === undefined) return undefined;
    const path = join(this.#directory, hash.slice(0, 2), hash);
    try {
      const { size } = await stat(path);
      return { stream: createReadStream(path), bytes: size };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** As `read`, whole. */
  async text(digest: string): Promise<string | undefined> {
    const found = await this.read(digest);
    return found && (await text(found.stream));
  }

  /** Deletes what `isUsed` says that nobody refers to, and is older than an hour. @returns how many files */
  async collect(isUsed: (digest: string) => boolean, now: Date): Promise<number> {
    let deleted = 0;
    for (const folder of await namesIn(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await namesIn(join(this.#directory, folder))) {
        const path = join(this.#directory, folder, name);
        if (isUsed(`sha256:${name}`)) continue;
        const facts = await stat(path).catch(() => undefined);
        if (!facts || now.getTime() - facts.mtimeMs < GRACE_MS) continue;
        await unlink(path);
        deleted++;
      }
      await rmdir(join(this.#directory, folder)).catch(() => {}); // works only when it is empty
    }
    return deleted;
  }

  /** Whether the file is there already; made young again, so that it is not collected before it is referred to. */
  async #touch(path: string, bytes: number): Promise<boolean> {
    const file = await open(path, 'r+').catch(() => undefined);
    if (!file) return false;
    try {
      if ((await file.stat()).size !== bytes) return false;
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
