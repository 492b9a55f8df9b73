// runners/node/http/body.ts — the bytes of a response → its text, unpacked and bounded.
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Transform, type TransformCallback } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  type Inflate,
  type InflateRaw,
} from 'node:zlib';

/** There is more than may be kept; nothing of it was. */
export class TooLarge extends Error {}

/** Reads all of it. Throws TooLarge when it has, unpacked, more than `limitBytes`, and what the connection or the packing throws. */
export async function readBody(response: IncomingMessage, method: string, limitBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const keep = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of source) {
      bytes += piece.length;
      if (bytes > limitBytes) throw new TooLarge(`The response has more than ${limitBytes} bytes`);
      pieces.push(piece);
    }
  };
  const status = response.statusCode ?? 0;
  const isEmpty = method === 'HEAD' || status === 204 || status === 304;
  const packing = isEmpty ? '' : (response.headers['content-encoding'] ?? '');
  const stages = [response, ...unpackers(packing), keep];
  // Its types know lists of streams only, and the last one is a function.
  await pipeline(stages as unknown as NodeJS.ReadWriteStream[]);
  return Buffer.concat(pieces);
}

/** The last one that was applied is undone first; one that nobody knows leaves the rest as it is. */
function unpackers(packing: string): readonly Transform[] {
  const names = packing
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse();
  const known = names.map(unpackerOf);
  const unknown = known.indexOf(undefined);
  return known.slice(0, unknown < 0 ? undefined : unknown) as Transform[];
}

function unpackerOf(name: string): Transform | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return new Deflated();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return undefined;
  }
}

/** Servers mean two things by "deflate"; the first byte tells which. */
class Deflated extends Transform {
  #inner: Inflate | InflateRaw | undefined;

  override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (piece.length === 0) return done();
    if (!this.#inner) {
      this.#inner = ((piece[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
      this.#inner.on('data', (unpacked: Buffer) => this.push(unpacked));
      this.#inner.on('error', (error) => this.destroy(error));
    }
    this.#inner.write(piece, () => done());
  }

  override _flush(done: TransformCallback): void {
    if (!this.#inner) return done();
    this.#inner.once('end', () => done());
    this.#inner.end();
  }
}

/** By the charset that the response names, else UTF-8, and what is none is Western European. */
export function textOf(bytes: Buffer, contentType: string): string {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8', { fatal: charset === undefined }).decode(bytes);
  } catch {
    return charset === undefined ? new TextDecoder('windows-1252').decode(bytes) : bytes.toString('utf8');
  }
}
