// runners/installer/git-login.test.ts — real repositories by https and ssh: who may fetch, whom a password or a key is shown, and what is said then.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasSshd, makeCertificate, type Served, type ServedSsh, serveHttps, serveSsh } from './git-server.setup.ts';
import { fetching, makeVersions } from './git.setup.ts';

const { top, fetched, marked } = fetching();
const { repo, commits } = makeVersions(top);

const addressOf = (server: Server): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

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
