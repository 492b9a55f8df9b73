// operator/domain/expression/python/text-split.ts — cutting texts as Python's str does: strip, split, rsplit, splitlines, partition.
import { allowCharacters, allowItems } from '../evaluation.ts';
import { valueFault } from '../fault.ts';
import { allowGrowth } from './growth.ts';
import { indexIn, lastIndexIn } from './search.ts';
import { isFlat, occurrences } from './text.ts';

/** What Python takes for space between words; JavaScript's \s differs. */
const SPACE = '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const IS_SPACE = new RegExp(`[${SPACE}]`);
const WORDS = new RegExp(`[^${SPACE}]+`, 'g');

export type Side = 'left' | 'right' | 'both';

/** strip(), lstrip(), rstrip(): without the characters at the ends that are among `characters`, or without space. */
export function strip(text: string, side: Side, characters?: string): string {
  allowCharacters(text.length);
  const set = characters === undefined ? undefined : new Set(characters);
  const drops = set ? (c: string) => set.has(c) : (c: string) => IS_SPACE.test(c);
  const units = characters === undefined || (isFlat(text) && isFlat(characters)) ? text : [...text];
  let [from, to] = [0, units.length];
  if (side !== 'right') while (from < to && drops(units[from] ?? '')) from++;
  if (side !== 'left') while (to > from && drops(units[to - 1] ?? '')) to--;
  return typeof units === 'string' ? units.slice(from, to) : units.slice(from, to).join('');
}

/** split(): at a separator, or at runs of space; at most `most` times, from the left. */
export function split(text: string, separator: string | undefined, most = -1): string[] {
  if (separator === undefined) return splitWords(text, most);
  const cuts = allowedCuts(text, separator, most);
  const list: string[] = [];
  let at = 0;
  while (list.length < cuts) {
    const next = indexIn(text, separator, at);
    list.push(text.slice(at, next));
    at = next + separator.length;
  }
  list.push(text.slice(at));
  return list;
}

/** As `split`, from the right. */
export function rsplit(text: string, separator: string | undefined, most = -1): string[] {
  if (separator === undefined) return rsplitWords(text, most);
  const cuts = allowedCuts(text, separator, most);
  const list: string[] = [];
  let end = text.length;
  while (list.length < cuts && end >= separator.length) {
    const next = lastIndexIn(text, separator, end - separator.length);
    if (next < 0) break;
    list.push(text.slice(next + separator.length, end));
    end = next;
  }
  list.push(text.slice(0, end));
  return list.reverse();
}

/** How often a text is cut; refused before it is done when that gives too many parts. */
function allowedCuts(text: string, separator: string, most: number): number {
  if (separator === '') throw valueFault('empty separator');
  allowCharacters(text.length);
  const count = occurrences(text, separator);
  const cuts = most < 0 ? count : Math.min(count, most);
  allowItems(cuts + 1);
  return cuts;
}

function splitWords(text: string, most: number): string[] {
  allowCharacters(text.length);
  const list: string[] = [];
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    if (list.length === most) {
      list.push(text.slice(index));
      return list;
    }
    list.push(word);
    allowGrowth(list.length);
  }
  return list;
}

function rsplitWords(text: string, most: number): string[] {
  if (most < 0) return splitWords(text, -1);
  allowCharacters(text.length);
  const list: string[] = [];
  const back = (from: number, isSpace: boolean): number => {
    let at = from;
    while (at > 0 && IS_SPACE.test(text.charAt(at - 1)) === isSpace) at--;
    return at;
  };
  let end = back(text.length, true);
  while (end > 0 && list.length < most) {
    const from = back(end, false);
    list.push(text.slice(from, end));
    end = back(from, true);
    allowGrowth(list.length);
  }
  if (end > 0) list.push(text.slice(0, end));
  return list.reverse();
}

// oxlint-disable-next-line no-control-regex -- separators that Python takes for line ends
const LINE_END = /\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]/g;

/** splitlines(): at every line break that Unicode knows; a last one opens no empty line. */
export function splitlines(text: string, keepEnds = false): string[] {
  allowCharacters(text.length);
  const lines: string[] = [];
  let at = 0;
  for (const { 0: end, index } of text.matchAll(LINE_END)) {
    lines.push(text.slice(at, keepEnds ? index + end.length : index));
    at = index + end.length;
    allowGrowth(lines.length);
  }
  if (at < text.length) lines.push(text.slice(at));
  return lines;
}

/** partition() and rpartition(): before, separator, after; the whole text on one side when it is not there. */
export function partition(text: string, separator: string, last = false): [string, string, string] {
  if (separator === '') throw valueFault('empty separator');
  allowCharacters(text.length);
  const at = last ? lastIndexIn(text, separator) : indexIn(text, separator);
  if (at < 0) return last ? ['', '', text] : [text, '', ''];
  return [text.slice(0, at), separator, text.slice(at + separator.length)];
}
