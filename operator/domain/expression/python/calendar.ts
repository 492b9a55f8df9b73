// operator/domain/expression/python/calendar.ts — days since 1970 ↔ year, month, day, in the Gregorian calendar without end.

/** A date of the calendar; months and days count from 1. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A date and what a clock shows. */
export interface CivilTime extends CivilDate {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

/** `offsetMinutes` is what the clock is ahead of UTC, seconds as a fraction; none: it knows no zone. */
export interface ZonedTime extends CivilTime {
  readonly offsetMinutes?: number | undefined;
}

/** Days of an era of 400 years. */
const ERA_DAYS = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;

/** Days since 1970-01-01. Years begin in March here, so the leap day is the last of its year. */
export function daysOf({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * ERA_DAYS + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - EPOCH_DAYS
  );
}

/** The date of a number of days since 1970-01-01. */
export function civilOf(days: number): CivilDate {
  const z = days + EPOCH_DAYS;
  const era = Math.floor(z / ERA_DAYS);
  const dayOfEra = z - era * ERA_DAYS;
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** Monday is 0. */
export const weekdayOf = (date: CivilDate): number => (((daysOf(date) + 3) % 7) + 7) % 7;

/** January 1st is 1. */
export const dayOfYear = (date: CivilDate): number => daysOf(date) - daysOf({ year: date.year, month: 1, day: 1 }) + 1;

/** Year, week and day (Monday is 1) of ISO 8601. */
export function isoCalendar(date: CivilDate): {
  readonly year: number;
  readonly week: number;
  readonly weekday: number;
} {
  const weekday = weekdayOf(date);
  const thursday = civilOf(daysOf(date) - weekday + 3);
  return { year: thursday.year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1, weekday: weekday + 1 };
}
