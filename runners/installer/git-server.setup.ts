// runners/installer/git-server.setup.ts — for tests: real git repositories, behind git's own HTTP program and behind sshd.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

const ENV = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
};

/** A repository with a work tree. */
export interface Repo {
  readonly folder: string;
  git(...words: string[]): string;
  write(path: string, text: string): void;
  /** Commits everything; returns the hash. */
  commit(message: string): string;
}

export function makeRepo(folder: string): Repo {
  mkdirSync(folder, { recursive: true });
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: folder, env: ENV, encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--quiet', '--initial-branch=main', '.');
  return {
    folder,
    git,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    commit(message) {
      git('add', '--all', '--force');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
  };
}

interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];

/** openssl, in a folder that is removed afterwards. */
function makePairs(calls: readonly (readonly [name: string, ...words: string[]])[]): readonly KeyPair[] {
  const folder = mkdtempSync(join(tmpdir(), 'squall-certificate-'));
  const pairs = calls.map(([name, ...words]) => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    execFileSync('openssl', ['req', '-x509', ...NEW_KEY, ...files, ...words], { cwd: folder, stdio: 'pipe' });
    const read = (end: string): string => readFileSync(join(folder, `${name}.${end}`), 'utf8');
    return { key: read('key'), cert: read('pem') };
  });
  rmSync(folder, { recursive: true });
  return pairs;
}

/** A self-signed certificate for 127.0.0.1. */
export function makeCertificate(): KeyPair {
  return makePairs([['own', '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1']])[0]!;
}

/** A certificate for 127.0.0.1 and these names, and the authority that has signed it. */
export function makeSigned(names: readonly string[]): KeyPair & { readonly authority: string } {
  const alternatives = ['IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join();
  const leaf = ['-addext', `subjectAltName=${alternatives}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const [authority, own] = makePairs([
    ['ca', '-subj', '/CN=authority'],
    ['own', '-subj', '/CN=test', '-CA', 'ca.pem', '-CAkey', 'ca.key', ...leaf],
  ]);
  return { ...own!, authority: authority!.cert };
}

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** git http-backend below `root`, over TLS, for whoever has this user and password. */
export async function serveHttps(root: string, tls: { key: string; cert: string }, login: string): Promise<Served> {
  const wanted = `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createServer(tls, (request, response) => {
    if (request.headers.authorization !== wanted) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...ENV,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_ADDR: '127.0.0.1',
      },
    });
    request.pipe(backend.stdin);
    backend.stdin.on('error', () => undefined);
    const pieces: Buffer[] = [];
    backend.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    backend.once('close', () => {
      const whole = Buffer.concat(pieces);
      const end = whole.indexOf('\r\n\r\n');
      const headers = whole
        .toString('latin1', 0, end)
        .split('\r\n')
        .map((line) => line.split(': ') as [string, string]);
      const status = Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
      response
        .writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')))
        .end(whole.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const SSHD = '/usr/sbin/sshd';
export const hasSshd = existsSync(SSHD);

export interface ServedSsh extends Served {
  readonly privateKey: string;
  readonly knownHosts: string;
}

/** sshd on the loopback, for our own user and one key. */
export async function serveSsh(scratch: string): Promise<ServedSsh> {
  const [host, user] = [join(scratch, 'host'), join(scratch, 'user')];
  for (const file of [host, user]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await freePort();
  const config = join(scratch, 'sshd_config');
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${host}`,
    `AuthorizedKeysFile ${user}.pub`,
    'StrictModes no',
    'UsePAM no',
  ];
  writeFileSync(config, `${[...lines, 'PasswordAuthentication no', 'PidFile none'].join('\n')}\n`);
  const daemon = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: 'ignore' });
  await listening(port);
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    privateKey: readFileSync(user, 'utf8'),
    knownHosts: `[127.0.0.1]:${port} ${readFileSync(`${host}.pub`, 'utf8')}`,
    async close() {
      const gone = new Promise((resolve) => daemon.once('close', resolve));
      daemon.kill();
      await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('sshd does not listen');
}
