// cli/pack-upload.ts — a folder or an archive of this machine → an archive in the pack store.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzipSync } from 'node:zlib';
import { askOperator } from './door.ts';
import { Failure } from './failure.ts';
import type { Session } from './session.ts';

const run = promisify(execFile);
const MIB = 1024 * 1024;
/** Largest archive that is sent, in bytes. */
const MOST_BYTES = 200 * MIB;

/** Names of archives that the installer can unpack. */
export const ARCHIVE = /\.(?:tar|tar\.gz|tgz|tar\.zst)$/i;

/**
 * Sends what a commit of a git tree has; without one all files of a folder but `.git`, and but the packages that package.json names:
 * they are installed with the pack, and those of this machine may be of another system.
 * @returns its digest, `sha256:<hex>`
 */
export async function uploadFolder(session: Session, folder: string, commit?: string): Promise<string> {
  const words = ['-C', folder, 'archive', '--format=tar', commit ?? '', '.'];
  const tar = commit === undefined ? await tarOfFolder(folder) : await made('git', words, folder);
  return await send(session, folder, gzipSync(tar, { level: constants.Z_BEST_SPEED }));
}

/** Sends a file as it is. @returns its digest, `sha256:<hex>` */
export async function uploadArchive(session: Session, file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > MOST_BYTES)
    throw new Failure(`${file}: it has more than ${MOST_BYTES / MIB} MiB; take out what is no part of the pack`);
  return await send(session, file, await readFile(file));
}

async function send(session: Session, what: string, bytes: Buffer): Promise<string> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const path = `/ns/${session.namespace}/v1/packs/content/${digest}`;
  await askOperator(session, `bring ${what} to the pack store`, path, { method: 'PUT', bytes });
  return digest;
}

function tarOfFolder(folder: string): Promise<Buffer> {
  const left = ['./.git', '__pycache__', ...(existsSync(join(folder, 'package.json')) ? ['./node_modules'] : [])];
  return made('tar', ['-C', folder, ...left.map((path) => `--exclude=${path}`), '-cf', '-', '.'], folder);
}

async function made(program: string, words: readonly string[], folder: string): Promise<Buffer> {
  try {
    const { stdout } = await run(program, [...words], { encoding: 'buffer', maxBuffer: MOST_BYTES });
    return stdout;
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? `${program} is not there; install it`
        : code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
          ? `it has more than ${MOST_BYTES / MIB} MiB; take out what is no part of the pack`
          : message.split('\n')[0];
    throw new Failure(`${folder}: it cannot be packed: ${why}`, { cause });
  }
}
