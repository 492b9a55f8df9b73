// operator/domain/expression/python/strptime.ts — a text + a format → a datetime, as Python's strptime reads it in the C locale.
import { ExpressionFault, valueFault } from '../fault.ts';
import { civilOf, daysOf, weekdayOf } from './calendar.ts';
import { DateTime } from './datetime.ts';
import { repr } from './repr.ts';
import { MONTHS, WEEKDAYS } from './strftime.ts';

const names = (list: readonly string[], length?: number) =>
  [...list]
    .map((name) => name.slice(0, length).toLowerCase())
    .sort((a, b) => b.length - a.length)
    .join('|');

/** What each directive takes. Fixed lengths only, so that no text can make the match slow. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  a: names(WEEKDAYS, 3),
  A: names(WEEKDAYS),
  b: names(MONTHS, 3),
  B: names(MONTHS),
  d: '3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9]',
  f: '\\d{1,6}',
  H: '2[0-3]|[0-1]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  j: '36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  m: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d',
  p: 'am|pm',
  S: '6[0-1]|[0-5]\\d|\\d',
  U: '5[0-3]|[0-4]\\d|\\d',
  w: '[0-6]',
  W: '5[0-3]|[0-4]\\d|\\d',
  u: '[1-7]',
  V: '5[0-3]|0[1-9]|[1-4]\\d|\\d',
  y: '\\d\\d',
  Y: '\\d{4}',
  G: '\\d{4}',
  z: '[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|z',
  Z: 'utc|gmt',
  '%': '%',
};
const COMPOUND: Readonly<Record<string, string>> = { c: '%a %b %d %H:%M:%S %Y', x: '%m/%d/%y', X: '%H:%M:%S' };
/** Longest format and text, in characters. */
const LENGTH_MAX = 500;

/** @throws ExpressionFault ValueError for a text that does not match, or a format that is none */
export function parseTime(text: string, format: string): DateTime {
  if (text.length > LENGTH_MAX || format.length > LENGTH_MAX) throw mismatch(text, format);
  const { pattern, letters } = patternOf(format);
  const match = new RegExp(`^${pattern}`, 'iu').exec(text);
  if (!match) throw mismatch(text, format);
  if (match[0].length < text.length) throw valueFault(`unconverted data remains: ${text.slice(match[0].length)}`);
  const parts = new Map(letters.map((letter, at) => [letter, match[at + 1] ?? ''] as const));
  return timeOf(parts);
}

const mismatch = (text: string, format: string) =>
  valueFault(`time data ${repr(text.slice(0, LENGTH_MAX))} does not match format ${repr(format.slice(0, LENGTH_MAX))}`);

function patternOf(format: string): { readonly pattern: string; readonly letters: readonly string[] } {
  const letters: string[] = [];
  const whole = format.replaceAll(/%([cxX])/g, (_, letter: string) => COMPOUND[letter] ?? '');
  const pattern = whole.replaceAll(/%([\s\S])?|\s+|[\s\S]/gu, (piece: string, letter: string | undefined) => {
    if (/^\s/.test(piece)) return '\\s+';
    if (!piece.startsWith('%')) return piece.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    if (letter === undefined) throw valueFault(`stray % in format ${repr(format)}`);
    if (!Object.hasOwn(DIRECTIVES, letter))
      throw valueFault(`'${letter}' is a bad directive in format ${repr(format)}`);
    if (letter === '%') return '%';
    if (letters.includes(letter)) {
      const message = `redefinition of group name '${letter}' as group ${letters.length + 1}; was group ${letters.indexOf(letter) + 1}`;
      throw new ExpressionFault('value', 'error', message);
    }
    letters.push(letter);
    return `(${DIRECTIVES[letter] ?? ''})`;
  });
  return { pattern, letters };
}

type Parts = ReadonlyMap<string, string>;

function timeOf(parts: Parts): DateTime {
  const number = (letter: string, fallback: number) => Number(parts.get(letter) ?? fallback);
  const { year, month, day } = dateOf(parts, number);
  return new DateTime({
    year,
    month,
    day,
    hour: hourOf(parts, number),
    minute: number('M', 0),
    second: number('S', 0),
    microsecond: Number((parts.get('f') ?? '0').padEnd(6, '0')),
    offsetMinutes: offsetOf(parts),
  });
}

type NumberOf = (letter: string, fallback: number) => number;

function hourOf(parts: Parts, number: NumberOf): number {
  if (!parts.has('I')) return number('H', 0);
  const hour = number('I', 0) % 12;
  return parts.get('p')?.toLowerCase() === 'pm' ? hour + 12 : hour;
}

function offsetOf(parts: Parts): number | undefined {
  const text = parts.get('z');
  if (text === undefined) return parts.has('Z') ? 0 : undefined;
  if (text.toLowerCase() === 'z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d\d/g) ?? []).map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes + seconds / 60) + 0;
}

const place = (list: readonly string[], name: string | undefined) =>
  list.findIndex((one) => name !== undefined && one.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase());

function dateOf(parts: Parts, number: NumberOf): { year: number; month: number; day: number } {
  const short = number('y', 0);
  const year = parts.has('Y') ? number('Y', 0) : parts.has('y') ? short + (short <= 68 ? 2000 : 1900) : 1900;
  const named = place(MONTHS, parts.get('B') ?? parts.get('b'));
  const month = named >= 0 ? named + 1 : number('m', 1);
  if (parts.has('j')) return civilOf(daysOf({ year, month: 1, day: 1 }) + number('j', 1) - 1);
  const weekday = weekdayIn(parts, number);
  if (parts.has('G') && parts.has('V') && weekday !== undefined) {
    const first = { year: number('G', 0), month: 1, day: 4 };
    return civilOf(daysOf(first) - weekdayOf(first) + (number('V', 1) - 1) * 7 + weekday);
  }
  const week = parts.has('U') ? 'U' : 'W';
  if (parts.has(week) && weekday !== undefined && (parts.has('Y') || parts.has('y'))) {
    return dayInWeek(year, number(week, 0), weekday, week === 'U');
  }
  return { year, month, day: number('d', 1) };
}

/** Monday is 0. */
function weekdayIn(parts: Parts, number: NumberOf): number | undefined {
  const named = place(WEEKDAYS, parts.get('A') ?? parts.get('a'));
  if (named >= 0) return named;
  if (parts.has('w')) return (number('w', 0) + 6) % 7;
  return parts.has('u') ? number('u', 1) - 1 : undefined;
}

/** Week 1 begins with the first Sunday, or Monday, of the year. */
function dayInWeek(year: number, week: number, weekday: number, fromSunday: boolean) {
  const first = { year, month: 1, day: 1 };
  const shift = fromSunday ? 1 : 0;
  const [start, day] = [(weekdayOf(first) + shift) % 7, (weekday + shift) % 7];
  const firstWeek = (7 - start) % 7;
  return civilOf(daysOf(first) + firstWeek + (week - 1) * 7 + day);
}
