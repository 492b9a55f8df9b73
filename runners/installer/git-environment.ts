// runners/installer/git-environment.ts — the Secret, the authorities and the proxies → what git needs to reach a repository.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitLogin, gitLogin, type GitLoginOptions, loginWarnings } from './git-login.ts';

export interface GitAccess {
  readonly env: Readonly<Record<string, string>>;
  /** What people should know, for the log. */
  readonly warnings: readonly string[];
}

export interface GitAccessOptions extends GitLoginOptions {
  /** Variables that are kept: path, proxies. */
  readonly env: Readonly<Record<string, string>>;
  /** File with all trusted authorities. */
  readonly authorities: string | undefined;
  /** A folder that only we can read. */
  readonly scratch: string;
}

/** Writes the files that git is told of into `scratch`. Throws StepFailure when the Secret says what cannot be. */
export function gitAccess({ env, authorities, scratch, ...options }: GitAccessOptions): GitAccess {
  const login = gitLogin(options);
  const config = join(scratch, 'gitconfig');
  writeFileSync(config, configText(login.origins, credentialFile(login, scratch)), { mode: 0o600 });
  return {
    env: {
      ...env,
      HOME: scratch,
      LC_ALL: 'C',
      GIT_CONFIG_GLOBAL: config,
      GIT_TERMINAL_PROMPT: '0',
      // Without it, ext:: and the like run programs.
      GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
      GIT_SSH_COMMAND: sshCommand(login, scratch),
      ...(authorities !== undefined && { GIT_SSL_CAINFO: authorities }),
    },
    warnings: loginWarnings(login, options.isShared),
  };
}

function credentialFile({ username, password }: GitLogin, scratch: string): string | undefined {
  if (password === undefined) return undefined;
  const file = join(scratch, 'git-credential');
  // Access tokens come without a name; servers take any with them.
  writeFileSync(file, `username=${username ?? 'git'}\npassword=${password}\n`, { mode: 0o600 });
  return file;
}

function configText(origins: readonly string[], credential: string | undefined): string {
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
  if (credential !== undefined)
    for (const origin of origins)
      lines.push(`[credential ${JSON.stringify(origin)}]`, `  helper = ${JSON.stringify(`!cat '${credential}'; :`)}`);
  return `${lines.join('\n')}\n`;
}

function sshCommand({ privateKey, knownHosts, sshHosts }: GitLogin, scratch: string): string {
  const [config, keyFile, hostsFile] = ['ssh-config', 'ssh-key', 'known_hosts'].map((name) => join(scratch, name));
  // A copy: ssh refuses a key that others may read, and one without a line break at its end.
  if (privateKey !== undefined) writeFileSync(`${keyFile}`, `${privateKey.trimEnd()}\n`, { mode: 0o600 });
  if (knownHosts !== undefined) writeFileSync(`${hostsFile}`, `${knownHosts.trimEnd()}\n`);
  const hosts = (sshHosts ?? ['*']).map((host) => host.replaceAll(/[[\]]/g, ''));
  const lines = [
    ...(privateKey === undefined || hosts.length === 0 ? [] : [`Host ${hosts.join(' ')}`, `IdentityFile "${keyFile}"`]),
    'Host *',
    'BatchMode yes',
    'ConnectTimeout 30',
    'IdentitiesOnly yes',
    `StrictHostKeyChecking ${knownHosts === undefined ? 'accept-new' : 'yes'}`,
    `UserKnownHostsFile "${hostsFile}"`,
    'GlobalKnownHostsFile /dev/null',
  ];
  writeFileSync(`${config}`, `${lines.join('\n')}\n`);
  return `ssh -F '${config}'`;
}
