// runners/node/ssh/credentials.ts — what a task says of the user, and the namespace's Secret → how to log in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { Task } from '../../../operator/api/envelope.ts';
import { TaskFailure } from '../failure.ts';
import { type Address, hostOf } from './hosts.ts';

export type Remote = NonNullable<Task['remote']>;

export interface Credentials {
  readonly username: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** Text of the file; undefined: whatever key a host shows is taken. An empty one knows nobody. */
  readonly knownHosts: string | undefined;
}

const SSH_PORT = 22;
/** User of hosts where nothing names another; StackStorm's. */
const USERNAME = 'stanley';

/** A password comes before a key, and both before the key of the namespace. Throws TaskFailure when there is none of them. */
export function credentialsOf(remote: Remote, folder: string | undefined): Credentials {
  const { username, password, privateKey, passphrase } = remote;
  const secret = (name: string): string | undefined => textAt(folder, name) || undefined;
  const common = {
    username: username || secret('username')?.trim() || USERNAME,
    knownHosts: textAt(folder, 'known_hosts'),
  };
  if (password) return { ...common, password };
  if (passphrase && !privateKey)
    throw new TaskFailure('passphrase: it is for a private_key, and there is none; give private_key');
  if (privateKey) return { ...common, ...checked(materialOf(privateKey), passphrase, 'private_key') };
  const own = secret('ssh-privatekey');
  if (own) return { ...common, ...checked(own, secret('passphrase')?.trim(), 'The Secret squall-ssh') };
  throw new TaskFailure(
    'Nothing to log in with: give private_key or password, or make a Secret squall-ssh with ssh-privatekey (and username, known_hosts) in the namespace',
  );
}

/** The host over which all others are reached; that of the namespace where the task names none. */
export const bastionOf = ({ bastionHost, port }: Remote, folder: string | undefined): Address | undefined => {
  const own = textAt(folder, 'bastion_host')?.trim();
  if (bastionHost) return hostOf(bastionHost, port);
  return own ? hostOf(own, SSH_PORT) : undefined;
};

function textAt(folder: string | undefined, name: string): string | undefined {
  try {
    return folder === undefined ? undefined : readFileSync(join(folder, name), 'utf8');
  } catch {
    // The namespace need not have it.
    return undefined;
  }
}

/** The text of a key, or the path of its file in the pod. */
function materialOf(given: string): string {
  if (/private key-----/i.test(given)) return given;
  try {
    return readFileSync(given.trim(), 'utf8');
  } catch (cause) {
    throw new TaskFailure(
      'private_key: it is neither the text of a key nor the path of a file in the pod; give the text, from a Secret',
      { cause },
    );
  }
}

/** Throws TaskFailure for a key that cannot be read, before any host is asked. */
function checked(given: string, passphrase: string | undefined, place: string) {
  // OpenSSH's form has to end with a newline, which is easily lost on the way into a Secret.
  const privateKey = `${given.trim().replaceAll('\r\n', '\n')}\n`;
  const key = ssh2.utils.parseKey(privateKey, passphrase);
  if (key instanceof Error) throw new TaskFailure(`${place}: ${faultOf(key.message)}`);
  return { privateKey, ...(passphrase ? { passphrase } : {}) };
}

function faultOf(message: string): string {
  if (/no passphrase given/i.test(message)) return 'the private key is passphrase protected. Supply a passphrase.';
  if (/bad passphrase|integrity|decrypt/i.test(message)) return 'the passphrase does not open the private key';
  return `no private key can be read of it: ${message}`;
}
