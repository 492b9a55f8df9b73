// operator/domain/expression/python/text.ts — Python's view of a text: code points, where JavaScript counts UTF-16 units.
import { spend, spendIfEvaluating } from '../evaluation.ts';
import { typeFault, valueFault } from '../fault.ts';
import { isInt } from './numbers.ts';
import { indexIn, lastIndexIn } from './search.ts';
import type { Value } from './values.ts';

/** Texts up to this length are compared and hashed at the cost of the node that asks for it. */
const SHORT = 512;

/** Counts one look at so many characters of a text, unless they are few. @throws ExpressionFault */
export function spendText(length: number): void {
  if (length > SHORT) spendIfEvaluating(length >>> 6);
}

const SURROGATE = /[\ud800-\udfff]/;

/** Whether every character is one UTF-16 unit, so that JavaScript's own indexes are Python's. */
export function isFlat(text: string): boolean {
  spend(text.length >>> 6);
  return !SURROGATE.test(text);
}

/** Number of code points. */
export function textLength(text: string): number {
  if (isFlat(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** An int or bool as an index, cut to what an array can have; undefined for every other value. */
export function asIndex(value: Value): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (!isInt(value)) return undefined;
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}

/** The places that a slice takes: `count` of them from `from`, `step` apart; `to` is where it stops. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly count: number;
}

/** Python's slice.indices(). @throws ExpressionFault when a bound is no int or the step is zero */
export function spanOf(length: number, start: Value, stop: Value, step: Value): Span {
  const by = step === null ? 1 : bound(step);
  if (by === 0) throw valueFault('slice step cannot be zero');
  const [least, most] = by < 0 ? [-1, length - 1] : [0, length];
  const place = (value: Value, fallback: number) => {
    if (value === null) return fallback;
    const index = bound(value);
    return index < 0 ? Math.max(least, index + length) : Math.min(most, index);
  };
  const from = place(start, by < 0 ? most : least);
  const to = place(stop, by < 0 ? least : most);
  const count = Math.max(0, Math.ceil((to - from) / by));
  return { from, to, step: by, count };
}

function bound(value: Value): number {
  const index = asIndex(value);
  if (index === undefined) throw typeFault('slice indices must be integers or None or have an __index__ method');
  return index;
}

/** The code points, one by one: an array takes many times the room of its text. */
function points(text: string): string[] {
  spend(text.length >>> 4);
  return [...text];
}

/** Python's text[start:stop:step]. */
export function textSlice(text: string, start: Value, stop: Value, step: Value): string {
  const units = isFlat(text) ? text : points(text);
  const span = spanOf(units.length, start, stop, step);
  if (span.step === 1) {
    if (span.count === 0) return '';
    return typeof units === 'string' ? units.slice(span.from, span.to) : units.slice(span.from, span.to).join('');
  }
  spend(span.count);
  let out = '';
  for (let i = 0, at = span.from; i < span.count; i++, at += span.step) out += units[at] ?? '';
  return out;
}

/** Python's text[index]; undefined when it is out of range. */
export function characterAt(text: string, index: number): string | undefined {
  const units = isFlat(text) ? text : points(text);
  return units[index < 0 ? index + units.length : index];
}

/** A part of a text that find(), count() and startswith() look at; offsets are in UTF-16 units, `before` in code points. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly before: number;
}

/** The part of a text from `start` to `stop` (null: not given); undefined when `start` lies behind `stop` or the end. */
export function rangeOf(text: string, start: Value, stop: Value): Range | undefined {
  if (start === null && stop === null) return { from: 0, to: text.length, before: 0 };
  const flat = isFlat(text);
  const length = flat ? text.length : textLength(text);
  const place = (value: Value, fallback: number) => {
    const index = value === null ? fallback : bound(value);
    return index < 0 ? Math.max(0, index + length) : index;
  };
  const [from, to] = [place(start, 0), Math.min(place(stop, length), length)];
  if (from > to) return undefined;
  return flat ? { from, to, before: from } : { from: unitOffset(text, from), to: unitOffset(text, to), before: from };
}

/** The UTF-16 offset of a code point. */
export function unitOffset(text: string, point: number): number {
  let at = 0;
  for (let i = 0; i < point && at < text.length; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** Python's find() and rfind(): code points before the first or last `part`; -1 when there is none. */
export function textFind(text: string, part: string, start: Value, stop: Value, last = false): number {
  const range = rangeOf(text, start, stop);
  if (!range) return -1;
  const within = text.slice(range.from, range.to);
  const at = last ? lastIndexIn(within, part) : indexIn(within, part);
  return at < 0 ? -1 : range.before + textLength(within.slice(0, at));
}

/** Python's count(): occurrences that do not overlap; an empty part occurs between all characters. */
export function textCount(text: string, part: string, start: Value, stop: Value): number {
  const range = rangeOf(text, start, stop);
  if (!range) return 0;
  return occurrences(text.slice(range.from, range.to), part);
}

/** How often `part` occurs in a text, without overlaps. */
export function occurrences(text: string, part: string): number {
  if (part === '') return textLength(text) + 1;
  let count = 0;
  for (let at = indexIn(text, part); at >= 0; at = indexIn(text, part, at + part.length)) count++;
  spend(count);
  return count;
}
