// runners/installer/git.setup.ts — for tests: fetches from git as the Job does, and a repository of several versions to fetch.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { fetchRepository } from './git.ts';
import { gitAccess } from './git-environment.ts';
import { gitSecrets } from './git-login.ts';
import { makeRepo, type Repo } from './git-server.setup.ts';
import { maskOf } from './mask.ts';

const MIB = 1024 * 1024;
const LIMITS = { files: 20_000, fileBytes: 20 * MIB, totalBytes: 200 * MIB, yamlBytes: MIB };

interface Wanted {
  readonly url: string;
  readonly ref?: string;
  /** That is installed. */
  readonly commit?: string;
  readonly path?: string;
  readonly secret?: Readonly<Record<string, string>>;
  readonly authorities?: string;
  /** The Secret is that of the namespace. */
  readonly isShared?: boolean;
}

interface Fetched {
  /** With the files. */
  readonly folder: string;
  readonly commit: string;
}

interface Fetching {
  /** A folder that is gone when the tests of the file are done. */
  readonly top: string;
  readonly fetched: (wanted: Wanted) => Promise<Fetched>;
  /** What stands in the file `mark` of what was fetched. */
  readonly marked: (wanted: Wanted) => Promise<string>;
}

/** To be called once, outside of the tests of a file. */
export function fetching(): Fetching {
  const top = mkdtempSync(join(tmpdir(), 'squall-git-'));
  afterAll(() => rmSync(top, { recursive: true, force: true }));
  const fetched = (wanted: Wanted): Promise<Fetched> => fetchInto(top, wanted);
  return { top, fetched, marked: async (wanted) => readFileSync(join((await fetched(wanted)).folder, 'mark'), 'utf8') };
}

async function fetchInto(
  top: string,
  { url, ref, commit: pinned, path, secret = {}, authorities, isShared = false }: Wanted,
): Promise<Fetched> {
  const [scratch, secretFolder] = [mkdtempSync(join(top, 'scratch-')), mkdtempSync(join(top, 'secret-'))];
  for (const [name, value] of Object.entries(secret)) writeFileSync(join(secretFolder, name), value);
  const folder = mkdtempSync(join(top, 'files-'));
  const mask = maskOf(gitSecrets(secretFolder));
  const login = { url, secretFolder, isShared };
  const { env } = gitAccess({ ...login, env: { PATH: process.env['PATH'] ?? '' }, authorities, scratch });
  const stop = new AbortController().signal;
  const commit = await fetchRepository({ url, shownUrl: mask(url), ref, path, commit: pinned }, folder, {
    env,
    scratch,
    limits: LIMITS,
    timeoutSeconds: 60,
    stop,
    mask,
  });
  return { folder, commit };
}

interface Versions {
  readonly repo: Repo;
  /** By what stands in the file `mark`: first, second, feature, last. */
  readonly commits: Readonly<Record<string, string>>;
}

/** `repos/pack`, with tags, a branch `feature/x`, a folder `sub/pack` and a link. */
export function makeVersions(top: string): Versions {
  const commits: Record<string, string> = {};
  const repo = makeRepo(join(top, 'repos', 'pack'));
  const step = (mark: string): void => {
    repo.write('mark', mark);
    commits[mark] = repo.commit(mark);
  };
  repo.write('sub/pack/pack.yaml', 'name: sub\n');
  repo.write('actions/run.sh', '#!/bin/sh\n');
  symlinkSync('run.sh', join(repo.folder, 'actions/again.sh'));
  step('first');
  repo.git('tag', 'v1.0.0');
  step('second');
  repo.git('tag', '--annotate', '--message', 'x', 'v1.10.0');
  repo.git('tag', 'v1.2.0');
  repo.git('tag', 'not-a-version');
  repo.git('checkout', '--quiet', '-b', 'feature/x');
  step('feature');
  repo.git('checkout', '--quiet', 'main');
  step('last');
  // A branch and a tag of one name: the branch comes first.
  repo.git('branch', 'both', commits['first']!);
  repo.git('tag', 'both', commits['second']!);
  return { repo, commits };
}
