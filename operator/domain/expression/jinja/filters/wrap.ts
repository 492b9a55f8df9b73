// operator/domain/expression/jinja/filters/wrap.ts — wordwrap: lines broken where Python's textwrap breaks them.
import { allowCharacters, spend } from '../../evaluation.ts';
import { undefinedFault, valueFault } from '../../fault.ts';
import { asIndex } from '../../python/text.ts';
import { truthy, typeName, type Value } from '../../python/values.ts';
import { repr } from '../../python/repr.ts';
import { typeFault } from '../../fault.ts';
import type { Engine } from '../engine.ts';
import { Markup, plainText } from '../markup.ts';
import { Undefined } from '../undefined.ts';
import { callText } from './texts.ts';
import { filter } from './signature.ts';

interface Wrapping {
  readonly width: number;
  readonly breaksWords: boolean;
  readonly breaksHyphens: boolean;
}

/** What a character is to the places where lines break. */
const [BLANK, WORD, LETTER, JOINING] = [1, 2, 4, 8];

function kindOf(c: string): number {
  if (/[\t\n\v\f\r ]/.test(c)) return BLANK;
  if (/[\p{L}\p{Nl}\p{No}_]/u.test(c)) return WORD | LETTER | JOINING;
  if (/\p{Nd}/u.test(c)) return WORD | JOINING;
  return `!"'&.,?`.includes(c) ? JOINING : 0;
}

const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)));

/** Pieces that a line takes whole: blanks, words, and parts of words up to a hyphen or dash. */
function pieces(chars: readonly string[], breaksHyphens: boolean): string[][] {
  const kinds = Uint8Array.from(chars, (c) => ASCII_KINDS[c.codePointAt(0) ?? 0] ?? kindOf(c));
  const is = (at: number, kind: number): boolean => ((kinds[at] ?? 0) & kind) !== 0;
  const dashes = new Uint32Array(chars.length + 1); // how many hyphens follow from here on
  for (let i = chars.length - 1; i >= 0; i--) dashes[i] = chars[i] === '-' ? (dashes[i + 1] ?? 0) + 1 : 0;
  const dashEnd = (at: number): number | undefined => {
    const count = dashes[at] ?? 0;
    return count >= 2 && is(at + count, WORD) && is(at - 1, JOINING) ? at + count : undefined;
  };
  const isHyphenated = (at: number): boolean => {
    if (chars[at] !== '-' || !is(at - 1, LETTER)) return false;
    const before = is(at - 2, LETTER) || (chars[at - 2] === '-' && is(at - 3, LETTER));
    return before && is(at + 1, LETTER) && is(chars[at + 2] === '-' ? at + 3 : at + 2, LETTER);
  };
  const out: string[][] = [];
  for (let from = 0, to = 0; from < chars.length; from = to) {
    to = (breaksHyphens ? dashEnd(from) : undefined) ?? from + 1;
    if (is(from, BLANK)) while (is(to, BLANK)) to++;
    else if (!breaksHyphens) while (to < chars.length && !is(to, BLANK)) to++;
    else if (to === from + 1) {
      while (to < chars.length && !is(to, BLANK) && dashEnd(to) === undefined) {
        if (isHyphenated(to++)) break;
      }
    }
    spend(1 + ((to - from) >>> 3));
    out.push(chars.slice(from, to));
  }
  return out;
}

/** Takes of a piece that no line holds what this line still holds: all of it where words are not broken. */
function cut(
  piece: readonly string[],
  room: number,
  { breaksWords, breaksHyphens }: Wrapping,
  isEmpty: boolean,
): number {
  if (!breaksWords) return isEmpty ? piece.length : 0;
  const hyphen = breaksHyphens && piece.length > room ? piece.lastIndexOf('-', room - 1) : -1;
  return hyphen > 0 && room > 0 && piece.slice(0, hyphen).some((c) => c !== '-') ? hyphen + 1 : room;
}

function wrapLine(text: string, wrapping: Wrapping): string[] {
  const { width } = wrapping;
  const rest = pieces([...text], wrapping.breaksHyphens).reverse();
  const lines: string[] = [];
  while (rest.length > 0) {
    spend(4);
    const line: (readonly string[])[] = [];
    let used = 0;
    if (lines.length > 0 && rest.at(-1)?.join('').trim() === '') rest.pop();
    for (let next = rest.at(-1); next && used + next.length <= width; next = rest.at(-1)) {
      line.push(next);
      used += next.length;
      rest.pop();
    }
    const long = rest.at(-1);
    if (long && long.length > width) {
      spend(long.length >>> 3);
      const taken = cut(long, width - used, wrapping, line.length === 0);
      if (taken > 0 || wrapping.breaksWords) line.push(long.slice(0, taken)); // nothing at all hides the blank before it
      rest.pop();
      if (taken < long.length) rest.push(long.slice(taken));
    }
    if (line.at(-1)?.join('').trim() === '') line.pop();
    if (line.length > 0) lines.push(line.flat().join(''));
  }
  return lines;
}

function wordWrap(_: Engine, value: Value, ...options: readonly Value[]): Value {
  const [width = 79, breaksWords = true, wrapString = null, breaksHyphens = true] = options;
  if (value instanceof Undefined) throw value.fault();
  if (typeof value !== 'string' && !(value instanceof Markup)) {
    throw undefinedFault('AttributeError', `'${typeName(value)}' object has no attribute 'splitlines'`);
  }
  const columns = asIndex(width);
  if (columns === undefined) throw typeFault(`'<=' not supported between instances of '${typeName(width)}' and 'int'`);
  const between = plainText(wrapString ?? '\n') ?? '\n';
  const wrapping = { width: columns, breaksWords: truthy(breaksWords), breaksHyphens: breaksHyphens === true };
  const lines = callText(plainText(value) ?? '', 'splitlines') as readonly string[];
  if (columns <= 0 && lines.length > 0) throw valueFault(`invalid width ${repr(width)} (must be > 0)`);
  const wrapped = lines.map((line) => wrapLine(line, wrapping).join(between)).join(between);
  allowCharacters(wrapped.length);
  return wrapped;
}

const PARAMETERS = [
  's',
  ['width', 79],
  ['break_long_words', true],
  ['wrapstring', null],
  ['break_on_hyphens', true],
] as const;

export const wordWrapFilter = filter('do_wordwrap', 'environment', PARAMETERS, wordWrap);
