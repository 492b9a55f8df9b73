// cli/pack-upload.ts — a folder of this machine → an archive in the pack store.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzipSync } from 'node:zlib';
import { askOperator } from './door.ts';
import { Failure } from './failure.ts';
import type { Session } from './session.ts';

const run = promisify(execFile);
/** Largest archive that is sent, in bytes. */
const MOST_BYTES = 200 * 1024 * 1024;

/**
 * Sends the committed content of a git tree, or all files of a folder but `.git`.
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

const tarOfFolder = (folder: string): Promise<Buffer> =>
  made('tar', ['-C', folder, '--exclude=./.git', '--exclude=__pycache__', '-cf', '-', '.'], folder);

async function made(program: string, words: readonly string[], folder: string): Promise<Buffer> {
  try {
    const { stdout } = await run(program, [...words], { encoding: 'buffer', maxBuffer: MOST_BYTES });
    return stdout;
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `${program} is not there; install it` : message.split('\n')[0];
    throw new Failure(`${folder}: it cannot be packed: ${why}`, { cause });
  }
}
