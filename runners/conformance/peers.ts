// runners/conformance/peers.ts — whom rows about HTTP and SSH talk to: servers of this machine, and a row with their addresses in it.
import { CALL } from '../node/http/ask.setup.ts';
import { serve } from '../node/http/server.setup.ts';
import { keys, serveSsh, USER } from '../node/ssh/server.setup.ts';
import type { Case } from './case.ts';

interface Peers {
  /** http://… of a server that tells what it was asked, but for the paths below. */
  readonly http: string;
  readonly ssh: number;
}

let peers: Promise<Peers> | undefined;

async function started(): Promise<Peers> {
  const http = await serve((seen, response) => {
    const [, path = '', status = ''] = /^\/(\w+)\/?(\d*)/.exec(seen.url) ?? [];
    if (path === 'silent') return;
    if (path === 'moved') return response.writeHead(302, { Location: '/echo' }).end();
    if (path === 'status') return response.writeHead(Number(status)).end('told');
    if (path === 'large') return response.end('x'.repeat(9 * 1024 * 1024));
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(seen));
  });
  return { http, ssh: (await serveSsh()).port };
}

/** Default parts of a login, by the key of the server. */
const REMOTE = {
  hosts: '127.0.0.1',
  port: '${ssh}',
  parallel: false,
  folder: '/tmp',
  username: USER,
  privateKey: 'secret(key)',
};

/** The row with whole parts, and addresses for `${http}` and `${ssh}`; others as they are. */
export async function withPeers(row: Case): Promise<Case> {
  if (row.http) return { ...row, http: filled({ ...CALL, ...row.http }, await (peers ??= started())) };
  if (!row.remote) return row;
  const remote = filled({ ...REMOTE, ...row.remote }, await (peers ??= started()));
  return { ...row, remote, secrets: { ...row.secrets, key: keys.private } };
}

const filled = (part: Record<string, unknown>, { http, ssh }: Peers): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(part)
      .replaceAll('"${ssh}"', String(ssh))
      .replaceAll('${ssh}', String(ssh))
      .replaceAll('${http}', http),
  ) as Record<string, unknown>;
