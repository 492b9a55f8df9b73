// runners/node/ssh/server.setup.ts — an SSH server that runs commands of this machine: logins by key and password, files, signals, hops.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type Connection, type ServerChannel, type Session, type SFTPWrapper } from 'ssh2';

export const USER = 'stanley';
export const PASSWORD = 'pass-word-1';
export const keys = ssh2.utils.generateKeyPairSync('ed25519');
export const lockedKeys = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: 'open-sesame',
  cipher: 'aes256-cbc',
  rounds: 4,
});
const hostKeys = ssh2.utils.generateKeyPairSync('ed25519');
/** Type and base64 of the server's key, as in known_hosts. */
export const hostKey = hostKeys.public.split(' ').slice(0, 2).join(' ');

export interface SshServer {
  readonly port: number;
  /** Commands that were run, in their order, and hosts that were hopped to. */
  readonly commands: string[];
  readonly hops: string[];
  close(): void;
}

interface Manner {
  /** Answers passwords only where they are typed in, as PAM does. */
  readonly typed?: boolean;
  /** Breaks the connection instead of running a command. */
  readonly breaks?: boolean;
  /** Does not know signals. */
  readonly deaf?: boolean;
  /** Is far away: what has been written when a command ends comes piece by piece after its end. */
  readonly isSlow?: boolean;
}

export async function serveSsh(manner: Manner = {}): Promise<SshServer> {
  const commands: string[] = [];
  const hops: string[] = [];
  const children = new Set<ChildProcess>();
  const allowed = [keys, lockedKeys].map(({ public: text }) => ssh2.utils.parseKey(text));
  const server = new ssh2.Server({ hostKeys: [hostKeys.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (login) => {
      if (login.username !== USER) return login.reject();
      if (login.method === 'password' && !manner.typed && login.password === PASSWORD) return login.accept();
      if (login.method === 'keyboard-interactive' && manner.typed)
        return login.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
          answers[0] === PASSWORD ? login.accept() : login.reject(),
        );
      if (login.method !== 'publickey')
        return login.reject(['publickey', manner.typed ? 'keyboard-interactive' : 'password']);
      const key = allowed.find((one) => !(one instanceof Error) && one.getPublicSSH().equals(login.key.data));
      if (!key || key instanceof Error) return login.reject();
      const isSigned = !login.signature || key.verify(login.blob ?? '', login.signature, login.hashAlgo) === true;
      return isSigned ? login.accept() : login.reject();
    });
    client.on('session', (accept) => runIn(accept(), client));
    client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
      hops.push(`${destIP}:${destPort}`);
      const socket = connect(destPort, destIP);
      const channel = accept();
      socket.pipe(channel).pipe(socket);
      for (const end of [socket, channel]) end.on('error', () => socket.destroy());
    });
  });

  function runIn(session: Session, client: Connection): void {
    let child: ChildProcess | undefined;
    session.on('exec', (accept, _reject, { command }) => {
      commands.push(command);
      if (manner.breaks) return void client.end();
      child = running(command, accept(), children, manner.isSlow === true);
    });
    session.on('signal', (_accept, _reject, { name }) => {
      if (child?.pid !== undefined && !manner.deaf) process.kill(-child.pid, `SIG${name}` as NodeJS.Signals);
    });
    session.on('sftp', (accept) => serveFiles(accept()));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    for (const child of children) if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  return { port, commands, hops, close };
}

/** In a session of its own, as sshd has it. */
function running(command: string, channel: ServerChannel, children: Set<ChildProcess>, isSlow: boolean): ChildProcess {
  const child = spawn('sh', ['-c', command], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  children.add(child);
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  const late: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => (isSlow ? late.push(piece) : channel.write(piece)));
  // ssh2 closes a channel with what is still to be written to its stderr; sshd does not.
  const told: Promise<unknown>[] = [];
  child.stderr.on('data', (piece: Buffer) => {
    told.push(new Promise((written) => channel.stderr.write(piece, written)));
  });
  child.once('exit', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.slice(3), false);
  });
  child.once('close', () => {
    children.delete(child);
    if (isSlow) void dripping(channel, Buffer.concat(late));
    else void Promise.all(told).then(() => channel.end());
  });
  return child;
}

/** Pauses of a slow one, in ms: all of it takes longer than the runner waits for one piece. */
const SLOW_MS = 700;

async function dripping(channel: ServerChannel, bytes: Buffer): Promise<void> {
  const size = Math.ceil(bytes.length / 4);
  for (let at = 0; at < bytes.length; at += size) {
    await sleep(SLOW_MS);
    channel.write(bytes.subarray(at, at + size));
  }
  channel.end();
}

const { OK, FAILURE } = ssh2.utils.sftp.STATUS_CODE;

/** As much as it takes to write files. */
function serveFiles(sftp: SFTPWrapper): void {
  const attempt = (id: number, work: () => void): void => {
    try {
      work();
      sftp.status(id, OK);
    } catch (error) {
      sftp.status(id, FAILURE, (error as Error).message);
    }
  };
  sftp.on('OPEN', (id, path) => {
    try {
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(openSync(path, 'w', 0o600));
      sftp.handle(id, handle);
    } catch (error) {
      sftp.status(id, FAILURE, (error as Error).message);
    }
  });
  sftp.on('WRITE', (id, handle, offset, data) =>
    attempt(id, () => void writeSync(handle.readUInt32BE(0), data, 0, data.length, offset)),
  );
  sftp.on('CLOSE', (id, handle) => attempt(id, () => closeSync(handle.readUInt32BE(0))));
  sftp.on('FSETSTAT', (id) => sftp.status(id, OK));
  sftp.on('SETSTAT', (id, path, { mode }) => attempt(id, () => chmodSync(path, mode)));
  sftp.on('MKDIR', (id, path) => attempt(id, () => mkdirSync(path)));
}
