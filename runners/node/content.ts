// runners/node/content.ts — the archives of a pack → its folder, its Python environment and its configuration, where packs expect them.
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { Task } from '../../operator/api/envelope.ts';
import type { Line } from './deliver.ts';
import { linkEnvironment } from './environment-links.ts';
import { TaskFailure } from './failure.ts';
import { type Destination, untar } from './untar.ts';

type Content = NonNullable<Task['content']>;

/** The folders in which packs look for themselves. */
export interface Places {
  readonly pack: string;
  readonly environment: string;
  readonly config: string;
  /** The environment that all packs have: StackStorm's own Python. */
  readonly base: string;
}

/** Where the parts of a pack are: below /opt/stackstorm, as packs have it in their text, or SQUALL_STACKSTORM_DIR. */
export function placesOf(pack: string, env: NodeJS.ProcessEnv): Places {
  const root = env['SQUALL_STACKSTORM_DIR'] ?? '/opt/stackstorm';
  if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(pack))
    throw new TaskFailure(`task.content.pack: ${JSON.stringify(pack)} is no name of a folder`);
  return {
    pack: join(root, 'packs', pack),
    environment: join(root, 'virtualenvs', pack),
    config: join(root, 'configs', `${pack}.yaml`),
    base: join(root, 'st2'),
  };
}

/** Fetches and unpacks both archives at once; resolves when the process may start. Throws TaskFailure. */
export async function bringContent(content: Content, env: NodeJS.ProcessEnv, line: Line): Promise<void> {
  const places = placesOf(content.pack, env);
  const address = env['SQUALL_CONTENT_URL'] ?? '';
  const bring = async (digest: string | undefined, place: string, mayLink: Destination['mayLink']): Promise<void> => {
    if (digest === undefined) return;
    if (!URL.canParse(address) || !address.startsWith('https:'))
      throw new TaskFailure('SQUALL_CONTENT_URL must be https://…, so that the files of the pack can be fetched');
    const destination = { folder: dirname(place), top: content.pack, mayLink };
    await line.bring(new URL(`${address}/${digest}`), (body) => unpack(body, digest, destination));
  };
  const isPython = (path: string, target: string): boolean =>
    /^[^/]+\/bin\/python[\d.]*$/.test(path) &&
    /^\/(usr\/(local\/)?|opt\/stackstorm\/st2\/)bin\/python[\d.]*$/.test(target);
  await Promise.all([
    bring(content.files, places.pack, () => false),
    bring(
      content.environment,
      places.environment,
      (path, target) => isPython(path, target) || target.startsWith(`${places.environment}/`),
    ),
  ]);
  if (content.files !== undefined) linkEnvironment(places);
}

async function unpack(body: IncomingMessage, digest: string, destination: Destination): Promise<void> {
  const hash = createHash('sha256');
  const hashed = async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
  };
  try {
    mkdirSync(destination.folder, { recursive: true });
    // What a broken connection has left, or the image has under this name.
    rmSync(join(destination.folder, destination.top), { recursive: true, force: true });
    await pipeline(body, hashed, createZstdDecompress(), untar(destination));
  } catch (cause) {
    const { code, message, syscall } = cause as NodeJS.ErrnoException;
    if (cause instanceof TaskFailure) throw cause;
    if (code === 'ENOSPC' || code === 'EROFS' || code === 'EACCES' || (code === 'EEXIST' && syscall !== undefined))
      throw new TaskFailure(`The files of the pack cannot be written: ${message}`, { cause });
    if (code?.startsWith('ZSTD_')) throw damaged(digest, cause);
    throw cause; // the connection broke: tried again
  }
  if (`sha256:${hash.digest('hex')}` !== digest) throw damaged(digest);
}

const damaged = (digest: string, cause?: unknown): TaskFailure =>
  new TaskFailure(`The pack store gave other content than ${digest}; install the pack again`, { cause });

/** Writes <pack>.yaml, for the process's user only; JSON is YAML, with the characters escaped that PyYAML does not read. */
export function writeConfig({ pack, config }: Content, env: NodeJS.ProcessEnv): void {
  if (Object.keys(config).length === 0) return;
  const place = placesOf(pack, env).config;
  const text = JSON.stringify(config, undefined, 2).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  try {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, `${text}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new TaskFailure(`The pack's configuration cannot be written: ${(cause as Error).message}`, { cause });
  }
}
