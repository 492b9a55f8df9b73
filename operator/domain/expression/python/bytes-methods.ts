// operator/domain/expression/python/bytes-methods.ts — the methods of Python's bytes: those of text, on ASCII, one character to a byte.
import { allowCharacters } from '../evaluation.ts';
import { typeFault, valueFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { decode } from './codec.ts';
import { Bytes, Tuple } from './collections.ts';
import { iterable } from './iterate.ts';
import { type Method, type Methods, named, noArguments, oneArgument } from './method.ts';
import { STR_METHODS } from './str-methods.ts';
import { isList, typeName, type Value } from './values.ts';

/** One character to a byte. */
export function latin(bytes: Bytes): string {
  allowCharacters(bytes.bytes.length);
  return Array.from(bytes.bytes, (b) => String.fromCharCode(b)).join('');
}

/** Characters below 256, one byte to each. */
export const bytesOf = (text: string): Bytes => new Bytes(Uint8Array.from(text, (c) => c.charCodeAt(0)));

/** Those that see letters and spaces of ASCII only, and those that see bytes. */
const WORDS =
  'split rsplit strip lstrip rstrip upper lower title capitalize swapcase splitlines ' +
  'isalpha isdigit isalnum isspace isupper islower istitle';
const MORE =
  'find rfind index rindex count replace startswith endswith partition rpartition ' +
  'center ljust rjust zfill expandtabs removeprefix removesuffix isascii';

function asText(value: Value): Value {
  if (value instanceof Bytes) return latin(value);
  if (value instanceof Tuple) return new Tuple(value.items.map(asText));
  if (typeof value === 'string') throw typeFault("a bytes-like object is required, not 'str'");
  return value;
}

function asBytes(value: Value): Value {
  if (typeof value === 'string') return bytesOf(value);
  if (isList(value)) return value.map(asBytes);
  return value instanceof Tuple ? new Tuple(value.items.map(asBytes)) : value;
}

/** Bytes above ASCII are no letters: they are moved out of the way of the text's method. */
const HIDDEN = 0xe000;
const hide = (text: string) =>
  // oxlint-disable-next-line no-control-regex -- separators that Unicode takes for space
  text.replaceAll(/[\x80-\xff\x1c-\x1f]/g, (c) => String.fromCharCode(HIDDEN + c.charCodeAt(0)));
const show = (value: Value): Value => {
  if (isList(value)) return value.map(show);
  if (typeof value !== 'string') return value;
  return value.replaceAll(/[\ue000-\ue0ff]/g, (c) => String.fromCharCode(c.charCodeAt(0) - HIDDEN));
};

const borrowed = (name: string, ascii: boolean): [string, Method] => [
  name,
  (self, call) => {
    const own = STR_METHODS.get(name);
    if (!own || !(self instanceof Bytes)) throw typeFault(`descriptor '${name}' requires a 'bytes' object`);
    const change = (value: Value) => {
      const text = asText(value);
      return ascii && typeof text === 'string' ? hide(text) : text;
    };
    const args = call.args.map(change);
    const names = new Map(Array.from(call.named, ([key, value]) => [key, change(value)]));
    return asBytes(show(own(change(self), { args, named: names })));
  },
];

/** By name; `self` is bytes. */
export const BYTES_METHODS: Methods = new Map<string, Method>([
  ...WORDS.split(' ').map((name) => borrowed(name, true)),
  ...MORE.split(' ').map((name) => borrowed(name, false)),
  ['decode', decodeMethod],
  ['hex', hex],
  ['join', join],
]);

function decodeMethod(self: Value, call: Call): Value {
  const [encoding = 'utf-8', errors = 'strict'] = named('decode', call, ['encoding', 'errors']);
  const text = (name: string, value: Value): string => {
    if (typeof value === 'string') return value;
    throw typeFault(`decode() argument '${name}' must be str, not ${typeName(value)}`);
  };
  const bytes = self instanceof Bytes ? self.bytes : new Uint8Array();
  return decode(bytes, text('encoding', encoding), text('errors', errors));
}

function hex(self: Value, call: Call): Value {
  if (call.args.length === 0) noArguments('bytes.hex', call);
  const [separator = ''] = call.args;
  if (typeof separator !== 'string') throw typeFault(`object of type '${typeName(separator)}' has no len()`);
  if (call.args.length > 0 && separator.length !== 1) throw valueFault('sep must be length 1.');
  const bytes = self instanceof Bytes ? self.bytes : new Uint8Array();
  allowCharacters(bytes.length * 3);
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(separator);
}

function join(self: Value, call: Call): Value {
  const items = iterable(oneArgument('bytes.join', call));
  if (items === undefined) throw typeFault('can only join an iterable');
  const parts: string[] = [];
  let total = 0;
  for (const item of items) {
    if (!(item instanceof Bytes)) {
      throw typeFault(`sequence item ${parts.length}: expected a bytes-like object, ${typeName(item)} found`);
    }
    total += item.bytes.length + 1;
    parts.push(latin(item));
  }
  allowCharacters(total);
  return bytesOf(parts.join(self instanceof Bytes ? latin(self) : ''));
}
