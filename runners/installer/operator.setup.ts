// runners/installer/operator.setup.ts — for tests: an HTTPS server that plays the operator to an install Job: hands out a task, keeps blobs and reports.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstallReport, InstallTask } from '../../operator/api/install.ts';
import { makeCertificate } from './git-server.setup.ts';

const BASE = '/internal/v1/namespaces/default';
const MIB = 1024 * 1024;
export const TOKEN = 'token-of-the-pod';

export interface PlayedOperator {
  readonly url: string;
  readonly ca: string;
  /** By digest. */
  readonly blobs: Map<string, Buffer>;
  readonly reports: readonly InstallReport[];
  /** Methods and paths, in their order. */
  readonly calls: readonly string[];
  /** What is asked for next. */
  task: InstallTask;
  /** Statuses that are given once each, before the true answer, by the method and the beginning of the path. */
  readonly statuses: Map<string, number[]>;
  /** Documents that anybody may get, by path. */
  readonly documents: Map<string, unknown>;
  close(): Promise<void>;
}

export const taskOf = (fields: Partial<InstallTask>): InstallTask => ({
  version: 1,
  pack: { namespace: 'default', name: 'hello' },
  key: 'key-1',
  force: false,
  indexes: [],
  indexTexts: [],
  environments: [],
  limits: { files: 20_000, fileBytes: 20 * MIB, totalBytes: 200 * MIB, yamlBytes: MIB },
  ...fields,
});

export async function playOperator(): Promise<PlayedOperator> {
  const tls = makeCertificate();
  const [blobs, statuses, documents] = [
    new Map<string, Buffer>(),
    new Map<string, number[]>(),
    new Map<string, unknown>(),
  ];
  const reports: InstallReport[] = [];
  const calls: string[] = [];
  const played = { ca: tls.cert, blobs, reports, calls, statuses, documents, task: taskOf({}) };
  const server = createServer(tls, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => answer(played, reports, request, response, Buffer.concat(pieces)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(played, { url: `https://127.0.0.1:${port}`, close: () => closeServer(server) });
}

type Played = Omit<PlayedOperator, 'url' | 'close'>;

function answer(
  played: Played,
  reports: InstallReport[],
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const [method, path] = [request.method ?? '', (request.url ?? '').replace(BASE, '')];
  (played.calls as string[]).push(`${method} ${path}`);
  const end = (status: number, text?: string | Buffer): void => void response.writeHead(status).end(text);
  const document = played.documents.get(path);
  if (document !== undefined) return end(200, JSON.stringify(document));
  const scripted = [...played.statuses].find(([start]) => `${method} ${path}`.startsWith(start))?.[1].shift();
  if (scripted !== undefined) return end(scripted, 'as the test wants it');
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return end(401);
  const digest = /^\/content\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1];
  if (path === '/install/hello' && method === 'GET') return end(200, JSON.stringify(played.task));
  if (path === '/install/hello' && method === 'POST') {
    reports.push(JSON.parse(body.toString()) as InstallReport);
    return end(204);
  }
  if (digest === undefined) return end(404);
  const blob = played.blobs.get(digest);
  if (method === 'HEAD') return end(blob ? 200 : 404);
  if (method === 'GET') return blob ? end(200, blob) : end(404);
  if (`sha256:${createHash('sha256').update(body).digest('hex')}` !== digest) return end(422, 'other bytes');
  played.blobs.set(digest, body);
  return end(201);
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export interface Installation {
  readonly code: number | null;
  readonly log: string;
}

export interface InstallerOptions {
  /** A folder of the test. */
  readonly top: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called when a line with this text is in the log. */
  readonly when?: { readonly text: string; act(pid: number): void };
}

/** Runs the installer as the Job's container does. */
export async function runInstaller(
  operator: PlayedOperator,
  { top, env = {}, when }: InstallerOptions,
): Promise<Installation> {
  const home = mkdtempSync(join(top, 'container-'));
  const [tokenFile, scratch] = [join(home, 'token'), join(home, 'tmp')];
  writeFileSync(tokenFile, `${TOKEN}\n`);
  mkdirSync(scratch);
  const child = spawn(process.execPath, [fileURLToPath(new URL('entry.ts', import.meta.url))], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: scratch,
      SQUALL_INSTALL_URL: `${operator.url}${BASE}/install/hello`,
      SQUALL_CONTENT_URL: `${operator.url}${BASE}/content`,
      SQUALL_CA: operator.ca,
      SQUALL_TOKEN_FILE: tokenFile,
      SQUALL_INSTALL_IMAGE: 'runner-python:test',
      SQUALL_GIT_SECRET: join(home, 'git'),
      SQUALL_INDEX_SECRET: join(home, 'index'),
      SQUALL_VOLUME: join(home, 'volume'),
      SQUALL_PACKS: join(home, 'packs'),
      SQUALL_VIRTUALENVS: join(home, 'virtualenvs'),
      SQUALL_BASE_ENVIRONMENT: join(home, 'st2'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let acted = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      log += piece.toString();
      if (!when || acted || !log.includes(when.text)) return;
      acted = true;
      when.act(child.pid ?? 0);
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, log };
}
