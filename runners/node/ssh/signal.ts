// runners/node/ssh/signal.ts — a signal for the command of a connection, by way of the host's own kill.
import { asRoot, type Privileges } from './command-line.ts';
import type { Connection } from './connection.ts';

/**
 * Servers may refuse signals, as OpenSSH's does for root, and a user may not send any to what sudo runs. The command is the other
 * child of the process that serves this connection; one that serves several is left alone. Never throws, does not wait.
 */
export function signalCommand(connection: Connection, signal: 'TERM' | 'KILL', { sudo, input }: Privileges): void {
  const kill = `kill -${signal} -- "$group"`;
  const text = `case $(ps -o comm= -p $PPID) in *sshd*|*dropbear*) ${GROUP}; [ -n "$group" ] && ${sudo ? `${asRoot(input)} ${kill}` : kill};; esac`;
  const asked = connection.exec(text, (channel) => {
    for (const stream of [channel, channel.stderr]) stream.on('data', () => undefined);
    channel.on('error', () => undefined).end(input);
    return { ended: Promise.resolve() };
  });
  asked.catch(() => undefined);
}

/** A shell without a terminal is the leader of a group, with all that it starts. */
const GROUP =
  'group=$(ps -A -o pid= -o ppid= -o pgid= | while read -r pid ppid group; do [ "$ppid" = "$PPID" ] && [ "$pid" != "$$" ] && echo "-$group"; done | head -n 1)';
