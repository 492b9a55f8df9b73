// runners/node/ssh/openssh.setup.ts — OpenSSH's own server for the user of the tests, where this machine has it.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SSHD = '/usr/sbin/sshd';
/** Of root it separates privileges, in this folder. */
const isRoot = userInfo().uid === 0;
export const hasOpenSsh = existsSync(SSHD) && (!isRoot || existsSync('/run/sshd'));

/** Whether sudo asks the user for nothing. */
export const hasSudo = spawnSync('sudo', ['-n', 'true']).status === 0;

export interface OpenSsh {
  readonly port: number;
  readonly username: string;
  /** Text of a private key that may log in. */
  readonly privateKey: string;
  /** Lines of known_hosts with hashed names, for keys of these types. */
  readonly knownHosts: (types: string) => string;
  close(): void;
}

export async function startOpenSsh(): Promise<OpenSsh> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-sshd-'));
  const keygen = (type: string, file: string) =>
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', join(folder, file)]);
  for (const type of ['ed25519', 'rsa', 'ecdsa']) keygen(type, `host-${type}`);
  keygen('rsa', 'id');
  const port = await freePort();
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...['ed25519', 'rsa', 'ecdsa'].map((type) => `HostKey ${folder}/host-${type}`),
    'PidFile none',
    `AuthorizedKeysFile ${folder}/id.pub`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`);
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
  await listening(port);
  return {
    port,
    username: userInfo().username,
    privateKey: readFileSync(join(folder, 'id'), 'utf8'),
    knownHosts: (types) =>
      execFileSync('ssh-keyscan', ['-H', '-t', types, '-p', String(port), '127.0.0.1'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    close() {
      server.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`sshd does not listen on port ${port}`);
}
