// runners/node/tar-read.ts — the bytes of a tar archive, as they come → its entries; trusts none of them.

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
  /** Content of the entry before, in pieces; the pieces are only valid during the call. Without it content is passed over. */
  content?(piece: Buffer): void;
  /** After the content of every entry. */
  entryEnd?(): void;
}

export interface TarLimits {
  /** Headers that are read, those of records too. */
  readonly headersMax: number;
  /** What is thrown for an entry that is not taken. */
  readonly refusal: (name: string, why: string) => Error;
  /** What is thrown for bytes that are no archive. */
  readonly damage: (what: string) => Error;
}

const BLOCK = 512;
const NOTHING = Buffer.alloc(0);
const SLASH = Buffer.from('/');
/** Longest record of names that do not fit a header, in bytes, and how many may be before an entry. */
const RECORD_MAX_BYTES = 64 * 1024;
const RECORDS_MAX = 8;
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

/** Reads ustar, pax and GNU's long names. Call push() for each piece and finish() at the end. */
export class TarReader {
  readonly #visitor: TarVisitor;
  readonly #limits: TarLimits;
  /** The beginning of a block of which the rest has not come, and how much of it is there. */
  readonly #partial: Buffer = Buffer.alloc(BLOCK);
  #partialBytes = 0;
  #content = 0;
  #padding = 0;
  #entryIsOpen = false;
  #record: { readonly type: string; readonly pieces: Buffer[] } | undefined;
  /** From records before an entry: what replaces fields of its header. */
  #path: Buffer | undefined;
  #link: Buffer | undefined;
  #size: number | undefined;
  #headers = 0;
  #records = 0;
  /** What follows the end mark is never looked at. */
  ended = false;

  constructor(visitor: TarVisitor, limits: TarLimits) {
    this.#visitor = visitor;
    this.#limits = limits;
  }

  /** Bytes that nobody looks at, from here on: they may be left out by skip(). */
  get skippable(): number {
    return this.#record || this.#visitor.content ? 0 : this.#content + this.#padding;
  }

  skip(): void {
    const isContent = this.#content > 0;
    this.#content = this.#padding = 0;
    if (isContent) this.#bodyEnd();
  }

  push(piece: Buffer): void {
    for (let at = 0; at < piece.length && !this.ended; )
      at = this.#content + this.#padding > 0 ? this.#body(piece, at) : this.#head(piece, at);
  }

  /** Throws when the archive was cut off. */
  finish(): void {
    if (this.ended) return;
    if (this.#content > 0 || this.#partialBytes > 0 || this.#headers === 0)
      throw this.#limits.damage('is no tar archive, or was cut off');
  }

  #body(piece: Buffer, at: number): number {
    if (this.#content > 0) {
      const end = Math.min(piece.length, at + this.#content);
      if (this.#record) this.#record.pieces.push(Buffer.from(piece.subarray(at, end)));
      else this.#visitor.content?.(piece.subarray(at, end));
      this.#content -= end - at;
      if (this.#content === 0) this.#bodyEnd();
      return end;
    }
    const skipped = Math.min(this.#padding, piece.length - at);
    this.#padding -= skipped;
    return at + skipped;
  }

  #bodyEnd(): void {
    const record = this.#record;
    this.#record = undefined;
    if (record) this.#takeRecord(record.type, record.pieces.length === 0 ? NOTHING : Buffer.concat(record.pieces));
    else if (this.#entryIsOpen) {
      this.#entryIsOpen = false;
      this.#visitor.entryEnd?.();
    }
  }

  #head(piece: Buffer, at: number): number {
    if (this.#partialBytes === 0 && at + BLOCK <= piece.length) {
      this.#start(piece, at);
      return at + BLOCK;
    }
    const end = Math.min(piece.length, at + BLOCK - this.#partialBytes);
    this.#partialBytes += piece.copy(this.#partial, this.#partialBytes, at, end);
    if (this.#partialBytes < BLOCK) return end;
    this.#partialBytes = 0;
    this.#start(this.#partial, 0);
    return end;
  }

  /** A header: where it is in the bytes, since a view of each would take longer than to read it. */
  #start(bytes: Buffer, at: number): void {
    if (bytes[at] === 0 && isZero(bytes, at)) {
      this.ended = true;
      return;
    }
    const { headersMax, refusal, damage } = this.#limits;
    if (checksumOf(bytes, at) !== octalOf(bytes, at + 148, 8, damage)) throw damage('is damaged, or no tar archive');
    if (++this.#headers > headersMax)
      throw refusal(nameOf(bytes, at).toString(), `the archive has more than ${headersMax} headers`);
    const type = String.fromCharCode(bytes[at + 156]!);
    if ('xgLK'.includes(type)) return this.#startRecord(type, bytes, at);
    this.#records = 0;
    const name = this.#path ?? nameOf(bytes, at);
    const sizeBytes = this.#size ?? sizeOf(bytes, at, damage);
    const target = this.#link ?? fieldOf(bytes, at + 157, 100);
    this.#path = this.#link = this.#size = undefined;
    // Before ustar, a folder was a file whose name ends in a slash.
    const kind = type === '\0' && name.at(-1) === 0x2f ? 'folder' : KINDS[type];
    if (!kind)
      throw refusal(
        name.toString(),
        `it is ${STRANGE[type] ?? 'of an unknown kind'}; a pack has files, folders and links`,
      );
    this.#content = kind === 'file' ? sizeBytes : 0;
    this.#padding = paddingOf(this.#content);
    this.#entryIsOpen = true;
    this.#visitor.entry({ name, kind, sizeBytes: this.#content, target });
    if (this.#content === 0) this.#bodyEnd();
  }

  #startRecord(type: string, bytes: Buffer, at: number): void {
    const { refusal, damage } = this.#limits;
    const sizeBytes = sizeOf(bytes, at, damage);
    if (++this.#records > RECORDS_MAX)
      throw refusal(nameOf(bytes, at).toString(), `more than ${RECORDS_MAX} records are before one file`);
    if (sizeBytes > RECORD_MAX_BYTES)
      throw refusal(
        nameOf(bytes, at).toString(),
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
      for (const [key, value] of recordsOf(bytes, this.#limits.damage)) {
        if (key === 'path') this.#path = value;
        else if (key === 'linkpath') this.#link = value;
        else if (key === 'size') this.#size = decimalOf(value.toString('latin1'), this.#limits.damage);
        else if (key.startsWith('GNU.sparse'))
          throw this.#limits.refusal(
            (this.#path ?? Buffer.from('(archive)')).toString(),
            'it is a sparse file; make the archive without --sparse',
          );
      }
  }
}

const NO_NUMBER = 'is damaged: a size in it is no number';

const paddingOf = (sizeBytes: number): number => (BLOCK - (sizeBytes % BLOCK)) % BLOCK;

type Damage = TarLimits['damage'];

/** In GNU's own format, something else is in the place of the prefix. */
function nameOf(bytes: Buffer, at: number): Buffer {
  const name = fieldOf(bytes, at, 100);
  const hasPrefix = bytes[at + 345] !== 0 && bytes.toString('latin1', at + 257, at + 263) === 'ustar\0';
  return hasPrefix ? Buffer.concat([fieldOf(bytes, at + 345, 155), SLASH, name]) : name;
}

const sizeOf = (bytes: Buffer, at: number, damage: Damage): number =>
  (bytes[at + 124]! & 0x80) === 0
    ? octalOf(bytes, at + 124, 12, damage)
    : binarySizeOf(bytes.subarray(at + 124, at + 136), damage);

/** A copy: the block is only valid until the next one. */
function fieldOf(bytes: Buffer, start: number, length: number): Buffer {
  let end = start;
  while (end < start + length && bytes[end] !== 0) end++;
  if (end === start) return NOTHING;
  const field = Buffer.allocUnsafe(end - start);
  bytes.copy(field, 0, start, end);
  return field;
}

function isZero(bytes: Buffer, at: number): boolean {
  for (let place = at; place < at + BLOCK; place++) if (bytes[place] !== 0) return false;
  return true;
}

/** Digits with blanks around them, to the first NUL. */
function octalOf(bytes: Buffer, start: number, length: number, damage: Damage): number {
  let value = 0;
  for (let at = start; at < start + length && bytes[at] !== 0; at++) {
    const byte = bytes[at]!;
    if (byte === 0x20) continue;
    if (byte < 0x30 || byte > 0x37) throw damage(NO_NUMBER);
    value = value * 8 + byte - 0x30;
  }
  return value;
}

function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

const WORDS = new Uint32Array(BLOCK / 4);
const BYTES = new Uint8Array(WORDS.buffer);

/** The sum of all bytes, with blanks for the sum itself; four at a time, since an archive may have a hundred thousand blocks. */
function checksumOf(bytes: Buffer, start: number): number {
  bytes.copy(BYTES, 0, start, start + BLOCK);
  BYTES.fill(0x20, 148, 156);
  let pairs = 0;
  for (let at = 0; at < WORDS.length; at++) {
    const word = WORDS[at]!;
    pairs += (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
  }
  return (pairs & 0xffff) + (pairs >>> 16);
}

function decimalOf(digits: string, damage: Damage): number {
  const value = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(value)) throw damage(NO_NUMBER);
  return value;
}

/** GNU's way for sizes from 8 GiB on. */
function binarySizeOf(field: Buffer, damage: Damage): number {
  const size = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0]! & 0x7f);
  if (!Number.isSafeInteger(size)) throw damage(NO_NUMBER);
  return size;
}

/** `<length> <key>=<value>\n`, one after the other; the value may have any bytes. */
function* recordsOf(bytes: Buffer, damage: Damage): Generator<readonly [key: string, value: Buffer]> {
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const length = decimalOf(bytes.toString('latin1', at, Math.max(at, blank)), damage);
    const equals = bytes.indexOf(0x3d, blank);
    if (blank === -1 || equals === -1 || length === 0 || at + length > bytes.length || equals >= at + length)
      throw damage('is damaged: a record of names in it can not be read');
    yield [bytes.toString('utf8', blank + 1, equals), bytes.subarray(equals + 1, at + length - 1)];
    at += length;
  }
}
