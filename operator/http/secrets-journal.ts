// operator/http/secrets-journal.ts — which Secrets are being made, on disk before they exist, so that none is left behind.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const Entry = z.object({
  namespace: z.string(),
  secret: z.string(),
  execution: z.string(),
  writtenAt: z.iso.datetime(),
});
/** A Secret and the Execution that it is for; never a value. */
export type JournalEntry = z.infer<typeof Entry>;

export class SecretsJournal {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Durable when it returns. */
  async add(entry: JournalEntry): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#pathOf(entry);
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(entry));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    await syncDirectory(this.#directory);
  }

  async remove(entry: Pick<JournalEntry, 'namespace' | 'secret'>): Promise<void> {
    await unlink(this.#pathOf(entry)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  /** A file that cannot be read is no entry: it was never complete, and so its Secret was never made. */
  async entries(): Promise<readonly JournalEntry[]> {
    const names = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const read = names.filter((name) => name.endsWith('.json')).map((name) => readEntry(join(this.#directory, name)));
    return (await Promise.all(read)).filter((entry) => entry !== undefined);
  }

  #pathOf({ namespace, secret }: Pick<JournalEntry, 'namespace' | 'secret'>): string {
    const id = createHash('sha256').update(`${namespace}/${secret}`).digest('hex').slice(0, 40);
    return join(this.#directory, `${id}.json`);
  }
}

async function readEntry(path: string): Promise<JournalEntry | undefined> {
  try {
    return Entry.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A new name in a directory is durable only after this. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
