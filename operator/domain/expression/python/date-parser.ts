// operator/domain/expression/python/date-parser.ts — a date in nearly any notation → its parts, as dateutil's parser.parse reads it.
import { ExpressionFault } from '../fault.ts';
import type { CivilTime } from './calendar.ts';
import { type DateFields, readDate } from './date-reader.ts';
import { isUtcName } from './date-words.ts';
import { daysInMonth, UnreadableDate } from './date-ymd.ts';

/** A moment on a clock; without `offsetSeconds` it is not said whose clock. The offset may be out of every zone's range. */
export interface ParsedDate extends CivilTime {
  /** East of Greenwich. */
  readonly offsetSeconds?: number;
}

/**
 * Reads a date. What the text leaves out is taken from midnight (UTC) of `nowMs`, and a year of two digits lies within 50 years of it.
 * Month before day where both are possible. A zone's name without an offset is ignored unless it is UTC's.
 * @throws ExpressionFault ParserError, or OverflowError for numbers beyond 32 bits
 */
export function parseDate(text: string, nowMs: number): ParsedDate {
  const today = new Date(nowMs);
  const fields = readFields(text, today.getUTCFullYear());
  if (Object.values(fields).every((value) => value === undefined))
    throw parserError(`String does not contain a date: ${text}`);
  const date = completeDate(fields, today, text);
  const { hour = 0, minute = 0, second = 0, microsecond = 0, offsetSeconds } = fields;
  checkRange('hour', hour, 23, text);
  checkRange('minute', minute, 59, text);
  checkRange('second', second, 59, text);
  const time = { hour, minute, second, microsecond };
  const onWeekday = fields.weekday === undefined || fields.day ? date : nextWeekday(date, fields.weekday);
  return { ...onWeekday, ...time, ...(offsetSeconds === undefined ? {} : { offsetSeconds }) };
}

const parserError = (message: string) => new ExpressionFault('value', 'ParserError', message);
const overflow = (message: string) => new ExpressionFault('value', 'OverflowError', message);

/** What the text says, with its year in full and its zone as an offset. */
function readFields(text: string, thisYear: number): DateFields {
  try {
    const { fields, centuryGiven } = readDate(text);
    if (fields.year !== undefined && !centuryGiven) fields.year = fullYear(fields.year, thisYear);
    if (fields.zone !== undefined && isUtcName(fields.zone)) fields.offsetSeconds = 0;
    return fields;
  } catch (cause) {
    if (cause instanceof UnreadableDate) throw parserError(`Unknown string format: ${text}`);
    throw cause;
  }
}

/** Two digits mean the year that is nearest to this one: at most 50 years back, less than 50 ahead. */
function fullYear(year: number, thisYear: number): number {
  if (year >= 100) return year;
  const full = year + Math.floor(thisYear / 100) * 100;
  return full >= thisYear + 50 ? full - 100 : full < thisYear - 50 ? full + 100 : full;
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Year, month and day; a day that is not said gives way when the month has not that many. */
function completeDate(fields: DateFields, today: Date, text: string): Day {
  const { year = today.getUTCFullYear(), month = today.getUTCMonth() + 1 } = fields;
  if (fields.day === undefined && (month < 1 || month > 12)) {
    throw parserError(`bad month number ${month}; must be 1-12: ${text}`);
  }
  const day = fields.day ?? Math.min(today.getUTCDate(), daysInMonth(year, month));
  for (const value of [year, month, day, fields.hour, fields.minute, fields.second]) checkSize(value ?? 0);
  if (year < 1 || year > 9999) throw parserError(`year ${year} is out of range: ${text}`);
  if (month < 1 || month > 12) throw parserError(`month must be in 1..12: ${text}`);
  if (day < 1 || day > daysInMonth(year, month)) throw parserError(`day is out of range for month: ${text}`);
  return { year, month, day };
}

function checkRange(name: string, value: number, highest: number, text: string): void {
  if (value > highest) throw parserError(`${name} must be in 0..${highest}: ${text}`);
}

function checkSize(value: number): void {
  if (value >= 2 ** 63) throw overflow('Python int too large to convert to C long');
  if (value >= 2 ** 31) throw overflow('signed integer is greater than maximum');
}

/** The first such weekday from a day on, that day included. */
function nextWeekday({ year, month, day }: Day, weekday: number): Day {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCDate(day + ((weekday - ((date.getUTCDay() + 6) % 7) + 7) % 7));
  if (date.getUTCFullYear() > 9999) throw overflow('date value out of range');
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
