// runners/node/ssh/upload.ts — a script and the folder lib beside it → a folder of their own on a host.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import type { Connection } from './connection.ts';
import { asRoot, type Privileges, quoted } from './command-line.ts';

/** What is brought to a host. */
export interface Script {
  /** Name of its file on the host. */
  readonly name: string;
  readonly text: Buffer;
  /** Folder `lib` beside it, with what it uses; undefined: it has none. */
  readonly library: string | undefined;
}

const SCRIPT_MODE = 0o744;

/** The script of a file. */
export function scriptAt(path: string): Script {
  const library = join(dirname(path), 'lib');
  return { name: basename(path), text: readFileSync(path), library: existsSync(library) ? library : undefined };
}

/** Puts all of it into `folder`, which is made; gives the path of the script. Throws Error. */
export async function upload(connection: Connection, script: Script, folder: string): Promise<string> {
  await quietly(connection, `umask 077 && mkdir -p -- ${quoted(folder)}`, `make the folder ${folder}`);
  const sftp = await connection.sftp();
  try {
    const path = `${folder}/${script.name}`;
    await write(sftp, path, script.text, SCRIPT_MODE);
    if (script.library !== undefined) await writeFolder(sftp, script.library, `${folder}/lib`);
    return path;
  } finally {
    sftp.end();
  }
}

/** What sudo has made is removed by sudo. Throws Error when something stays. */
export function remove(connection: Connection, folder: string, { sudo, input }: Privileges): Promise<void> {
  const command = `rm -rf -- ${quoted(folder)}`;
  const text = sudo ? `${command} 2>/dev/null || ${asRoot(input)} ${command}` : command;
  return quietly(connection, text, `remove the folder ${folder}`, input);
}

async function quietly(connection: Connection, command: string, what: string, input = ''): Promise<void> {
  let told = '';
  const { ended } = await connection.exec(command, (channel) => {
    channel.on('data', () => undefined);
    channel.stderr.setEncoding('utf8').on('data', (text: string) => (told = (told + text).slice(0, 300)));
    channel.end(input);
    return {
      ended: new Promise<number | null | undefined>((resolve) => {
        let exit: number | null | undefined;
        channel.on('exit', (status: number | null) => (exit = status));
        channel.on('close', () => resolve(exit));
      }),
    };
  });
  const code = await ended;
  if (code !== 0) throw new Error(`Cannot ${what} on the host: ${told.trim() || `exit code ${code ?? 'unknown'}`}`);
}

const write = (sftp: SFTPWrapper, path: string, content: Buffer, mode: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(new Error(`Write ${path} on the host: ${error.message}`, { cause: error }));
    sftp.writeFile(path, content, { mode }, (error) => {
      if (error) return failed(error);
      // The host's umask has taken from it.
      sftp.chmod(path, mode, (refused) => (refused ? failed(refused) : resolve()));
    });
  });

async function writeFolder(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  await new Promise<void>((resolve) => {
    // It may be there from an attempt before; a real fault shows with the first file.
    sftp.mkdir(to, { mode: 0o755 }, () => resolve());
  });
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    const about = statSync(path, { throwIfNoEntry: false });
    if (about?.isDirectory()) await writeFolder(sftp, path, `${to}/${name}`);
    else if (about?.isFile()) await write(sftp, `${to}/${name}`, readFileSync(path), about.mode & 0o777);
  }
}
