// runners/installer/git-environment.ts — the Secret, the authorities and the proxies → what git needs to reach a repository.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GitAccess {
  readonly env: Readonly<Record<string, string>>;
  /** What people should know, for the log. */
  readonly warnings: readonly string[];
}

export interface GitAccessOptions {
  /** Variables that are kept: path, proxies. */
  readonly env: Readonly<Record<string, string>>;
  /** Address that username and password are for; they are given to no other host. */
  readonly url: string;
  /** Folder of the Secret; there may be none. */
  readonly secretFolder: string;
  /** File with all trusted authorities. */
  readonly authorities: string | undefined;
  /** A folder that only we can read. */
  readonly scratch: string;
}

/** Writes the files that git is told of into `scratch`. */
export function gitAccess({ env, url, secretFolder, authorities, scratch }: GitAccessOptions): GitAccess {
  const secret = (name: string): string | undefined => readSecret(secretFolder, name);
  const [username, password] = [secret('username')?.trim(), secret('password')?.trim()];
  const config = join(scratch, 'gitconfig');
  writeFileSync(config, configText(url, credentialFile(username, password, scratch)), { mode: 0o600 });
  const ssh = sshCommand(secret('ssh-privatekey'), secret('known_hosts'), scratch);
  return {
    env: {
      ...env,
      HOME: scratch,
      LC_ALL: 'C',
      GIT_CONFIG_GLOBAL: config,
      GIT_TERMINAL_PROMPT: '0',
      // Without it, ext:: and the like run programs.
      GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
      GIT_SSH_COMMAND: ssh.command,
      ...(authorities !== undefined && { GIT_SSL_CAINFO: authorities }),
    },
    warnings: ssh.warnings,
  };
}

/** Values of the Secret that must not be shown. */
export const gitSecrets = (secretFolder: string): readonly string[] => {
  const password = readSecret(secretFolder, 'password')?.trim();
  return password ? [password] : [];
};

function readSecret(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function credentialFile(
  username: string | undefined,
  password: string | undefined,
  scratch: string,
): string | undefined {
  if (password === undefined) return undefined;
  const file = join(scratch, 'git-credential');
  // Access tokens come without a name; servers take any with them.
  writeFileSync(file, `username=${username ?? 'git'}\npassword=${password}\n`, { mode: 0o600 });
  return file;
}

function configText(url: string, credential: string | undefined): string {
  const lines = [
    // Repositories on a volume belong to whoever put them there.
    '[safe]',
    '  directory = *',
    '[core]',
    // Larger files are streamed; they are refused by their size later.
    '  bigFileThreshold = 16m',
    '[fetch]',
    '  unpackLimit = 1',
    '[gc]',
    '  auto = 0',
  ];
  const origin = originOf(url);
  if (credential !== undefined && origin !== undefined)
    lines.push(`[credential ${JSON.stringify(origin)}]`, `  helper = ${JSON.stringify(`!cat '${credential}'; :`)}`);
  return `${lines.join('\n')}\n`;
}

function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}

function sshCommand(
  key: string | undefined,
  knownHosts: string | undefined,
  scratch: string,
): { readonly command: string; readonly warnings: readonly string[] } {
  const [keyFile, hostsFile] = [join(scratch, 'ssh-key'), join(scratch, 'known_hosts')];
  // A copy: ssh refuses a key that others may read, and one without a line break at its end.
  if (key !== undefined) writeFileSync(keyFile, `${key.trimEnd()}\n`, { mode: 0o600 });
  if (knownHosts !== undefined) writeFileSync(hostsFile, `${knownHosts.trimEnd()}\n`);
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '30',
    StrictHostKeyChecking: knownHosts === undefined ? 'accept-new' : 'yes',
    UserKnownHostsFile: hostsFile,
    GlobalKnownHostsFile: '/dev/null',
    ...(key !== undefined && { IdentitiesOnly: 'yes', IdentityFile: keyFile }),
  };
  const words = Object.entries(options).map(([name, value]) => `-o ${name}='${value}'`);
  const warning = 'the Secret has no known_hosts: whoever answers as the server is trusted';
  return {
    command: `ssh -F /dev/null ${words.join(' ')}`,
    warnings: key !== undefined && knownHosts === undefined ? [warning] : [],
  };
}
