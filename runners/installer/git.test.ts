// runners/installer/git.test.ts — real repositories by file: what is fetched, what is refused, and what is said then.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRepo, type Repo } from './git-server.setup.ts';
import { fetching, makeVersions } from './git.setup.ts';

const { top, fetched, marked } = fetching();
const { repo, commits } = makeVersions(top);
const url = `file://${repo.folder}`;

describe('a ref', () => {
  test.each([
    [undefined, 'last'],
    ['main', 'last'],
    ['feature/x', 'feature'],
    ['v1.0.0', 'first'],
    ['1.0.0', 'first'],
    ['1.10.0', 'second'],
    ['not-a-version', 'second'],
    ['both', 'first'],
    ['main~1', 'second'],
    ['origin/feature/x', 'feature'],
    ['HEAD', 'last'],
    ['HEAD~1', 'second'],
    ['tags/v1.0.0', 'first'],
  ])('%s is %s', async (ref, mark) => {
    expect(await marked({ url, ...(ref !== undefined && { ref }) })).toBe(mark);
  });

  test.each(['first', 'feature', 'last'])('may be the hash of %s, whole or short', async (mark) => {
    const hash = commits[mark]!;
    expect(await fetched({ url, ref: hash })).toMatchObject({ commit: hash });
    expect(await fetched({ url, ref: hash.slice(0, 8) })).toMatchObject({ commit: hash });
    expect(await fetched({ url, ref: hash.slice(0, 8).toUpperCase() })).toMatchObject({ commit: hash });
  });

  test.each(['9.9.9', 'nothing', '0000000', 'f'.repeat(40), '--upload-pack=x'])(
    'that is not there is told with the versions: %s',
    async (ref) => {
      await expect(fetched({ url, ref })).rejects.toThrow(
        `"${ref}" is not a valid version, hash, tag or branch in ${url}. Available versions are: 1.0.0, 1.2.0, 1.10.0.`,
      );
    },
  );
});

test('the commit that is installed counts, wherever the branch has gone since', async () => {
  const commit = commits['first']!;
  repo.git('branch', commit, commits['last']!);
  expect(await fetched({ url, ref: 'main', commit })).toMatchObject({ commit });
  repo.git('branch', '--delete', commit);
  await expect(fetched({ url, ref: 'main', commit: 'f'.repeat(40) })).rejects.toThrow(
    `Commit ${'f'.repeat(40)}, which is installed, is not in ${url} any more: set spec.reinstall to another text`,
  );
});

test('has the files without .git, and links', async () => {
  const { folder } = await fetched({ url });
  expect(existsSync(join(folder, '.git'))).toBe(false);
  expect(readlinkSync(join(folder, 'actions/again.sh'))).toBe('run.sh');
});

test('only what is committed is fetched', async () => {
  repo.write('uncommitted', 'x');
  expect(existsSync(join((await fetched({ url })).folder, 'uncommitted'))).toBe(false);
  rmSync(join(repo.folder, 'uncommitted'));
});

test('a folder in the repository', async () => {
  const { folder } = await fetched({ url, path: 'sub/pack' });
  expect(readFileSync(join(folder, 'pack.yaml'), 'utf8')).toBe('name: sub\n');
  await expect(fetched({ url, path: 'sub/other' })).rejects.toThrow('There is no folder sub/other in');
  await expect(fetched({ url, path: '../..' })).rejects.toThrow('There is no folder ../.. in');
});

test('a detached HEAD is used as it is checked out', async () => {
  const detached = makeRepo(join(top, 'repos', 'detached'));
  detached.write('mark', 'one');
  detached.commit('one');
  detached.write('mark', 'two');
  detached.commit('two');
  detached.git('checkout', '--quiet', 'HEAD~1');
  expect(await marked({ url: `file://${detached.folder}` })).toBe('one');
});

test('a repository without commits, one that is not there, and addresses that are programs', async () => {
  const empty = makeRepo(join(top, 'repos', 'empty'));
  await expect(fetched({ url: `file://${empty.folder}` })).rejects.toThrow('has no commits on its default branch');
  await expect(fetched({ url: `file://${top}/nowhere` })).rejects.toThrow(
    /does not exist|does not appear to be a git repository/,
  );
  await expect(fetched({ url: 'ext::sh -c "touch /tmp/never"' })).rejects.toThrow("transport 'ext' not allowed");
  await expect(fetched({ url: '--upload-pack=touch' })).rejects.toThrow('begins with -');
});

describe('a hostile repository', () => {
  const hostile = (name: string): Repo => makeRepo(join(top, 'repos', name));

  test('with a link out', async () => {
    const bad = hostile('link');
    symlinkSync('../../../var/run/squall/token', join(bad.folder, 'token'));
    bad.commit('x');
    await expect(fetched({ url: `file://${bad.folder}` })).rejects.toThrow(
      /^token: the link points to .* out of the pack/,
    );
  });

  test('with a file of 100 MB', async () => {
    const bad = hostile('large');
    bad.write('big.bin', '');
    writeFileSync(join(bad.folder, 'big.bin'), Buffer.alloc(100_000_000));
    bad.commit('x');
    await expect(fetched({ url: `file://${bad.folder}` })).rejects.toThrow(/^big\.bin: the file has 100000000 bytes/);
  });

  test('with a name that is not UTF-8', async () => {
    const bad = hostile('name');
    writeFileSync(Buffer.concat([Buffer.from(`${bad.folder}/`), Buffer.from('\xff', 'latin1')]), 'x');
    bad.commit('x');
    await expect(fetched({ url: `file://${bad.folder}` })).rejects.toThrow(/^\\xff: the name is not UTF-8/);
  });

  test('with ten thousand million files in ten trees', async () => {
    const bad = hostile('bomb');
    const object = (kind: string, text: string): string =>
      execFileSync('git', kind === 'blob' ? ['hash-object', '-w', '--stdin'] : ['mktree'], {
        cwd: bad.folder,
        input: text,
        encoding: 'utf8',
      }).trim();
    const blob = object('blob', 'x');
    const names = Array.from({ length: 10 }, (_, at) => at);
    let tree = object('tree', names.map((at) => `100644 blob ${blob}\tf${at}\n`).join(''));
    for (let level = 1; level < 10; level++)
      tree = object('tree', names.map((at) => `040000 tree ${tree}\td${at}\n`).join(''));
    bad.git('update-ref', 'refs/heads/main', bad.git('commit-tree', '-m', 'x', tree));
    await expect(fetched({ url: `file://${bad.folder}` })).rejects.toThrow(
      /the pack has more than 20000 (?:files|folders)/,
    );
  });
});
