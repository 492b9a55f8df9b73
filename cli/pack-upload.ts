// cli/pack-upload.ts — a folder or an archive of this machine → an archive in the pack store.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
  const tar = commit === undefined ? await tarOfFolder(folder) : await tarOfCommit(folder, commit);
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
  const words = ['-C', folder, ...left.map((path) => `--exclude=${path}`), '-cf', '-', '.'];
  // The tar of macOS would add a file ._NAME for each that has attributes of its own, ._x.yaml among them.
  return made('tar', words, folder, { ...process.env, COPYFILE_DISABLE: '1' });
}

/** Unsets what would leave files out, or write others than those of the commit: line ends, keywords, filters. */
const AS_COMMITTED = '* -text -eol -ident -filter -working-tree-encoding -export-ignore -export-subst\n';

/** By way of an empty repository with attributes of its own, which count before those of the tree, and with the objects of the other one. */
async function tarOfCommit(folder: string, commit: string): Promise<Buffer> {
  const ask = async (...words: string[]) =>
    (await made('git', ['-C', folder, 'rev-parse', ...words], folder)).toString();
  const [objects, within, format] = await Promise.all([
    ask('--path-format=absolute', '--git-path', 'objects'),
    ask('--show-prefix'),
    ask('--show-object-format'),
  ]).then((answers) => answers.map((answer) => answer.trimEnd()));
  const repository = await mkdtemp(join(tmpdir(), 'squall-commit-'));
  try {
    await made('git', ['init', '--quiet', '--bare', `--object-format=${format}`, repository], folder);
    await mkdir(join(repository, 'info'), { recursive: true });
    await writeFile(join(repository, 'info', 'attributes'), AS_COMMITTED);
    const env = { ...process.env, GIT_DIR: repository, GIT_OBJECT_DIRECTORY: objects };
    return await made('git', ['archive', '--format=tar', within === '' ? commit : `${commit}:${within}`], folder, env);
  } finally {
    await rm(repository, { recursive: true, force: true });
  }
}

async function made(
  program: string,
  words: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Buffer> {
  try {
    const { stdout } = await run(program, [...words], { encoding: 'buffer', maxBuffer: MOST_BYTES, env });
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
