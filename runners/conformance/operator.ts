// runners/conformance/operator.ts — a real HTTPS server that plays the operator: answers by a script, keeps what was posted.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One answer of the script; `drop` breaks the connection instead. The last one is given for ever. */
export interface Reply {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly drop?: boolean | undefined;
}

export interface Post {
  readonly authorization: string | undefined;
  readonly path: string;
  readonly body: string;
  /** When the whole body was there, in ms of a clock that only goes forward. */
  readonly at: number;
}

export interface PlayedOperator {
  /** What runners are given as SQUALL_RESULT_URL and SQUALL_START_URL. */
  readonly resultUrl: string;
  readonly startUrl: string;
  readonly ca: string;
  /** Of results. */
  readonly posts: readonly Post[];
  /** Questions whether to begin. */
  readonly starts: readonly Post[];
  close(): Promise<void>;
}

const BASE = '/internal/v1/namespaces/default/executions/e-1';

/** Listens on a free port; `onPost` is called before each answer to a result, with the number of them so far. */
export async function playOperator(
  replies: { readonly start: readonly Reply[]; readonly result: readonly Reply[] },
  { host = '127.0.0.1', port = 0, onPost = (_count: number): void => undefined } = {},
): Promise<PlayedOperator> {
  const { key, cert } = await certificate();
  const posts: Post[] = [];
  const starts: Post[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { authorization } = request.headers;
      const body = Buffer.concat(pieces).toString();
      const isStart = request.url === `${BASE}/start`;
      const [kept, script] = isStart ? [starts, replies.start] : [posts, replies.result];
      kept.push({ authorization, path: request.url ?? '', body, at: performance.now() });
      if (!isStart) onPost(posts.length);
      const reply = script[Math.min(kept.length, script.length) - 1] ?? {};
      if (reply.drop) request.socket.destroy();
      else response.writeHead(reply.status ?? 204, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const { port: taken } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${taken}${BASE}`;
  const addresses = { resultUrl: `${url}/result`, startUrl: `${url}/start` };
  return { ...addresses, ca: cert, posts, starts, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

let made: Promise<{ key: string; cert: string }> | undefined;

/** A self-signed certificate for 127.0.0.1, made once per process. */
function certificate(): Promise<{ key: string; cert: string }> {
  made ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'squall-operator-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert];
    const names = ['-days', '1', '-subj', '/CN=operator', '-addext', 'subjectAltName=IP:127.0.0.1'];
    await promisify(execFile)('openssl', ['req', '-x509', ...ecKey, ...names]);
    const pair = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
    await rm(folder, { recursive: true });
    return pair;
  })();
  return made;
}
