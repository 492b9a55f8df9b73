// operator/domain/expression/python/regex/sets.ts — sets of characters → RE2's.
import type { Category, SetItem } from './tree.ts';

const UNICODE: Readonly<Record<'digit' | 'word' | 'space', string>> = {
  digit: '\\p{Nd}',
  word: '\\p{L}\\p{N}_',
  space: '\\t-\\r\\x1c- \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}',
};
const ASCII: typeof UNICODE = { digit: '0-9', word: '0-9A-Z_a-z', space: '\\t-\\r ' };

/** Characters that a \w takes, for use inside of brackets. */
export const wordClass = (ascii: boolean): string => (ascii ? ASCII : UNICODE).word;

/** One character, as RE2 reads it inside of brackets and outside. */
export function quoteCode(code: number): string {
  const c = String.fromCodePoint(code);
  if (/^[A-Za-z0-9_]$/.test(c)) return c;
  if (code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff)) return `\\x{${code.toString(16)}}`;
  return code < 0x80 ? `\\${c}` : c;
}

const isNegative = (item: SetItem): item is { category: Category } =>
  'category' in item && item.category.startsWith('not ');

const baseOf = (category: Category) => category.replace('not ', '') as keyof typeof UNICODE;

/** A set as RE2 writes it. */
export function emitSet(items: readonly SetItem[], negated: boolean, ascii: boolean): string {
  const classes = ascii ? ASCII : UNICODE;
  const negatives = items.filter(isNegative);
  const inner = items
    .filter((item) => !isNegative(item))
    .map((item) => ('category' in item ? classes[baseOf(item.category)] : range(item.low, item.high)))
    .join('');
  if (negatives.length === 0) return `[${negated ? '^' : ''}${inner}]`;
  if (negated) return emitDifference(items, ascii);
  const parts = negatives.map(({ category }) => `[^${classes[baseOf(category)]}]`);
  if (inner !== '') parts.push(`[${inner}]`);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : `(?:${parts.join('|')})`;
}

const range = (low: number, high: number) => (low === high ? quoteCode(low) : `${quoteCode(low)}-${quoteCode(high)}`);

/** Ranges of characters in order, apart from each other. */
type Ranges = readonly (readonly [low: number, high: number])[];

const LAST = 0x10_ffff;

/** A negated set with \W, \D or \S in it: RE2 has no sets in sets, so its characters are told one range after the other. */
function emitDifference(items: readonly SetItem[], ascii: boolean): string {
  const taken = items.flatMap((item) => [...rangesOf(item, ascii)]).sort(([a], [b]) => a - b);
  const rest = complement(taken);
  return rest.length === 0 ? '[^\\x{0}-\\x{10ffff}]' : `[${rest.map(([low, high]) => range(low, high)).join('')}]`;
}

function rangesOf(item: SetItem, ascii: boolean): Ranges {
  if (!('category' in item)) return [[item.low, item.high]];
  const base = tableOf(baseOf(item.category), ascii);
  return isNegative(item) ? complement(base) : base;
}

function complement(ranges: Ranges): Ranges {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [low, high] of ranges) {
    if (low > next) rest.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

const PATTERNS: Readonly<Record<keyof typeof UNICODE, RegExp>> = {
  digit: /\p{Nd}/u,
  word: /[\p{L}\p{N}_]/u,
  // oxlint-disable-next-line no-control-regex -- Python counts these as white space
  space: /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u,
};
const tables = new Map<string, Ranges>();

/** All characters of a class; looked up once, when first needed. */
function tableOf(name: keyof typeof UNICODE, ascii: boolean): Ranges {
  const key = `${name}${ascii}`;
  const known = tables.get(key);
  if (known) return known;
  const ranges: [number, number][] = [];
  const isBlank = ascii && name === 'space';
  for (let code = 0; code <= (ascii ? 0x7f : LAST); code++) {
    if (!PATTERNS[name].test(String.fromCodePoint(code)) || (isBlank && code >= 0x1c && code < 0x20)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  tables.set(key, ranges);
  return ranges;
}
