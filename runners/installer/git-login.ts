// runners/installer/git-login.ts — a Secret for repositories → which hosts its key and its password are for.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailure } from './failure.ts';

export interface GitLogin {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly privateKey: string | undefined;
  readonly knownHosts: string | undefined;
  /** Addresses that the password is for; git matches them by scheme, host and port. */
  readonly origins: readonly string[];
  /** Names of hosts, with `*`, that the key is for; undefined: any. */
  readonly sshHosts: readonly string[] | undefined;
}

export interface GitLoginOptions {
  /** Folder with the keys of the Secret as files; there may be none. */
  readonly secretFolder: string;
  /** Address that a password without hosts is for. */
  readonly url: string;
  /** It is that of the namespace, for whatever is fetched there: nothing but its `hosts` says whom the password is for. */
  readonly isShared: boolean;
}

/** Throws StepFailure for `hosts` that are none. */
export function gitLogin({ secretFolder, url, isShared }: GitLoginOptions): GitLogin {
  const hosts = hostsIn(readSecret(secretFolder, 'hosts'));
  const own = isShared ? undefined : originOf(url);
  return {
    username: readSecret(secretFolder, 'username')?.trim(),
    password: readSecret(secretFolder, 'password')?.trim(),
    privateKey: readSecret(secretFolder, 'ssh-privatekey'),
    knownHosts: readSecret(secretFolder, 'known_hosts'),
    origins:
      hosts?.map((host) => (host.includes('://') ? host : `https://${host}`)) ?? (own === undefined ? [] : [own]),
    sshHosts: hosts?.map((host) => host.replace(/^[a-z]+:\/\//, '').replace(/:\d+$/, '')),
  };
}

/** What people should know of it, for the log. */
export function loginWarnings({ password, privateKey, knownHosts, sshHosts }: GitLogin, isShared: boolean): string[] {
  return [
    ...(privateKey !== undefined && knownHosts === undefined
      ? ['the Secret has no known_hosts: whoever answers as the server is trusted']
      : []),
    ...(isShared && password !== undefined && sshHosts === undefined
      ? ['the Secret squall-git has a password and no hosts: name those that it is for, else it is given to none']
      : []),
  ];
}

/** Values of the Secret that must not be shown. */
export const gitSecrets = (secretFolder: string): readonly string[] => {
  const password = readSecret(secretFolder, 'password')?.trim();
  return password ? [password] : [];
};

/** Undefined: it says nothing of hosts. */
function hostsIn(text: string | undefined): readonly string[] | undefined {
  const hosts = text?.split(/[\s,]+/).filter((host) => host !== '');
  // They go into files of git and ssh.
  for (const host of hosts ?? [])
    if (!/^(?:https?:\/\/)?(?:[a-z0-9*._-]+|\[[0-9a-f:.]+\])(?::\d+)?$/i.test(host))
      throw new StepFailure(
        `The key hosts of the Secret for git has "${host.slice(0, 100)}": write names of hosts with commas between them, for example git.example.org, *.example.com:8443`,
      );
  return hosts;
}

function readSecret(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}
