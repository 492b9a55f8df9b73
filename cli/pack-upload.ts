// cli/pack-upload.ts — a folder of this machine → an archive in the pack store.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzipSync } from 'node:zlib';
import { askOperator } from './door.ts';
import { Failure } from './failure.ts';
import type { Session } from './session.ts';

const run = promisify(execFile);
/** Largest archive that is sent, in bytes. */
const MOST_BYTES = 200 * 1024 * 1024;

/**
 * Sends the committed content of a git tree, or all files of a folder but `.git`, and but the packages that package.json names: they
 * are installed with the pack, and those of this machine may be of another system.
 * @returns its digest, `sha256:<hex>`
 */
export async function uploadFolder(session: Session, folder: string, what: 'committed' | 'files'): Promise<string> {
  const isCommitted = what === 'committed' && (await isGitTree(folder));
  const tar = isCommitted ? await tarOfHead(folder) : await tarOfFolder(folder);
  const bytes = gzipSync(tar, { level: constants.Z_BEST_SPEED });
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await askOperator(
    session,
    `bring ${folder} to the pack store`,
    `/ns/${session.namespace}/v1/packs/content/${digest}`,
    {
      method: 'PUT',
      bytes,
    },
  );
  return digest;
}

const isGitTree = async (folder: string): Promise<boolean> =>
  await run('git', ['-C', folder, 'rev-parse', '--verify', 'HEAD']).then(
    () => true,
    () => false,
  );

const tarOfHead = (folder: string): Promise<Buffer> =>
  made('git', ['-C', folder, 'archive', '--format=tar', 'HEAD', '.'], folder);

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
          ? `it has more than ${MOST_BYTES / 1024 / 1024} MiB; take out what is no part of the pack`
          : message.split('\n')[0];
    throw new Failure(`${folder}: it cannot be packed: ${why}`, { cause });
  }
}
