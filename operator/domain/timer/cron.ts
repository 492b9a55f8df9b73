// operator/domain/timer/cron.ts — cron fields → the next time they allow, found as APScheduler 3.11 finds it, clock changes included.
import { valueFault } from '../expression/fault.ts';
import {
  type Expression,
  FIELD_RANGES,
  type FieldName,
  lastDay,
  readExpression,
  weekdayOf,
} from './cron-expression.ts';
import type { Wall, Zone } from './zone.ts';

/** The fields of a timer, the most significant first. */
export const CRON_FIELDS = ['year', 'month', 'day', 'week', 'day_of_week', 'hour', 'minute', 'second'] as const;

/** What the fields after the last given one are; those before it are `*`. */
const LEAST_SIGNIFICANT: Readonly<Record<FieldName, string>> = {
  year: '*',
  month: '1',
  day: '1',
  week: '*',
  day_of_week: '*',
  hour: '0',
  minute: '0',
  second: '0',
};

/** Steps of one search. Only a list of years that never fits the other fields takes more than a few hundred. */
const STEPS_MAX = 100_000;
const EXPRESSIONS_MAX = 1000;

interface Field {
  readonly name: FieldName;
  /** Whether it is a part of a date rather than something that follows from the others. */
  readonly real: boolean;
  value(date: Date): number;
  greatest(date: Date): number;
  /** The least allowed value from the present one on. */
  next(date: Date): number | undefined;
}

/** A whole cron timer; `fits` is false when no date of the calendar will ever do, as 31 February. */
export interface Cron {
  readonly fields: readonly Field[];
  readonly fits: boolean;
}

/** Reads the fields that are given. @throws ExpressionFault that names the expression */
export function readCron(given: Readonly<Partial<Record<FieldName, string>>>): Cron {
  const last = CRON_FIELDS.findLastIndex((name) => given[name] !== undefined);
  const fields = CRON_FIELDS.map((name, index) =>
    readField(name, given[name] ?? (last >= 0 && index > last ? LEAST_SIGNIFICANT[name] : '*')),
  );
  return { fields, fits: fitsCalendar(fields) };
}

function readField(name: FieldName, text: string): Field {
  const parts = text.trim().split(/ *, */);
  if (parts.length > EXPRESSIONS_MAX) throw valueFault(`More than ${EXPRESSIONS_MAX} expressions for field "${name}"`);
  const expressions = parts.map((part) => readExpression(part, name));
  const value = VALUES[name];
  const [least, most] = FIELD_RANGES[name];
  const greatest = name === 'day' ? lastDay : () => most;
  return {
    name,
    real: name !== 'week' && name !== 'day_of_week',
    value,
    greatest,
    next: (date) => leastOf(expressions, { date, value: value(date), least, greatest: greatest(date) }),
  };
}

function leastOf(expressions: readonly Expression[], standing: Parameters<Expression>[0]): number | undefined {
  let least: number | undefined;
  for (const expression of expressions) {
    const value = expression(standing);
    if (value !== undefined && (least === undefined || value < least)) least = value;
  }
  return least;
}

const VALUES: Readonly<Record<FieldName, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth() + 1,
  day: (date) => date.getUTCDate(),
  week: weekOf,
  day_of_week: weekdayOf,
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  second: (date) => date.getUTCSeconds(),
};

/** ISO's week: the one that holds the year's first Thursday is the first. */
function weekOf(date: Date): number {
  const thursday = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() - weekdayOf(date) + 3);
  const year = new Date(thursday).getUTCFullYear();
  return 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * 86_400_000));
}

/** Whether the fields of a date allow any day of 28 years, which have every kind of year. */
function fitsCalendar(fields: readonly Field[]): boolean {
  const ofDate = fields.filter(({ name }) => ['month', 'day', 'week', 'day_of_week'].includes(name));
  const end = Date.UTC(2028, 0, 1);
  for (let ms = Date.UTC(2000, 0, 1); ms < end; ms += 86_400_000) {
    const date = new Date(ms);
    if (ofDate.every((field) => field.next(date) === field.value(date))) return true;
  }
  return false;
}

/** The first allowed time that is not before `fromMs`, in whole seconds; undefined when there is none until the year 9999. */
export function nextCronTime(cron: Cron, zone: Zone, fromMs: number): number | undefined {
  if (!cron.fits) return undefined;
  let wall = zone.wallAt(Math.ceil(fromMs / 1000) * 1000);
  let index = 0;
  for (let steps = 0; index >= 0 && steps < STEPS_MAX; steps++) {
    const field = cron.fields[index];
    if (!field) return zone.utcOf(wall);
    const date = new Date(wall.ms);
    const next = field.next(date);
    if (next === undefined) ({ wall, index } = raised(cron, zone, wall, index - 1));
    else if (next === field.value(date)) index++;
    else if (field.real) {
      // The fold stays, also where the hour is no longer one of two.
      wall = {
        ms: wallMs(cron, (other, i) => (i < index ? other.value(date) : i === index ? next : least(other))),
        fold: wall.fold,
      };
      index++;
    } else ({ wall, index } = raised(cron, zone, wall, index));
  }
  return undefined;
}

const least = (field: Field) => FIELD_RANGES[field.name][0];

/** One more of the field at `index`, or of a greater one when it is at its end; the lesser ones start again. An index below 0 is the end. */
function raised(cron: Cron, zone: Zone, wall: Wall, index: number): { wall: Wall; index: number } {
  const date = new Date(wall.ms);
  let at = index;
  for (; at >= 0; at--) {
    const field = cron.fields[at];
    if (field?.real && field.value(date) < field.greatest(date)) break;
  }
  if (at < 0) return { wall, index: -1 };
  const target = wallMs(cron, (field, i) =>
    i < at ? field.value(date) : i === at ? field.value(date) + 1 : least(field),
  );
  // The difference is walked in elapsed time: where the clock changes in between, the hands end up elsewhere.
  return { wall: zone.wallAt(zone.utcOf(wall) + target - wall.ms), index: at };
}

/** The wall's time of which each part is what `part` says. */
function wallMs(cron: Cron, part: (field: Field, index: number) => number): number {
  const [year = 1970, month = 1, day = 1, , , hour = 0, minute = 0, second = 0] = cron.fields.map(part);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
