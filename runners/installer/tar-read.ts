// runners/installer/tar-read.ts — the bytes of a tar archive, as they come → its entries; trusts none of them.
import { Refusal, StepFailure } from './failure.ts';

export interface TarEntry {
  readonly name: Buffer;
  readonly kind: 'file' | 'folder' | 'link' | 'hardLink';
  readonly sizeBytes: number;
  /** Of links; empty for others. */
  readonly target: Buffer;
}

/** Called in the order of the archive; what one throws ends the reading. */
export interface TarVisitor {
  entry(entry: TarEntry): void;
  /** Content of the entry before, in pieces; the pieces are only valid during the call. */
  content(piece: Buffer): void;
  /** After the content of every entry. */
  entryEnd(): void;
}

const BLOCK = 512;
const END = Buffer.alloc(BLOCK);
const NOTHING = Buffer.alloc(0);
const SLASH = Buffer.from('/');
/** Longest record of names that do not fit a header, in bytes. */
const RECORD_MAX_BYTES = 64 * 1024;
const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardLink',
  '2': 'link',
  '5': 'folder',
};
const STRANGE: Readonly<Record<string, string>> = {
  '3': 'a device',
  '4': 'a device',
  '6': 'a pipe',
  S: 'a sparse file',
};

interface Header {
  readonly type: string;
  readonly name: Buffer;
  readonly sizeBytes: number;
  readonly target: Buffer;
}

/** Reads ustar, pax and GNU's long names. Call push() for each piece and finish() at the end. */
export class TarReader {
  readonly #visitor: TarVisitor;
  readonly #headersMax: number;
  /** The beginning of a block of which the rest has not come. */
  #partial: Buffer = Buffer.alloc(0);
  #content = 0;
  #padding = 0;
  #entryIsOpen = false;
  #record: { readonly type: string; readonly pieces: Buffer[] } | undefined;
  /** From records before an entry: what replaces fields of its header. */
  #path: Buffer | undefined;
  #link: Buffer | undefined;
  #size: number | undefined;
  #headers = 0;
  /** What follows the end mark is never looked at. */
  ended = false;

  /** At most `headersMax` headers are read, those of records too. */
  constructor(visitor: TarVisitor, headersMax: number) {
    this.#visitor = visitor;
    this.#headersMax = headersMax;
  }

  push(piece: Buffer): void {
    let rest = piece;
    while (rest.length > 0 && !this.ended)
      rest = this.#content + this.#padding > 0 ? this.#body(rest) : this.#head(rest);
  }

  /** Throws StepFailure when the archive was cut off. */
  finish(): void {
    if (this.ended) return;
    if (this.#content > 0 || this.#partial.length > 0 || this.#headers === 0)
      throw new StepFailure('The archive is no tar archive, or was cut off: make it again');
  }

  #body(rest: Buffer): Buffer {
    const content = rest.subarray(0, this.#content);
    if (content.length > 0) {
      if (this.#record) this.#record.pieces.push(Buffer.from(content));
      else this.#visitor.content(content);
      this.#content -= content.length;
      if (this.#content === 0) this.#bodyEnd();
      return rest.subarray(content.length);
    }
    const skipped = Math.min(this.#padding, rest.length);
    this.#padding -= skipped;
    return rest.subarray(skipped);
  }

  #bodyEnd(): void {
    const record = this.#record;
    this.#record = undefined;
    if (record) this.#takeRecord(record.type, Buffer.concat(record.pieces));
    else if (this.#entryIsOpen) {
      this.#entryIsOpen = false;
      this.#visitor.entryEnd();
    }
  }

  #head(rest: Buffer): Buffer {
    const missing = BLOCK - this.#partial.length;
    const taken = rest.subarray(0, missing);
    const block = this.#partial.length === 0 ? taken : Buffer.concat([this.#partial, taken]);
    if (block.length < BLOCK) {
      this.#partial = Buffer.from(block);
      return rest.subarray(taken.length);
    }
    this.#partial = Buffer.alloc(0);
    if (block[0] === 0 && block.equals(END)) this.ended = true;
    else this.#start(headerOf(block));
    return rest.subarray(taken.length);
  }

  #start(header: Header): void {
    if (++this.#headers > this.#headersMax)
      throw new Refusal(header.name.toString(), `the archive has more than ${this.#headersMax} headers`);
    if ('xgLK'.includes(header.type)) return this.#startRecord(header);
    const name = this.#path ?? header.name;
    const sizeBytes = this.#size ?? header.sizeBytes;
    const target = this.#link ?? header.target;
    [this.#path, this.#link, this.#size] = [undefined, undefined, undefined];
    // Before ustar, a folder was a file whose name ends in a slash.
    const kind = header.type === '\0' && name.at(-1) === 0x2f ? 'folder' : KINDS[header.type];
    if (!kind)
      throw new Refusal(
        name.toString(),
        `it is ${STRANGE[header.type] ?? 'of an unknown kind'}; a pack has files, folders and links`,
      );
    this.#content = kind === 'file' ? sizeBytes : 0;
    this.#padding = paddingOf(this.#content);
    this.#entryIsOpen = true;
    this.#visitor.entry({ name, kind, sizeBytes: this.#content, target });
    if (this.#content === 0) this.#bodyEnd();
  }

  #startRecord({ type, sizeBytes, name }: Header): void {
    if (sizeBytes > RECORD_MAX_BYTES)
      throw new Refusal(
        name.toString(),
        `a record of the archive has ${sizeBytes} bytes; at most ${RECORD_MAX_BYTES} are read`,
      );
    this.#record = { type, pieces: [] };
    this.#content = sizeBytes;
    this.#padding = paddingOf(sizeBytes);
    if (sizeBytes === 0) this.#bodyEnd();
  }

  #takeRecord(type: string, bytes: Buffer): void {
    if (type === 'L') this.#path = untilNul(bytes);
    else if (type === 'K') this.#link = untilNul(bytes);
    else if (type === 'x')
      for (const [key, value] of recordsOf(bytes)) {
        if (key === 'path') this.#path = value;
        else if (key === 'linkpath') this.#link = value;
        else if (key === 'size') this.#size = decimalOf(value.toString('latin1'));
        else if (key.startsWith('GNU.sparse'))
          throw new Refusal(
            (this.#path ?? Buffer.from('(archive)')).toString(),
            'it is a sparse file; make the archive without --sparse',
          );
      }
  }
}

const paddingOf = (sizeBytes: number): number => (BLOCK - (sizeBytes % BLOCK)) % BLOCK;

function headerOf(block: Buffer): Header {
  if (checksumOf(block) !== octalOf(block, 148, 8))
    throw new StepFailure('The archive is damaged, or no tar archive: make it again');
  // In GNU's own format, something else is in the place of the prefix.
  const hasPrefix = block[345] !== 0 && block.toString('latin1', 257, 263) === 'ustar\0';
  const name = fieldOf(block, 0, 100);
  return {
    type: String.fromCharCode(block[156]!),
    name: hasPrefix ? Buffer.concat([fieldOf(block, 345, 155), SLASH, name]) : name,
    sizeBytes: (block[124]! & 0x80) === 0 ? octalOf(block, 124, 12) : binarySizeOf(block.subarray(124, 136)),
    target: fieldOf(block, 157, 100),
  };
}

/** A copy: the block is only valid until the next one. */
const fieldOf = (block: Buffer, start: number, length: number): Buffer =>
  block[start] === 0 ? NOTHING : Buffer.from(untilNul(block.subarray(start, start + length)));

/** Digits with blanks around them, to the first NUL. */
function octalOf(block: Buffer, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length && block[at] !== 0; at++) {
    const byte = block[at]!;
    if (byte === 0x20) continue;
    if (byte < 0x30 || byte > 0x37) throw new StepFailure('The archive is damaged: a size in it is no number');
    value = value * 8 + byte - 0x30;
  }
  return value;
}

function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** The sum of all bytes, with blanks for the sum itself. */
function checksumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += block[at]!;
  return sum;
}

function decimalOf(digits: string): number {
  const value = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(value))
    throw new StepFailure('The archive is damaged: a size in it is no number');
  return value;
}

/** GNU's way for sizes from 8 GiB on. */
function binarySizeOf(field: Buffer): number {
  const size = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0]! & 0x7f);
  if (!Number.isSafeInteger(size)) throw new StepFailure('The archive is damaged: a size in it is no number');
  return size;
}

/** `<length> <key>=<value>\n`, one after the other; the value may have any bytes. */
function* recordsOf(bytes: Buffer): Generator<readonly [key: string, value: Buffer]> {
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const length = decimalOf(bytes.toString('latin1', at, Math.max(at, blank)));
    const equals = bytes.indexOf(0x3d, blank);
    if (blank === -1 || equals === -1 || length === 0 || at + length > bytes.length || equals >= at + length)
      throw new StepFailure('The archive is damaged: a record of names can not be read');
    yield [bytes.toString('utf8', blank + 1, equals), bytes.subarray(equals + 1, at + length - 1)];
    at += length;
  }
}
