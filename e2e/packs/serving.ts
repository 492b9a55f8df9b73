// e2e/packs/serving.ts — all peers that this machine has the programs for: started on one address, ready, and ended together.
import { createSocket } from 'node:dgram';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, run } from '../cluster/command.ts';
import { startDaemon } from './daemon.ts';
import type { Tokens } from './matching.ts';
import { type Place, type Server, SERVERS, tokensOf } from './servers.ts';

export interface Peers {
  /** By the name of the peer, as `cases.ts --peers` reads them. */
  readonly tokens: Readonly<Record<string, Tokens>>;
  /** Why others do not run, and the remedy. */
  readonly missing: Readonly<Record<string, string>>;
  /** Any number of times. */
  readonly end: () => Promise<void>;
}

const PATIENCE_MS = 60_000;
const LOOK_MS = 200;

type Started = { readonly tokens: Tokens; readonly end: () => Promise<void> } | { readonly missing: string };

/** Their files and logs go to `folder`. One that is not installed, or does not come up, is told and left out. */
export async function startPeers(host: string, folder: string, servers = SERVERS): Promise<Peers> {
  const starting: (readonly [string, Promise<Started>])[] = [
    ...servers.map((server) => [server.name, start(server, host, join(folder, server.name))] as const),
    [SYSLOG, startSyslog(host, folder)],
  ];
  const tokens: Record<string, Tokens> = {};
  const missing: Record<string, string> = {};
  const ends: (() => Promise<void>)[] = [];
  for (const [name, promise] of starting) {
    const started = await promise.catch((error: unknown): Started => ({ missing: (error as Error).message }));
    if ('missing' in started) missing[name] = started.missing;
    else {
      tokens[name] = started.tokens;
      ends.push(started.end);
    }
  }
  let ending: Promise<unknown> | undefined;
  const end = async (): Promise<void> => void (await (ending ??= Promise.all(ends.map((one) => one()))));
  return { tokens, missing, end };
}

async function start(server: Server, host: string, folder: string): Promise<Started> {
  const [program = '', ...words] = server.check;
  if ((await ask(program, words)) === undefined) return { missing: `apt-get install ${server.apt}` };
  mkdirSync(folder, { recursive: true });
  const [port, spare] = await Promise.all([freePort(host), freePort(host)]);
  const place: Place = { host, port, spare, folder };
  for (const [file, text] of Object.entries(server.files?.(place) ?? {})) writeFileSync(join(folder, file), text);
  if (server.before !== undefined) await run('bash', ['-euc', server.before], { cwd: folder });
  const [command, ...args] = server.command(place);
  const { ended, end } = startDaemon(command, args, join(folder, `${server.name}.log`), folder);
  const patience = Date.now() + PATIENCE_MS;
  while (!(await server.isReady(place))) {
    const fault = ended() ?? (Date.now() > patience ? `it is not ready; see its log in ${folder}` : undefined);
    if (fault !== undefined) {
      await end();
      return { missing: fault };
    }
    await sleep(LOOK_MS);
  }
  return { tokens: tokensOf(server, place), end };
}

const SYSLOG = 'syslog-udp';

/** Takes datagrams, and keeps them in a log as they are. */
async function startSyslog(host: string, folder: string): Promise<Started> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes) => appendFileSync(join(folder, `${SYSLOG}.log`), `${bytes.toString()}\n`));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, host, resolve);
  });
  const tokens = { '${peer.host}': host, '${peer.port}': socket.address().port };
  return { tokens, end: () => new Promise((resolve) => socket.close(() => resolve())) };
}

/** The kernel gives it to nobody else for a while. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
