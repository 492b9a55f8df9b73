// operator/domain/rule/iso-date.ts — ISO 8601 → the parts of a date, for what the library ciso8601 takes: calendar, week and ordinal dates.
import { civilOf, daysInMonth, daysOf, isLeapYear, isoCalendar } from '../expression/python/calendar.ts';
import type { ParsedDate } from '../expression/python/date-parser.ts';

const DATE = /^(\d{4})(?:-W(\d\d)(?:-(\d))?|-(\d\d)(?:-(\d\d)|(\d))?|W(\d\d)(\d)?|(\d\d)(\d)(\d)?)(?:[Tt ]([^]*))?$/;
const TIME =
  /^(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?|(\d\d)(?:(\d\d)(?:[.,](\d+))?)?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?$/;

/** The moment that the text says, or undefined when it is not in that notation: other notations have a parser of their own. */
export function readIsoDate(text: string): ParsedDate | undefined {
  const parts = DATE.exec(text);
  const date = parts && dateOf(parts);
  if (!parts || !date) return undefined;
  if (parts[12] === undefined) return { ...date, hour: 0, minute: 0, second: 0, microsecond: 0 };
  return timeOf(date, parts[12], text.charAt(4) === '-');
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function dateOf([, years, week, weekday, month, day, unit, plainWeek, plainDay, head, middle, last]: RegExpExecArray) {
  const year = Number(years);
  const weeks = week ?? plainWeek;
  if (weeks !== undefined) return weekDate(year, Number(weeks), Number(weekday ?? plainDay ?? 1));
  if (unit !== undefined) return ordinalDate(year, Number(`${month}${unit}`));
  if (month !== undefined) return calendarDate(year, Number(month), Number(day ?? 1));
  if (last === undefined) return ordinalDate(year, Number(`${head}${middle}`));
  return calendarDate(year, Number(head), Number(`${middle}${last}`));
}

function calendarDate(year: number, month: number, day: number): Day | undefined {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return { year, month, day };
}

function ordinalDate(year: number, day: number): Day | undefined {
  if (year < 1 || day < 1 || day > (isLeapYear(year) ? 366 : 365)) return undefined;
  return civilOf(daysOf({ year, month: 1, day: 1 }) + day - 1);
}

function weekDate(year: number, week: number, day: number): Day | undefined {
  if (year < 1 || day < 1 || day > 7 || week < 1) return undefined;
  const fourth = { year, month: 1, day: 4 }; // always in week 1
  const monday = daysOf(fourth) - (isoCalendar(fourth).weekday - 1);
  const date = civilOf(monday + (week - 1) * 7 + day - 1);
  if (date.year < 1 || date.year > 9999) return undefined;
  return isoCalendar(date).year === year ? date : undefined;
}

function timeOf(date: Day, text: string, isExtended: boolean): ParsedDate | undefined {
  const parts = TIME.exec(text);
  if (!parts) return undefined;
  const [, hours, minute, second, fraction, plainMinute, plainSecond, plainFraction, sign, zoneHour, zoneMinute] =
    parts;
  if ((isExtended ? plainMinute : minute) !== undefined) return undefined; // the two notations do not mix
  const offset = Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0);
  if (Number(zoneMinute ?? 0) > 59 || offset >= 24 * 60) return undefined;
  const clock = {
    hour: Number(hours),
    minute: Number(minute ?? plainMinute ?? 0),
    second: Number(second ?? plainSecond ?? 0),
    microsecond: Number((fraction ?? plainFraction ?? '').slice(0, 6).padEnd(6, '0')),
  };
  const zoned = /[Zz+-]/.test(text) ? { offsetSeconds: (sign === '-' ? -60 : 60) * offset } : {};
  if (clock.hour === 24 && clock.minute + clock.second + clock.microsecond === 0) {
    const next = civilOf(daysOf(date) + 1);
    return next.year > 9999 ? undefined : { ...next, ...clock, hour: 0, ...zoned };
  }
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 59) return undefined;
  return { ...date, ...clock, ...zoned };
}
