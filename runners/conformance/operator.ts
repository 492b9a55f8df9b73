// runners/conformance/operator.ts — a real HTTPS server that plays the operator: answers by a script, keeps what was posted.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Archive } from './archive.ts';

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
  readonly contentUrl: string;
  readonly ca: string;
  /** Of results. */
  readonly posts: readonly Post[];
  /** Questions whether to begin. */
  readonly starts: readonly Post[];
  /** Requests for content. */
  readonly fetches: readonly Post[];
  close(): Promise<void>;
}

const BASE = '/internal/v1/namespaces/default/executions/e-1';
const CONTENT = '/internal/v1/namespaces/default/content';

interface Script {
  readonly start: readonly Reply[];
  readonly result: readonly Reply[];
  /** Before the archives are given. */
  readonly content?: readonly Reply[];
  readonly archives?: readonly Archive[];
}

/** Listens on a free port; `onPost` is called before each answer to a result, with the number of them so far. */
export async function playOperator(
  replies: Script,
  { host = '127.0.0.1', port = 0, onPost = (_count: number): void => undefined } = {},
): Promise<PlayedOperator> {
  const { key, cert } = await certificate();
  const posts: Post[] = [];
  const starts: Post[] = [];
  const fetches: Post[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { authorization } = request.headers;
      const body = Buffer.concat(pieces).toString();
      const path = request.url ?? '';
      const [kept, script] =
        path === `${BASE}/start`
          ? [starts, replies.start]
          : path.startsWith(`${CONTENT}/`)
            ? [fetches, replies.content ?? []]
            : [posts, replies.result];
      kept.push({ authorization, path, body, at: performance.now() });
      if (kept === posts) onPost(posts.length);
      const archive = replies.archives?.find(({ digest }) => path === `${CONTENT}/${digest}`);
      if (kept === fetches && fetches.length > script.length) {
        response.writeHead(archive ? 200 : 404, { 'content-length': archive?.bytes.length ?? 0 }).end(archive?.bytes);
        return;
      }
      const reply = script[Math.min(kept.length, script.length) - 1] ?? {};
      // What is dropped has begun, where there is something to begin with.
      if (reply.drop && archive) response.writeHead(200, { 'content-length': archive.bytes.length });
      if (reply.drop && archive) response.write(archive.bytes.subarray(0, archive.bytes.length / 2));
      if (reply.drop) setImmediate(() => request.socket.destroy());
      else response.writeHead(reply.status ?? 204, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const { port: taken } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${taken}${BASE}`;
  const contentUrl = `https://127.0.0.1:${taken}${CONTENT}`;
  const addresses = { resultUrl: `${url}/result`, startUrl: `${url}/start`, contentUrl };
  return { ...addresses, ca: cert, posts, starts, fetches, close: () => closeServer(server) };
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
