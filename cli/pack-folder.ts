// cli/pack-folder.ts — the folder of an author on this machine → what its pack is called, and which of its commits is meant.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { Failure } from './failure.ts';

const run = promisify(execFile);

/** As it will be called when it is installed: ref of its pack.yaml, else its name where that can be one, else the folder's. @throws Failure without a pack.yaml */
export function packRefIn(folder: string): string {
  const file = `${folder}/pack.yaml`;
  if (!existsSync(file)) throw new Failure(`${folder}: there is no pack.yaml in it; name the folder of a pack`);
  return refOf(readFileSync(file, 'utf8'), file) ?? basename(folder);
}

/** The same of what is committed. @throws Failure without a pack.yaml */
export async function packRefAt(folder: string, commit: string): Promise<string> {
  const text = await gitIn(folder, 'show', `${commit}:./pack.yaml`);
  if (text === undefined)
    throw new Failure(
      `${folder}: there is no pack.yaml in commit ${commit.slice(0, 12)}; commit it, or bring the folder as it is: squall pack register ${folder}`,
    );
  return refOf(text, `${folder}/pack.yaml`) ?? basename(folder);
}

function refOf(text: string, file: string): string | undefined {
  let content: { ref?: unknown; name?: unknown } | null;
  try {
    content = parse(text) as typeof content;
  } catch (cause) {
    throw new Failure(`${file}: ${(cause as Error).message}; correct it`, { cause });
  }
  const isRef = (word: unknown): word is string => typeof word === 'string' && /^[a-z0-9_]+$/.test(word);
  return [content?.ref, content?.name].find(isRef);
}

/**
 * What a git tree has checked out, or what a branch, commit, tag or version means in it, in this order; undefined for a folder
 * that is no git tree. @throws Failure for a ref that is not there, and for a tree whose commits git cannot read
 */
export async function commitIn(folder: string, ref: string | undefined): Promise<string | undefined> {
  const verified = (name: string) =>
    gitIn(folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
  const head = await verified('HEAD');
  if (ref === undefined) {
    const reason = head === undefined ? await whyNoCommit(folder) : undefined;
    if (reason === undefined) return head?.trim();
    throw new Failure(
      `${folder}: git cannot read its last commit: ${reason}; commit the pack, or bring the folder as it is: squall pack register ${folder}`,
    );
  }
  if (head === undefined)
    throw new Failure(`${folder}=${ref}: the folder is no git tree with commits; leave =${ref} out`);
  for (const name of [`refs/heads/${ref}`, ref, `refs/tags/v${ref}`]) {
    const commit = await verified(name);
    if (commit !== undefined) return commit.trim();
  }
  const tags = (await gitIn(folder, 'tag', '--list', '--sort=version:refname', 'v[0-9]*')) ?? '';
  const versions = tags.split('\n').filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag));
  const known = versions.map((tag) => tag.slice(1)).join(', ');
  throw new Failure(
    `"${ref}" is not a valid version, hash, tag or branch in ${folder}.${known === '' ? '' : ` Available versions are: ${known}.`}`,
  );
}

/** Git's own reason; undefined for a folder that is no git tree. */
async function whyNoCommit(folder: string): Promise<string | undefined> {
  const words = ['-C', folder, 'rev-parse', '--verify', 'HEAD^{commit}'];
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    await run('git', words, { env });
    return undefined;
  } catch (error) {
    const { code, stderr = '' } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === 'ENOENT') return isInTree(folder) ? 'git is not there, install it' : undefined;
    if (stderr.includes('not a git repository')) return undefined;
    return (stderr.split('\n', 1)[0] ?? '').replace(/^fatal: /, '');
  }
}

const isInTree = (folder: string): boolean =>
  existsSync(join(folder, '.git')) || (dirname(folder) !== folder && isInTree(dirname(folder)));

/** What it prints; undefined when it fails. */
const gitIn = (folder: string, ...words: string[]): Promise<string | undefined> =>
  run('git', ['-C', folder, ...words], { maxBuffer: 16 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
