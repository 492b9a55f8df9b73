// runners/installer/git.ts — a git repository somewhere, and a ref as people write it → the files of one commit.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InstallLimits } from '../../operator/api/install.ts';
import { type CommandOptions, runCommand } from './command.ts';
import { StepFailure } from './failure.ts';
import { parseRefs, unknownRef, wantedOf, type Wanted } from './git-refs.ts';
import { type Git, writeTree } from './git-tree.ts';
import { lastLines } from './mask.ts';

export interface Repository {
  /** As git is to be given it. */
  readonly url: string;
  /** As people know it, without passwords. */
  readonly shownUrl: string;
  readonly ref: string | undefined;
  /** Hash of the commit that it has to be, whatever the ref means by now. */
  readonly commit?: string | undefined;
  /** Folder of the pack in it. */
  readonly path: string | undefined;
}

export interface GitOptions {
  /** From gitEnvironment(). */
  readonly env: Readonly<Record<string, string>>;
  /** An empty folder for the repository. */
  readonly scratch: string;
  readonly limits: InstallLimits;
  readonly timeoutSeconds: number;
  readonly stop: AbortSignal;
  readonly mask: (text: string) => string;
}

const WANTED_REF = 'refs/squall/wanted';

/** Writes the pack's files into `top`, an empty folder. Returns the hash of the commit. Throws StepFailure. */
export async function fetchRepository(repository: Repository, top: string, options: GitOptions): Promise<string> {
  const { url, shownUrl, ref, commit: pinned } = repository;
  if (url.startsWith('-')) throw new StepFailure(`"${shownUrl}" is no address of a repository: it begins with -`);
  const git = gitIn(shownUrl, options);
  await git(['init', '--quiet', '--bare', '.']);
  const refs = parseRefs(await git(['ls-remote', '--symref', '--', url]));
  const wanted: Wanted = pinned === undefined ? wantedOf(ref, refs) : { by: 'hash', hash: pinned };
  if (pinned === undefined && ref === undefined && wanted.by === 'nothing')
    throw new StepFailure(`${shownUrl} has no commits on its default branch`);
  const commit = await resolve(git, url, wanted);
  if (commit === undefined && pinned !== undefined) throw new StepFailure(lostCommit(pinned, shownUrl));
  if (commit === undefined) throw new StepFailure(unknownRef(ref ?? 'HEAD', shownUrl, refs));
  await writeTree(git, await treeishOf(git, commit, repository), top, options.limits);
  return commit;
}

const lostCommit = (commit: string, url: string): string =>
  `Commit ${commit}, which is installed, is not in ${url} any more: set spec.reinstall to another text to take what is there now`;

/** Fetches as little as the wanted thing allows. Undefined: it is not there. */
async function resolve(git: Git, url: string, wanted: Wanted): Promise<string | undefined> {
  if (wanted.by === 'nothing') return undefined;
  if (wanted.by !== 'expression') {
    const what = wanted.by === 'ref' ? wanted.ref : wanted.hash;
    try {
      await git([...FETCH, '--no-tags', '--depth=1', '--', url, `+${what}:${WANTED_REF}`]);
      return await commitOf(git, WANTED_REF);
    } catch (error) {
      // A server without shallow clones, or one that hands out no single commits: the history is fetched instead.
      if (!(error instanceof GitFailure)) throw error;
    }
  }
  const branches = ['+refs/heads/*:refs/heads/*', '+refs/heads/*:refs/remotes/origin/*'];
  const every = ['+HEAD:refs/remotes/origin/HEAD', ...branches, '+refs/tags/*:refs/tags/*'];
  await git([...FETCH, '--no-tags', '--', url, ...every]);
  if (wanted.by === 'hash') return commitOf(git, wanted.hash);
  if (wanted.by === 'expression') return commitOf(git, wanted.expression);
  return commitOf(
    git,
    wanted.ref === 'HEAD' ? 'refs/remotes/origin/HEAD' : wanted.ref.replace('refs/heads/', 'refs/remotes/origin/'),
  );
}

const FETCH = ['fetch', '--quiet', '--no-recurse-submodules', '--no-write-fetch-head'] as const;

async function commitOf(git: Git, expression: string): Promise<string | undefined> {
  try {
    return (await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${expression}^{commit}`])).trim();
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

async function treeishOf(git: Git, commit: string, { path = '', shownUrl }: Repository): Promise<string> {
  const folder = path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  if (folder === '') return commit;
  const type = await git(['cat-file', '-t', `${commit}:${folder}`]).catch(() => '');
  if (type.trim() !== 'tree')
    throw new StepFailure(
      `There is no folder ${folder} in ${shownUrl} at ${commit.slice(0, 12)}: correct spec.source.git.path`,
    );
  return `${commit}:${folder}`;
}

/** Git ran, and did not do it. */
class GitFailure extends StepFailure {}

function gitIn(shownUrl: string, { env, scratch, timeoutSeconds, stop, mask }: GitOptions): Git {
  const until = performance.now() + timeoutSeconds * 1000;
  const cwd = join(scratch, 'repository.git');
  mkdirSync(cwd, { recursive: true });
  return async (words, extra = {}) => {
    const left = Math.max(1, Math.ceil((until - performance.now()) / 1000));
    const options: CommandOptions = { env, cwd, timeoutSeconds: left, stop, ...extra };
    const { code, stdout, stderr } = await runCommand('git', words, options);
    if (code === 0) return stdout;
    const reason = mask(lastLines(stderr, 10)) || `git ${words[0]} ended with ${code ?? 'a signal'}`;
    throw new GitFailure(`Fetch ${shownUrl}: ${reason}${remedyFor(reason)}`);
  };
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /could not read (?:Username|Password)|terminal prompts disabled/,
    'it is not there, or needs a password: check the address, or name a Secret with username and password in spec.source.git.secretRef, or make the Secret squall-git of the namespace, whose key hosts names this host',
  ],
  [
    /Authentication failed|HTTP Basic: Access denied|returned error: 403/,
    'the server does not take username and password of the Secret',
  ],
  [
    /Permission denied \(/,
    'the server does not take the key: name a Secret with ssh-privatekey in spec.source.git.secretRef, or make the Secret squall-git of the namespace, and add its public key at the server',
  ],
  [
    /Host key verification failed/,
    'the key of the server is not in known_hosts of the Secret: add the output of ssh-keyscan',
  ],
  [/certificate|SSL/i, "the server's certificate is not trusted: give its authority as caBundle of the chart"],
  [/Could not resolve host/i, 'check the name of the server, DNS, and the proxy'],
  [
    /[Rr]epository not found|not found|does not appear to be a git repository|does not exist/,
    'check the address, and whether the Secret may read it',
  ],
];

function remedyFor(reason: string): string {
  const remedy = REMEDIES.find(([pattern]) => pattern.test(reason))?.[1];
  return remedy === undefined ? '' : `\n${remedy}`;
}
