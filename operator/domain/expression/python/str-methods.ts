// operator/domain/expression/python/str-methods.ts — the methods of Python's str.
import { allowCharacters, spend } from '../evaluation.ts';
import { typeFault, undefinedFault, valueFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { encode } from './codec.ts';
import { Bytes, Tuple } from './collections.ts';
import { iterable } from './iterate.ts';
import { counted, integer, type Method, named, noArguments, oneArgument, positional } from './method.ts';
import { indexIn } from './search.ts';
import { strFormat, strFormatMap } from './str-format.ts';
import { maketrans, translate } from './str-translate.ts';
import { index } from './subscript.ts';
import { isFlat, occurrences, rangeOf, spendText, textCount, textFind, textLength, unitOffset } from './text.ts';
import * as casing from './text-case.ts';
import { partition, rsplit, type Side, split, splitlines, strip } from './text-split.ts';
import { PyObject, truthy, typeName, type Value } from './values.ts';

/** The text of a str, also of those that the engines made. */
const textIn = (value: Value): string | undefined =>
  typeof value === 'string' ? value : value instanceof PyObject && value.isText() ? value.text() : undefined;

/** @throws ExpressionFault `must be str, not int`, after what names the argument */
function needText(value: Value, argument = ''): string {
  const text = textIn(value);
  if (text === undefined) throw typeFault(`${argument}must be str, not ${typeName(value)}`);
  return text;
}

type TextMethod = (text: string, call: Call) => Value;

const mapped = (name: string, map: (text: string) => Value): [string, TextMethod] => [
  name,
  (text, call) => {
    noArguments(`str.${name}`, call);
    return map(text);
  },
];

const finder = (name: string, last: boolean, needed: boolean): [string, TextMethod] => [
  name,
  (text, call) => {
    const [part = '', start = null, stop = null] = counted(name, call, 1, 3);
    const at = textFind(text, needText(part), start, stop, last);
    if (at < 0 && needed) throw valueFault('substring not found');
    return at;
  },
];

const stripper = (name: string, side: Side): [string, TextMethod] => [
  name,
  (text, call) => {
    const [characters = null] = positional(`str.${name}`, call, 0, 1);
    const set = characters === null ? undefined : textIn(characters);
    if (characters !== null && set === undefined) throw typeFault(`${name} arg must be None or str`);
    return strip(text, side, set);
  },
];

const splitter = (name: string, cut: typeof split): [string, TextMethod] => [
  name,
  (text, call) => {
    const [separator = null, most = -1] = named(name, call, ['sep', 'maxsplit']);
    const mark = separator === null ? undefined : textIn(separator);
    const limit = integer(most);
    if (separator !== null && mark === undefined) throw typeFault(`must be str or None, not ${typeName(separator)}`);
    return cut(text, mark, limit);
  },
];

const parter = (name: string, last: boolean): [string, TextMethod] => [
  name,
  (text, call) => new Tuple(partition(text, needText(oneArgument(`str.${name}`, call)), last)),
];

const prefixTest = (name: string, test: (text: string, affix: string) => boolean): [string, TextMethod] => [
  name,
  (text, call) => {
    const [affix = '', start = null, stop = null] = counted(name, call, 1, 3);
    const range = rangeOf(text, start, stop);
    const within = range ? text.slice(range.from, range.to) : undefined;
    const affixes = affix instanceof Tuple ? affix.items : [affix];
    return affixes.some((one) => {
      const mark = textIn(one);
      if (mark === undefined) {
        const words = affix instanceof Tuple ? 'tuple for' : `${name} first arg must be str or a tuple of str, not`;
        const rest =
          affix instanceof Tuple ? ` ${name} must only contain str, not ${typeName(one)}` : ` ${typeName(one)}`;
        throw typeFault(words + rest);
      }
      spendText(mark.length);
      return within !== undefined && test(within, mark);
    });
  },
];

const padder = (name: string, left: (pad: number, width: number) => number): [string, TextMethod] => [
  name,
  (text, call) => {
    const [width = 0, fill = ' '] = positional(`str.${name}`, call, 1, 2);
    const columns = integer(width);
    const mark = textIn(fill);
    if (mark === undefined) throw typeFault(`The fill character must be a unicode character, not ${typeName(fill)}`);
    if (textLength(mark) !== 1) throw typeFault('The fill character must be exactly one character long');
    const pad = columns - textLength(text);
    if (pad <= 0) return text;
    allowCharacters(text.length + pad * mark.length);
    const before = left(pad, columns);
    return mark.repeat(before) + text + mark.repeat(pad - before);
  },
];

/** Sandboxed engines bring their own access to fields; here are items, and what the engines' objects show. */
const FIELDS = {
  attribute: (value: Value, name: string): Value => {
    const found = value instanceof PyObject ? value.attribute(name) : undefined;
    if (found !== undefined) return found;
    throw undefinedFault('AttributeError', `'${typeName(value)}' object has no attribute '${name}'`);
  },
  item: index,
};

const TEXT_METHODS: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
  mapped('upper', casing.upper),
  mapped('lower', casing.lower),
  mapped('title', casing.title),
  mapped('capitalize', casing.capitalize),
  mapped('swapcase', casing.swapcase),
  mapped('casefold', casing.casefold),
  ...casing.KIND_NAMES.map((kind) => mapped(kind, (text) => casing.isKind(kind, text))),
  finder('find', false, false),
  finder('rfind', true, false),
  finder('index', false, true),
  finder('rindex', true, true),
  stripper('strip', 'both'),
  stripper('lstrip', 'left'),
  stripper('rstrip', 'right'),
  splitter('split', split),
  splitter('rsplit', rsplit),
  parter('partition', false),
  parter('rpartition', true),
  prefixTest('startswith', (text, affix) => text.startsWith(affix)),
  prefixTest('endswith', (text, affix) => text.endsWith(affix)),
  padder('ljust', () => 0),
  padder('rjust', (pad) => pad),
  padder('center', (pad, width) => Math.floor(pad / 2) + (pad & width & 1)),
  ['count', count],
  ['replace', replaceMethod],
  ['join', joinMethod],
  ['splitlines', splitlinesMethod],
  ['expandtabs', expandtabs],
  ['zfill', zfill],
  ['removeprefix', removeprefix],
  ['removesuffix', removesuffix],
  ['encode', encodeMethod],
  ['translate', (text, call) => translate(text, oneArgument('str.translate', call))],
  ['maketrans', (_, call) => maketrans(...positional('maketrans', call, 1, 3))],
  ['format', (text, call) => strFormat(text, call, FIELDS)],
  ['format_map', (text, call) => strFormatMap(text, oneArgument('str.format_map', call), FIELDS)],
]);

/** By name; `self` is a str. */
export const STR_METHODS: ReadonlyMap<string, Method> = new Map(
  Array.from(TEXT_METHODS, ([name, method]): [string, Method] => [
    name,
    (self, call) => method(needText(self, `descriptor '${name}' `), call),
  ]),
);

function count(text: string, call: Call): Value {
  const [part = '', start = null, stop = null] = counted('count', call, 1, 3);
  return textCount(text, needText(part), start, stop);
}

function replaceMethod(text: string, call: Call): Value {
  const [old = '', next = '', most = -1] = positional('str.replace', call, 2, 3);
  const [from, to] = [needText(old, 'replace() argument 1 '), needText(next, 'replace() argument 2 ')];
  return replace(text, from, to, integer(most));
}

/** Python's text.replace(from, to, most); all of them for a negative `most`. */
export function replace(text: string, from: string, to: string, most = -1): string {
  allowCharacters(text.length);
  const found = occurrences(text, from);
  const times = most < 0 ? found : Math.min(found, most);
  if (times === 0) return text;
  allowCharacters(text.length + times * (to.length - from.length));
  if (from === '') return interleave(text, to, times);
  let [out, at] = ['', 0];
  for (let i = 0; i < times; i++) {
    const next = indexIn(text, from, at);
    out += text.slice(at, next) + to;
    at = next + from.length;
  }
  return out + text.slice(at);
}

function interleave(text: string, between: string, times: number): string {
  const head = isFlat(text) ? text.slice(0, times - 1) : text.slice(0, unitOffset(text, times - 1));
  const tail = text.slice(head.length);
  const parts = Array.from(head, (c) => between + c).join('');
  return `${parts}${between}${tail}`;
}

function joinMethod(separator: string, call: Call): Value {
  const items = iterable(oneArgument('str.join', call));
  if (items === undefined) throw typeFault('can only join an iterable');
  return join(separator, items);
}

/** Python's separator.join(items). @throws ExpressionFault `sequence item 0: expected str instance, int found` */
export function join(separator: string, items: Iterable<Value>): string {
  const parts: string[] = [];
  let total = 0;
  for (const item of items) {
    const text = textIn(item);
    if (text === undefined) {
      throw typeFault(`sequence item ${parts.length}: expected str instance, ${typeName(item)} found`);
    }
    total += text.length + separator.length;
    spend(1);
    parts.push(text);
  }
  allowCharacters(total);
  return parts.join(separator);
}

function splitlinesMethod(text: string, call: Call): Value {
  const [keep = false] = named('splitlines', call, ['keepends']);
  if (typeof keep !== 'boolean') integer(keep);
  return splitlines(text, truthy(keep));
}

function expandtabs(text: string, call: Call): Value {
  const [size = 8] = named('expandtabs', call, ['tabsize']);
  const columns = integer(size);
  allowCharacters(text.length);
  let [column, total] = [0, text.length];
  const parts: string[] = [];
  for (const part of text.split(/([\t\n\r])/)) {
    spend(1);
    if (part !== '\t') {
      parts.push(part);
      column = part === '\n' || part === '\r' ? 0 : column + textLength(part);
      continue;
    }
    const width = columns > 0 ? columns - (column % columns) : 0;
    total += width;
    allowCharacters(width);
    parts.push(' '.repeat(width));
    column += width;
  }
  allowCharacters(total);
  return parts.join('');
}

function zfill(text: string, call: Call): Value {
  const width = integer(oneArgument('str.zfill', call));
  const pad = width - textLength(text);
  if (pad <= 0) return text;
  allowCharacters(text.length + pad);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(pad) + text.slice(sign.length);
}

function removeprefix(text: string, call: Call): Value {
  const prefix = needText(oneArgument('str.removeprefix', call), 'removeprefix() argument ');
  spendText(prefix.length);
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function removesuffix(text: string, call: Call): Value {
  const suffix = needText(oneArgument('str.removesuffix', call), 'removesuffix() argument ');
  spendText(suffix.length);
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

function encodeMethod(text: string, call: Call): Value {
  const [encoding = 'utf-8', errors = 'strict'] = named('encode', call, ['encoding', 'errors']);
  const name = needText(encoding, "encode() argument 'encoding' ");
  return new Bytes(encode(text, name, needText(errors, "encode() argument 'errors' ")));
}
