// operator/domain/expression/python/codec.ts — Python's str.encode() and bytes.decode(): UTF-8, UTF-16, UTF-32, ASCII and Latin-1.
import { allowCharacters } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';

/** What happens to what the encoding has no place for: Python's `errors`. */
type Errors = string;

interface Codec {
  readonly name: string;
  /** Bytes of a code point; undefined when there are none. */
  readonly encode: (code: number) => readonly number[] | undefined;
  /** The first code point at an offset and its length in bytes; undefined when the bytes are none. */
  readonly decode: (bytes: Uint8Array, at: number) => readonly [code: number, length: number] | undefined;
  readonly reason: string;
  readonly mark?: readonly number[];
}

const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;

const single = (name: string, most: number): Codec => ({
  name,
  encode: (code) => (code < most ? [code] : undefined),
  decode: (bytes, at) => ((bytes[at] ?? most) < most ? [bytes[at] ?? 0, 1] : undefined),
  reason: `ordinal not in range(${most})`,
});

const UTF8: Codec = {
  name: 'utf-8',
  encode: (code) => {
    if (isSurrogate(code)) return undefined;
    if (code < 0x80) return [code];
    if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
    if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
    return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  },
  decode: (bytes, at) => {
    const first = bytes[at] ?? 0;
    if (first < 0x80) return [first, 1];
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return undefined;
    let code = first & (0xff >> (length + 1));
    for (let i = 1; i < length; i++) {
      const next = bytes[at + i] ?? 0;
      if ((next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    const least = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
    return code < least || code > 0x10ffff || isSurrogate(code) ? undefined : [code, length];
  },
  reason: 'surrogates not allowed',
};

/** Code units of 16 or 32 bits, in either order. */
const wide = (name: string, size: 2 | 4, little: boolean, mark = false): Codec => {
  const bytesOf = (unit: number) => {
    const bytes = Array.from({ length: size }, (_, i) => (unit >>> (8 * i)) & 0xff);
    return little ? bytes : bytes.reverse();
  };
  const unitAt = (bytes: Uint8Array, at: number) => {
    const part = Array.from(bytes.subarray(at, at + size));
    return (little ? part.reverse() : part).reduce((unit, b) => unit * 256 + b, 0);
  };
  return {
    name,
    encode: (code) => {
      if (isSurrogate(code)) return undefined;
      if (size === 4 || code < 0x10000) return bytesOf(code);
      return [...bytesOf(0xd800 | ((code - 0x10000) >> 10)), ...bytesOf(0xdc00 | ((code - 0x10000) & 0x3ff))];
    },
    decode: (bytes, at) => {
      if (at + size > bytes.length) return undefined;
      const unit = unitAt(bytes, at);
      if (size === 4) return unit > 0x10ffff || isSurrogate(unit) ? undefined : [unit, 4];
      if (!isSurrogate(unit)) return [unit, 2];
      const low = at + 4 <= bytes.length ? unitAt(bytes, at + 2) : 0;
      if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) return undefined;
      return [0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff), 4];
    },
    reason: 'surrogates not allowed',
    ...(mark ? { mark: bytesOf(0xfeff) } : {}),
  };
};

const CODECS: ReadonlyMap<string, Codec> = new Map([
  ...['utf8', 'u8', 'utf', 'cp65001'].map((name) => [name, UTF8] as const),
  ['utf8sig', { ...UTF8, name: 'utf-8-sig', mark: [0xef, 0xbb, 0xbf] }],
  ...['ascii', 'usascii', '646', 'ansix3.41968', 'us'].map((name) => [name, single('ascii', 128)] as const),
  ...['latin1', 'iso88591', 'l1', 'latin', '88591', 'cp819', 'iso8859'].map(
    (name) => [name, single('latin-1', 256)] as const,
  ),
  ...['utf16', 'u16'].map((name) => [name, wide('utf-16', 2, true, true)] as const),
  ['utf16le', wide('utf-16-le', 2, true)],
  ['utf16be', wide('utf-16-be', 2, false)],
  ...['utf32', 'u32'].map((name) => [name, wide('utf-32', 4, true, true)] as const),
  ['utf32le', wide('utf-32-le', 4, true)],
  ['utf32be', wide('utf-32-be', 4, false)],
]);

function codecOf(encoding: string): Codec {
  const codec = CODECS.get(encoding.toLowerCase().replaceAll(/[-_ ]/g, ''));
  if (!codec) throw new ExpressionFault('other', 'LookupError', `unknown encoding: ${encoding}`);
  return codec;
}

const unknownHandler = (errors: Errors) =>
  new ExpressionFault('other', 'LookupError', `unknown error handler name '${errors}'`);

/** Python's str.encode(). @throws ExpressionFault UnicodeEncodeError or LookupError */
export function encode(text: string, encoding = 'utf-8', errors: Errors = 'strict'): Uint8Array {
  const codec = codecOf(encoding);
  allowCharacters(text.length * 4);
  const bytes: number[] = [...(codec.mark ?? [])];
  const codes = Array.from(text, (c) => c.codePointAt(0) ?? 0);
  codes.forEach((code, at) => {
    for (const byte of codec.encode(code) ?? replacement(codec, codes, at, errors)) bytes.push(byte);
  });
  return Uint8Array.from(bytes);
}

function replacement(codec: Codec, codes: readonly number[], at: number, errors: Errors): readonly number[] {
  const code = codes[at] ?? 0;
  const asCodes = (text: string) => [...text].flatMap((c) => codec.encode(c.codePointAt(0) ?? 0) ?? []);
  switch (errors) {
    case 'ignore':
      return [];
    case 'replace':
      return asCodes('?');
    case 'xmlcharrefreplace':
      return asCodes(`&#${code};`);
    case 'backslashreplace':
      return asCodes(escaped(code));
    case 'strict':
      throw unencodable(codec, codes, at);
    default:
      throw unknownHandler(errors);
  }
}

/** Python names the whole run of characters. */
function unencodable(codec: Codec, codes: readonly number[], at: number): ExpressionFault {
  let end = at + 1;
  while (end < codes.length && codec.encode(codes[end] ?? 0) === undefined) end++;
  const which =
    end === at + 1
      ? `character '${escaped(codes[at] ?? 0)}' in position ${at}`
      : `characters in position ${at}-${end - 1}`;
  const message = `'${codec.name}' codec can't encode ${which}: ${codec.reason}`;
  return new ExpressionFault('value', 'UnicodeEncodeError', message);
}

function escaped(code: number): string {
  if (code > 0xffff) return `\\U${code.toString(16).padStart(8, '0')}`;
  return code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16).padStart(2, '0')}`;
}

/** Python's bytes.decode(). @throws ExpressionFault UnicodeDecodeError or LookupError */
export function decode(bytes: Uint8Array, encoding = 'utf-8', errors: Errors = 'strict'): string {
  const codec = codecOf(encoding);
  allowCharacters(bytes.length);
  const hasMark = codec.mark?.every((byte, i) => bytes[i] === byte) === true;
  const parts: string[] = [];
  let at = hasMark ? (codec.mark?.length ?? 0) : 0;
  while (at < bytes.length) {
    const [code, length] = codec.decode(bytes, at) ?? [undefined, 1];
    parts.push(code === undefined ? undecodable(codec, bytes, at, errors) : String.fromCodePoint(code));
    at += length;
  }
  return parts.join('');
}

function undecodable(codec: Codec, bytes: Uint8Array, at: number, errors: Errors): string {
  const hex = (bytes[at] ?? 0).toString(16).padStart(2, '0');
  switch (errors) {
    case 'ignore':
      return '';
    case 'replace':
      return '\ufffd';
    case 'backslashreplace':
      return `\\x${hex}`;
    case 'strict': {
      const reason = codec.name === 'utf-8' ? utf8Reason(bytes, at) : codec.reason;
      const message = `'${codec.name}' codec can't decode byte 0x${hex} in position ${at}: ${reason}`;
      throw new ExpressionFault('value', 'UnicodeDecodeError', message);
    }
    default:
      throw unknownHandler(errors);
  }
}

function utf8Reason(bytes: Uint8Array, at: number): string {
  const first = bytes[at] ?? 0;
  if (first < 0xc2 || first > 0xf4) return 'invalid start byte';
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const followers = Array.from(bytes.subarray(at + 1, at + length));
  return at + length > bytes.length && followers.every((b) => (b & 0xc0) === 0x80)
    ? 'unexpected end of data'
    : 'invalid continuation byte';
}
