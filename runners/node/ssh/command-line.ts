// runners/node/ssh/command-line.ts — what is to be run on a host → the one text that its shell is given.

export interface RemoteCommand {
  /** A command, which is the shell's, or the words of a program. */
  readonly run: string | readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string | undefined;
  readonly sudo: boolean;
  /** Whether sudo reads a password from its input. */
  readonly hasPassword: boolean;
}

/** The variables by name, the directory, the command; with sudo through bash. */
export function commandLine({ run, environment, directory, sudo, hasPassword }: RemoteCommand): string {
  const names = Object.keys(environment).sort();
  const variables = names.map((name) => `${quoted(name)}=${quoted(environment[name] ?? '')}`);
  // StackStorm hands a command's directory to the shell as it is, and that of a script quoted.
  const folder = directory !== undefined && typeof run !== 'string' ? quoted(directory) : directory;
  const parts = [
    ...(variables.length === 0 ? [] : [`export ${variables.join(' ')}`]),
    ...(folder ? [`cd ${folder}`] : []),
    typeof run === 'string' ? run : run.map(quoted).join(' '),
  ];
  const plain = parts.join(' && ');
  if (!sudo) return `${NO_INPUT}${plain}`;
  if (hasPassword) return `sudo -S -p '' -E -- bash -c ${quoted(plain)}`;
  return `${NO_INPUT}sudo -E -- bash -c ${quoted(plain)}`;
}

/** The library sends no signals to a command whose input it has ended; so it ends its input itself. */
const NO_INPUT = 'exec </dev/null; ';

/** How a command may be run besides as the user. */
export interface Privileges {
  readonly sudo: boolean;
  /** What sudo reads; empty: it asks for nothing. */
  readonly input: string;
}

/** What stands before a command of the runner's own. */
export const asRoot = (input: string): string => (input === '' ? 'sudo -n' : "sudo -S -p ''");

/** A text as one word of a shell. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
