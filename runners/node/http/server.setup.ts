// runners/node/http/server.setup.ts — servers that answer as a test says, with a certificate of an authority of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Handle = (seen: Seen, response: ServerResponse) => void;

const running: Server[] = [];

/** Its address, http:// or with a pair of key and certificate https://. */
export async function serve(handle: Handle, tls?: { readonly key: string; readonly cert: string }): Promise<string> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      handle({ method, url, headers, body: Buffer.concat(pieces).toString() }, response);
    });
  };
  const port = await listen(tls ? createSecureServer(tls, listener) : createServer(listener));
  return `${tls ? 'https' : 'http'}://localhost:${port}`;
}

/** A proxy for both schemes; `asked` gets what it is asked for. */
export async function serveProxy(asked: string[]): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.end('from the proxy');
  });
  server.on('connect', (request, socket, head) => {
    asked.push(`CONNECT ${request.url ?? ''}`);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    for (const end of [target, socket]) end.on('error', () => target.destroy());
  });
  return `http://localhost:${await listen(server)}`;
}

async function listen(server: Server): Promise<number> {
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return (server.address() as AddressInfo).port;
}

export function closeServers(): void {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

/** An authority, and a pair for localhost that it has signed. */
export function authority() {
  const folder = mkdtempSync(join(tmpdir(), 'squall-authority-'));
  const openssl = (...words: string[]): void =>
    void execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=DNS:localhost'];
  openssl('req', '-x509', ...key, ...signed, '-keyout', 'own.key', '-out', 'own.pem', '-subj', '/CN=localhost');
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const pair = { key: text('own.key'), cert: text('own.pem') };
  return { pair, file: join(folder, 'ca.pem'), remove: () => rmSync(folder, { recursive: true }) };
}
