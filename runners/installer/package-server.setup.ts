// runners/installer/package-server.setup.ts — for tests: an index of Python packages over TLS, with packages of its own; and a proxy that is the only way to it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Served } from './git-server.setup.ts';

const WHEEL = `
import sys, zipfile
folder, name, version, text = sys.argv[1:]
info = f'{name}-{version}.dist-info'
files = {
    f'{name}.py': text,
    f'{info}/METADATA': f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n',
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
}
files[f'{info}/RECORD'] = ''.join(f'{path},,\\n' for path in [*files, f'{info}/RECORD'])
with zipfile.ZipFile(f'{folder}/{name}-{version}-py3-none-any.whl', 'w') as wheel:
    for path, content in files.items():
        wheel.writestr(path, content)
`;

/** Makes a package of one module. */
export function makeWheel(folder: string, name: string, version: string, text = 'ANSWER = 42\n'): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('python3', ['-c', WHEEL, folder, name, version, text]);
}

export interface Documents {
  /** Folder with wheels. */
  readonly wheels: string;
  /** Other documents, by path. */
  readonly documents?: ReadonlyMap<string, unknown>;
  /** `user:password`, where one is needed. */
  readonly login?: string;
}

/** Packages are below /simple/. */
export async function servePackages(
  tls: { key: string; cert: string },
  { wheels, documents, login }: Documents,
): Promise<Served> {
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  const server = createServer(tls, (request, response) => {
    const path = request.url ?? '';
    const document = documents?.get(path);
    if (document !== undefined) return void response.end(JSON.stringify(document));
    if (wanted !== undefined && request.headers.authorization !== wanted)
      return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="packages"' }).end();
    const all = readdirSync(wheels);
    const [, name] = /^\/simple\/([^/]+)\/$/.exec(path) ?? [];
    if (name !== undefined) {
      const links = all
        .filter((wheel) => wheel.startsWith(`${name}-`))
        .map((wheel) => `<a href="/${wheel}">${wheel}</a>`);
      return void response
        .writeHead(links.length > 0 ? 200 : 404, { 'Content-Type': 'text/html' })
        .end(links.join('\n'));
    }
    if (!all.includes(path.slice(1))) return void response.writeHead(404).end();
    response.end(readFileSync(join(wheels, path.slice(1))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Proxy extends Served {
  /** Hosts and ports that were asked for. */
  readonly asked: readonly string[];
}

/** Takes CONNECT to any host, and finds all of them on this machine. */
export async function serveProxy(): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createHttpServer((_request, response) => void response.writeHead(405).end());
  server.on('connect', (request, socket: Socket, head: Buffer) => {
    asked.push(request.url ?? '');
    const other = connect(Number((request.url ?? '').split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      other.write(head);
      other.pipe(socket).pipe(other);
    });
    for (const one of [socket, other]) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.once('close', () => socket.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
