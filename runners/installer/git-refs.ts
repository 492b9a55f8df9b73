// runners/installer/git-refs.ts — what a repository says it has, and the wanted ref → what to fetch, in StackStorm's order.

/** Answer of `git ls-remote --symref`. */
export interface RemoteRefs {
  /** Short name of the default branch; undefined when HEAD is detached. */
  readonly defaultBranch: string | undefined;
  /** Whether there is a commit at all. */
  readonly hasHead: boolean;
  readonly branches: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
}

export type Wanted =
  /** One ref, fetched without its history. */
  | { readonly by: 'ref'; readonly ref: string }
  /** A whole hash: some servers hand it out, with others it needs the history. */
  | { readonly by: 'hash'; readonly hash: string }
  /** Part of a hash, or an expression of git: needs the history. */
  | { readonly by: 'expression'; readonly expression: string }
  | { readonly by: 'nothing' };

export const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[\da-z-]+(?:\.[\da-z-]+)*)?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/;

export function parseRefs(output: string): RemoteRefs {
  const branches = new Set<string>();
  const tags = new Set<string>();
  let defaultBranch: string | undefined;
  let hasHead = false;
  for (const line of output.split('\n')) {
    const [what = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && what.startsWith('ref: refs/heads/')) defaultBranch = what.slice('ref: refs/heads/'.length);
    else if (name === 'HEAD') hasHead = true;
    else if (name.startsWith('refs/heads/')) branches.add(name.slice('refs/heads/'.length));
    else if (name.startsWith('refs/tags/') && !name.endsWith('^{}')) tags.add(name.slice('refs/tags/'.length));
  }
  return { defaultBranch, hasHead, branches, tags };
}

/** Default branch, branch, hash or tag, version of a tag with v: the first that there is. */
export function wantedOf(ref: string | undefined, refs: RemoteRefs): Wanted {
  if (ref === undefined || ref === '' || ref === refs.defaultBranch || ref === 'HEAD')
    return refs.hasHead ? { by: 'ref', ref: 'HEAD' } : { by: 'nothing' };
  if (refs.branches.has(ref)) return { by: 'ref', ref: `refs/heads/${ref}` };
  // Git itself takes a whole hash for a hash, whatever tags are named.
  if (/^[0-9a-f]{40}$/i.test(ref)) return { by: 'hash', hash: ref.toLowerCase() };
  if (refs.tags.has(ref)) return { by: 'ref', ref: `refs/tags/${ref}` };
  if (SEMVER.test(ref) && refs.tags.has(`v${ref}`)) return { by: 'ref', ref: `refs/tags/v${ref}` };
  const isExpression =
    /^[0-9a-f]{4,39}$/i.test(ref) ||
    /-g[0-9a-f]{4,40}$/.test(ref) ||
    /[~^]|@\{|^(?:refs|origin|heads|tags)\//.test(ref);
  if (!isExpression || ref.startsWith('-')) return { by: 'nothing' };
  // Our own HEAD is that of a repository which began empty.
  return { by: 'expression', expression: ref.replace(/^HEAD(?=[~^])/, 'origin/HEAD') };
}

/** StackStorm's words for a ref that is not there, with the versions there are. */
export function unknownRef(ref: string, url: string, refs: RemoteRefs): string {
  const versions = [...refs.tags]
    .filter((tag) => tag.startsWith('v') && SEMVER.test(tag.slice(1)))
    .map((tag) => tag.slice(1));
  const there = versions.length === 0 ? '' : ` Available versions are: ${versions.sort(byVersion).join(', ')}.`;
  return `"${ref}" is not a valid version, hash, tag or branch in ${url}.${there}`;
}

function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.+-]/).slice(0, 3).map(Number)) as [number[], number[]];
  for (const at of [0, 1, 2]) if (left[at] !== right[at]) return left[at]! - right[at]!;
  // A release comes after its candidates.
  if (a.includes('-') !== b.includes('-')) return a.includes('-') ? -1 : 1;
  return a < b ? -1 : 1;
}
