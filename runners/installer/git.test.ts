// runners/installer/git.test.ts — real repositories by file, https and ssh: what is fetched, what is refused, and what is said then.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fetchRepository } from './git.ts';
import { gitAccess } from './git-environment.ts';
import { gitSecrets } from './git-login.ts';
import {
  hasSshd,
  makeCertificate,
  makeRepo,
  type Repo,
  type Served,
  serveHttps,
  serveSsh,
  type ServedSsh,
} from './git-server.setup.ts';
import { maskOf } from './mask.ts';

const MIB = 1024 * 1024;
const LIMITS = { files: 20_000, fileBytes: 20 * MIB, totalBytes: 200 * MIB, yamlBytes: MIB };
const top = mkdtempSync(join(tmpdir(), 'squall-git-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const addressOf = (server: Server): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

interface Wanted {
  readonly url: string;
  readonly ref?: string;
  readonly path?: string;
  readonly secret?: Readonly<Record<string, string>>;
  readonly authorities?: string;
  /** The Secret is that of the namespace. */
  readonly isShared?: boolean;
}

/** Fetches as the Job does; the folder with the files, and the commit. */
async function fetched({
  url,
  ref,
  path,
  secret = {},
  authorities,
  isShared = false,
}: Wanted): Promise<{ folder: string; commit: string }> {
  const [scratch, secretFolder] = [mkdtempSync(join(top, 'scratch-')), mkdtempSync(join(top, 'secret-'))];
  for (const [name, value] of Object.entries(secret)) writeFileSync(join(secretFolder, name), value);
  const folder = mkdtempSync(join(top, 'files-'));
  const mask = maskOf(gitSecrets(secretFolder));
  const login = { url, secretFolder, isShared };
  const { env } = gitAccess({ ...login, env: { PATH: process.env['PATH'] ?? '' }, authorities, scratch });
  const stop = new AbortController().signal;
  const commit = await fetchRepository({ url, shownUrl: mask(url), ref, path }, folder, {
    env,
    scratch,
    limits: LIMITS,
    timeoutSeconds: 60,
    stop,
    mask,
  });
  return { folder, commit };
}

const marked = async (wanted: Wanted): Promise<string> =>
  readFileSync(join((await fetched(wanted)).folder, 'mark'), 'utf8');

let repo: Repo;
let url: string;
const commits: Record<string, string> = {};

beforeAll(() => {
  repo = makeRepo(join(top, 'repos', 'pack'));
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
  url = `file://${repo.folder}`;
});

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

describe('https', () => {
  const tls = makeCertificate();
  const authorities = join(top, 'authorities.pem');
  let server: Served;
  beforeAll(async () => {
    writeFileSync(authorities, tls.cert);
    server = await serveHttps(join(top, 'repos'), tls, 'me:pass word');
  });
  afterAll(() => server.close());
  const secret = { username: 'me\n', password: 'pass word\n' };

  test('with name and password of the Secret, and the authority of the Pack', async () => {
    expect(await marked({ url: `${server.url}/pack/.git`, secret, authorities })).toBe('last');
    expect(await marked({ url: `${server.url}/pack/.git`, secret, authorities, ref: '1.0.0' })).toBe('first');
    expect(await marked({ url: `${server.url}/pack/.git`, secret, authorities, ref: commits['first']! })).toBe('first');
  });

  test('without the Secret, with a wrong one, without the authority', async () => {
    const at = `${server.url}/pack/.git`;
    await expect(fetched({ url: at, authorities })).rejects.toThrow(/spec\.source\.git\.secretRef/);
    const wrong = { username: 'me', password: 'not-this-one' };
    await expect(fetched({ url: at, authorities, secret: wrong })).rejects.toThrow(
      /does not take username and password/,
    );
    await expect(fetched({ url: at, secret })).rejects.toThrow(/give its authority as caBundle of the chart/);
  });

  test('a password is not shown, and not given to another host', async () => {
    const withPassword = server.url.replace('https://', 'https://me:not-this-one@');
    const failure = await fetched({ url: `${withPassword}/pack/.git`, authorities }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toContain('********@127.0.0.1');
    expect(failure).not.toContain('not-this-one');
  });

  test('a password is not given to the host that a server sends us to', async () => {
    const [asked, given]: [number[], (string | undefined)[]] = [[], []];
    const elsewhere = createServer(tls, (request, response) => {
      given.push(request.headers.authorization);
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    });
    const sending = createServer(tls, (request, response) => {
      if (request.headers.authorization === undefined)
        return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
      asked.push(1);
      response.writeHead(302, { Location: `${addressOf(elsewhere)}${request.url}` }).end();
    });
    for (const one of [elsewhere, sending]) {
      await new Promise<void>((listening) => one.listen(0, '127.0.0.1', listening));
      onTestFinished(() => void one.close());
      onTestFinished(() => one.closeAllConnections());
    }
    await expect(fetched({ url: `${addressOf(sending)}/pack/.git`, authorities, secret })).rejects.toThrow();
    expect(asked.length).toBeGreaterThan(0);
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((one) => one !== undefined)).toEqual([]);
  });

  test('the password of the namespace goes to the hosts that it names, by https, and to no other', async () => {
    const url = `${server.url}/pack/.git`;
    const port = new URL(server.url).port;
    const shared = (hosts?: string) =>
      fetched({ url, authorities, isShared: true, secret: { ...secret, ...(hosts !== undefined && { hosts }) } });
    expect(readFileSync(join((await shared(`git.example.org, 127.0.0.1:${port}`)).folder, 'mark'), 'utf8')).toBe(
      'last',
    );
    for (const hosts of [undefined, '', '127.0.0.1', `git.example.org:${port}`, `http://127.0.0.1:${port}`])
      await expect(shared(hosts)).rejects.toThrow(/the Secret squall-git of the namespace, whose key hosts/);
    await expect(shared('a"]\n[core]')).rejects.toThrow(/The key hosts of the Secret for git has "a"\]"/);
    await expect(fetched({ url, authorities, secret: { ...secret, hosts: 'git.example.org' } })).rejects.toThrow(
      /needs a password/,
    );
  });
});

describe.skipIf(!hasSshd)('ssh', () => {
  let server: ServedSsh;
  beforeAll(async () => {
    server = await serveSsh(mkdtempSync(join(top, 'sshd-')));
  });
  afterAll(() => server.close());
  const at = (): string => `${server.url}${repo.folder}`;

  test('with key and known_hosts of the Secret', async () => {
    // A Secret made with --from-literal has no line break at its end.
    const secret = { 'ssh-privatekey': server.privateKey.trim(), known_hosts: server.knownHosts };
    expect(await marked({ url: at(), secret, ref: '1.0.0' })).toBe('first');
  });

  test('the key of the namespace is for the hosts that it names, or for those of known_hosts', async () => {
    const secret = { 'ssh-privatekey': server.privateKey, known_hosts: server.knownHosts };
    const shared = (more: object) => fetched({ url: at(), isShared: true, secret: { ...secret, ...more } });
    const { commit } = await shared({});
    expect(await shared({ hosts: 'git.example.org,127.0.0.1' })).toMatchObject({ commit });
    await expect(shared({ hosts: 'git.example.org' })).rejects.toThrow(/the Secret squall-git of the namespace/);
  });

  test('without known_hosts', async () => {
    expect(await marked({ url: at(), secret: { 'ssh-privatekey': server.privateKey } })).toBe('last');
  });

  test('another key of the host, no key', async () => {
    const another = server.knownHosts.replace(
      /AAAA\S+/,
      server.privateKey && 'AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    );
    const secret = { 'ssh-privatekey': server.privateKey, known_hosts: another };
    await expect(fetched({ url: at(), secret })).rejects.toThrow(/not in known_hosts of the Secret/);
    await expect(fetched({ url: at(), secret: { known_hosts: server.knownHosts } })).rejects.toThrow(
      /name a Secret with ssh-privatekey/,
    );
  });
});
