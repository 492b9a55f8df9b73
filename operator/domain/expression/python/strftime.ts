// operator/domain/expression/python/strftime.ts — a date and a clock + a format → text, as strftime has it in the C locale.
import { allowCharacters, spend } from '../evaluation.ts';
import { dayOfYear, daysOf, isoCalendar, weekdayOf, type ZonedTime } from './calendar.ts';

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const two = (n: number) => String(n).padStart(2, '0');
const blank = (n: number) => String(n).padStart(2, ' ');
const hour12 = (t: ZonedTime) => ((t.hour + 11) % 12) + 1;
const weekday = (t: ZonedTime) => WEEKDAYS[weekdayOf(t)] ?? '';
const month = (t: ZonedTime) => MONTHS[t.month - 1] ?? '';
/** Week of the year; weeks begin `first` days after Monday. */
const week = (t: ZonedTime, first: number) => Math.floor((dayOfYear(t) + 6 - ((weekdayOf(t) - first + 7) % 7)) / 7);

function offset(t: ZonedTime): string {
  if (t.offsetMinutes === undefined) return '';
  const seconds = Math.round(Math.abs(t.offsetMinutes) * 60);
  const rest = seconds % 60 === 0 ? '' : two(seconds % 60);
  return `${t.offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}${two(Math.floor(seconds / 60) % 60)}${rest}`;
}

const DIRECTIVES: ReadonlyMap<string, (t: ZonedTime) => string> = new Map<string, (t: ZonedTime) => string>([
  ['a', (t) => weekday(t).slice(0, 3)],
  ['A', weekday],
  ['b', (t) => month(t).slice(0, 3)],
  ['B', month],
  ['c', (t) => formatTime('%a %b %e %H:%M:%S %Y', t)],
  ['C', (t) => two(Math.floor(t.year / 100))],
  ['d', (t) => two(t.day)],
  ['D', (t) => formatTime('%m/%d/%y', t)],
  ['e', (t) => blank(t.day)],
  ['f', (t) => String(t.microsecond).padStart(6, '0')],
  ['F', (t) => formatTime('%Y-%m-%d', t)],
  ['g', (t) => two(isoCalendar(t).year % 100)],
  ['G', (t) => String(isoCalendar(t).year)],
  ['h', (t) => month(t).slice(0, 3)],
  ['H', (t) => two(t.hour)],
  ['I', (t) => two(hour12(t))],
  ['j', (t) => String(dayOfYear(t)).padStart(3, '0')],
  ['k', (t) => blank(t.hour)],
  ['l', (t) => blank(hour12(t))],
  ['m', (t) => two(t.month)],
  ['M', (t) => two(t.minute)],
  ['n', () => '\n'],
  ['p', (t) => (t.hour < 12 ? 'AM' : 'PM')],
  ['P', (t) => (t.hour < 12 ? 'am' : 'pm')],
  ['r', (t) => formatTime('%I:%M:%S %p', t)],
  ['R', (t) => formatTime('%H:%M', t)],
  ['s', (t) => String(daysOf(t) * 86_400 + t.hour * 3600 + t.minute * 60 + t.second)],
  ['S', (t) => two(t.second)],
  ['t', () => '\t'],
  ['T', (t) => formatTime('%H:%M:%S', t)],
  ['u', (t) => String(weekdayOf(t) + 1)],
  ['U', (t) => two(week(t, 6))],
  ['V', (t) => two(isoCalendar(t).week)],
  ['w', (t) => String((weekdayOf(t) + 1) % 7)],
  ['W', (t) => two(week(t, 0))],
  ['x', (t) => formatTime('%m/%d/%y', t)],
  ['X', (t) => formatTime('%H:%M:%S', t)],
  ['y', (t) => two(t.year % 100)],
  ['Y', (t) => String(t.year)],
  ['z', offset],
  ['Z', (t) => (t.offsetMinutes === undefined || t.offsetMinutes !== 0 ? '' : 'UTC')],
  ['%', () => '%'],
]);

/** A directive that is unknown stays as it is. @throws ExpressionFault when the text grows too long */
export function formatTime(pattern: string, time: ZonedTime): string {
  allowCharacters(pattern.length * 8);
  spend(pattern.length);
  return pattern.replaceAll(/%([\s\S])/g, (all, letter: string) => DIRECTIVES.get(letter)?.(time) ?? all);
}
