// operator/domain/expression/python/search.ts — a part in a text, in linear time whatever the two are: both may come from strangers.
import { spendIfEvaluating } from '../evaluation.ts';

/** Parts up to this length cost the engine's own search at most so many comparisons for each character. */
const SHORT = 64;
/** Comparisons that it may make for longer ones, quadratic at worst: about a millisecond. */
const NATIVE_MAX = 1_000_000;

const isCheap = (length: number, part: string) => part.length <= SHORT || length * part.length <= NATIVE_MAX;

/** As `text.indexOf(part, from)`. @throws ExpressionFault when the evaluation has no steps left */
export function indexIn(text: string, part: string, from = 0): number {
  const length = Math.max(text.length - from, 0);
  const at = isCheap(length, part) ? text.indexOf(part, from) : firstOf(places(text, part, from));
  spendIfEvaluating((at < 0 ? length : Math.max(at - from, 0)) >>> 6);
  return at;
}

/** As `text.lastIndexOf(part, until)`. */
export function lastIndexIn(text: string, part: string, until = text.length): number {
  const end = Math.min(text.length, until + part.length);
  const at = isCheap(end, part) ? text.lastIndexOf(part, until) : lastOf(places(text.slice(0, end), part, 0));
  spendIfEvaluating((end - Math.max(at, 0)) >>> 6);
  return at;
}

export const isIn = (text: string, part: string): boolean => indexIn(text, part) >= 0;

function firstOf(found: Iterable<number>): number {
  for (const at of found) return at;
  return -1;
}

function lastOf(found: Iterable<number>): number {
  let last = -1;
  for (const at of found) last = at;
  return last;
}

/** Every place, overlapping ones too, by Knuth, Morris and Pratt. */
function* places(text: string, part: string, from: number): Generator<number> {
  if (part.length > text.length - from) return;
  const fallback = fallbacks(part);
  let matched = 0;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    while (matched > 0 && part.charCodeAt(matched) !== code) matched = fallback[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === code) matched++;
    if (matched < part.length) continue;
    yield i - part.length + 1;
    matched = fallback[matched - 1] ?? 0;
  }
}

/** For each beginning of a part, the length of the longest shorter beginning that is also its end. */
function fallbacks(part: string): Int32Array {
  const table = new Int32Array(part.length);
  let length = 0;
  for (let i = 1; i < part.length; i++) {
    const code = part.charCodeAt(i);
    while (length > 0 && part.charCodeAt(length) !== code) length = table[length - 1] ?? 0;
    if (part.charCodeAt(length) === code) length++;
    table[i] = length;
  }
  return table;
}
