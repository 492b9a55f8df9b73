// runners/node/ssh/connection.ts — a host → a connection that commands run on, over a bastion where one is named.
import type { Duplex } from 'node:stream';
import ssh2, {
  type Client,
  type ClientChannel,
  type ConnectConfig,
  type ServerHostKeyAlgorithm,
  type SFTPWrapper,
} from 'ssh2';
import type { Credentials } from './credentials.ts';
import type { Address } from './hosts.ts';
import { fingerprint, hostKeyFault, knownTypes, readKnownHosts, typeOf } from './known-hosts.ts';

export interface Access {
  readonly credentials: Credentials;
  readonly bastion: Address | undefined;
  /** Longest wait for a host, in ms. */
  readonly connectMs: number;
  readonly say: (message: string) => void;
}

export interface Connection {
  /** Runs it; `take` is called before anything has come, all of which may come with the next packet. */
  exec<T>(
    command: string,
    take: (channel: ClientChannel) => { readonly ended: Promise<T> },
  ): Promise<{ readonly ended: Promise<T> }>;
  sftp(): Promise<SFTPWrapper>;
  /** Ends it, whatever is under way. */
  close(): void;
}

/** Throws Error with the reason: no answer, a wrong key, a login that was refused. */
export async function connect(address: Address, access: Access): Promise<Connection> {
  const hop = access.bastion && (await clientFor(access.bastion, access));
  try {
    const sock = hop && (await tunnel(hop, address));
    const client = await clientFor(address, access, sock);
    return {
      exec: (command, take) =>
        asked((done) =>
          client.exec(command, (error, channel) => done(error, error ? (undefined as never) : take(channel))),
        ),
      sftp: () => asked((done) => client.sftp(done)),
      close() {
        client.destroy();
        hop?.destroy();
      },
    };
  } catch (error) {
    hop?.destroy();
    throw error;
  }
}

/** ssh2 gives undefined in place of an error when there is none. */
const asked = <T>(ask: (done: (error: Error | undefined, value: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))));

const tunnel = (hop: Client, { host, port }: Address): Promise<Duplex> =>
  asked<ClientChannel>((done) => hop.forwardOut('127.0.0.1', 0, host, port, done));

function clientFor({ host, port }: Address, access: Access, sock?: Duplex): Promise<Client> {
  const { credentials, connectMs, say } = access;
  const { username, password, privateKey, passphrase, knownHosts } = credentials;
  const known = knownHosts === undefined ? undefined : readKnownHosts(knownHosts);
  let refused: string | undefined;
  const verified = (key: Buffer): boolean => {
    if (known) refused = hostKeyFault(known, host, port, key);
    else
      say(
        `${host}: its key ${typeOf(key)} ${fingerprint(key)} is taken unseen; put it into known_hosts of the Secret squall-ssh to have it checked`,
      );
    return refused === undefined;
  };
  const types = known ? knownTypes(known, host, port) : [];
  const config: ConnectConfig = {
    ...(sock ? { sock: sock as NonNullable<ConnectConfig['sock']> } : { host, port }),
    username,
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
    readyTimeout: connectMs,
    hostVerifier: verified,
    keepaliveInterval: KEEPALIVE_MS,
    // Those that ssh2 does not know would be an error of their own.
    ...(types.length > 0 && types.every(isSupported)
      ? { algorithms: { serverHostKey: [...types] as ServerHostKeyAlgorithm[] } }
      : {}),
  };
  const client = new ssh2.Client();
  client.on('keyboard-interactive', (_name, _text, _language, prompts, answer) =>
    answer(prompts.map(() => password ?? '')),
  );
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client));
    // Stays: a connection that breaks later must not end the runner.
    client.on('error', (cause) => {
      client.destroy();
      reject(new Error(refused ?? wordsOf(cause, username), { cause }));
    });
    client.once('close', () => reject(new Error('the connection was closed')));
    client.connect(config);
  });
}

const KEEPALIVE_MS = 15_000;

const SUPPORTED: readonly string[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];
const isSupported = (type: string): boolean => SUPPORTED.includes(type);

function wordsOf(error: Error & { level?: string; code?: string }, username: string): string {
  if (error.level === 'client-authentication')
    return `Authentication failed for user "${username}": ${error.message}; is the key in authorized_keys of that user?`;
  // A host with two addresses fails with an AggregateError, which has no message of its own.
  return error.message || (error.code ?? String(error));
}
