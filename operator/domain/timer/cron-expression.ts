// operator/domain/timer/cron-expression.ts — one expression of a cron field → the least value that it allows from a date on.
import { ExpressionFault, valueFault } from '../expression/fault.ts';
import { quoted } from '../expression/python/repr.ts';

export type FieldName = 'year' | 'month' | 'day' | 'week' | 'day_of_week' | 'hour' | 'minute' | 'second';

/** Least and greatest value of each field; Monday is 0. */
export const FIELD_RANGES: Readonly<Record<FieldName, readonly [least: number, greatest: number]>> = {
  year: [1970, 9999],
  month: [1, 12],
  day: [1, 31],
  week: [1, 53],
  day_of_week: [0, 6],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 59],
};

/** Where a field stands: its value on `date` (the wall's time as UTC), and between which values it may go on from there. */
export interface Standing {
  readonly date: Date;
  readonly value: number;
  readonly least: number;
  readonly greatest: number;
}

/** The least allowed value that is not below the present one; undefined when there is none before a greater field changes. */
export type Expression = (standing: Standing) => number | undefined;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const POSITIONS = ['1st', '2nd', '3rd', '4th', '5th', 'last'];

/** Reads one expression, without commas, as APScheduler reads it. @throws ExpressionFault */
export function readExpression(text: string, field: FieldName): Expression {
  const every = /^\*(?:\/(\d+))?$/.exec(text);
  if (every) return readEvery(text, field, every[1]);
  const range = /^(\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(text);
  if (range) return readRange(text, field, range);
  // Only the beginning of the text is looked at from here on: "mon/2" is Monday.
  const named = (field === 'month' || field === 'day_of_week') && /^([a-z]+)(?:-([a-z]+))?/i.exec(text);
  if (named) return readNames(text, field, named);
  const position = field === 'day' && /^(1st|2nd|3rd|4th|5th|last) +([\p{L}\p{N}_]+)/iu.exec(text);
  if (position) return readPosition(position[1] ?? '', position[2] ?? '');
  if (field === 'day' && /^last/i.test(text)) return ({ date }) => lastDay(date);
  throw valueFault(`Unrecognized expression "${text}" for field "${field}"`);
}

function readEvery(text: string, field: FieldName, stepText: string | undefined): Expression {
  const step = readStep(text, field, stepText);
  return ({ value, least, greatest }) => within(stepped(Math.max(value, least), least, step), greatest);
}

function readRange(text: string, field: FieldName, [, firstText, lastText, stepText]: RegExpExecArray): Expression {
  if (stepText !== undefined && Number(stepText) === 0) throw zeroStep();
  const last = lastText ?? (stepText === undefined ? firstText : undefined);
  return rangeOf(text, field, Number(firstText), last === undefined ? undefined : Number(last), stepText);
}

function readNames(text: string, field: 'month' | 'day_of_week', [, first = '', last]: RegExpExecArray): Expression {
  const from = numberOf(first, field);
  return rangeOf(text, field, from, last === undefined ? from : numberOf(last, field), undefined);
}

function numberOf(name: string, field: 'month' | 'day_of_week'): number {
  const index = (field === 'month' ? MONTHS : WEEKDAYS).indexOf(name.toLowerCase());
  if (index < 0) throw valueFault(`Invalid ${field === 'month' ? 'month' : 'weekday'} name "${name}"`);
  return field === 'month' ? index + 1 : index;
}

/** From `first` to `last` (or as far as the field goes), every `step`. */
function rangeOf(
  text: string,
  field: FieldName,
  first: number,
  last: number | undefined,
  stepText?: string,
): Expression {
  if (last !== undefined && first > last) {
    throw valueFault('The minimum value in a range must not be higher than the maximum');
  }
  const step = readStep(text, field, stepText);
  const [lowest, highest] = FIELD_RANGES[field];
  if (first < lowest) throw invalid(text, `the first value (${first}) is lower than the minimum value (${lowest})`);
  if (last !== undefined && last > highest) {
    throw invalid(text, `the last value (${last}) is higher than the maximum value (${highest})`);
  }
  checkStep(text, step, (last === undefined || last === 0 ? highest : last) - first);
  return ({ value, least, greatest }) => {
    const from = Math.max(least, first);
    return within(stepped(Math.max(from, value), from, step), last === undefined ? greatest : Math.min(greatest, last));
  };
}

function readStep(text: string, field: FieldName, stepText: string | undefined): number | undefined {
  if (stepText === undefined) return undefined;
  const step = Number(stepText);
  if (step === 0) throw zeroStep();
  const [lowest, highest] = FIELD_RANGES[field];
  checkStep(text, step, highest - lowest);
  return step;
}

function checkStep(text: string, step: number | undefined, range: number): void {
  if (step === undefined || step <= range) return;
  throw invalid(text, `the step value (${step}) is higher than the total range of the expression (${range})`);
}

const zeroStep = () => valueFault('Increment must be higher than 0');
const invalid = (text: string, why: string): ExpressionFault =>
  valueFault(`Error validating expression ${quoted(text)}: ${why}`);

/** The first value from `value` on that is a whole number of steps from `origin`. */
const stepped = (value: number, origin: number, step: number | undefined): number =>
  step === undefined ? value : value + ((step - ((value - origin) % step)) % step);

const within = (value: number, greatest: number) => (value <= greatest ? value : undefined);

/** `2nd tue`, `last fri`: a weekday by its place in the month. */
function readPosition(place: string, name: string): Expression {
  const weekday = numberOf(name, 'day_of_week');
  const index = POSITIONS.indexOf(place.toLowerCase());
  return ({ date, value }) => {
    const days = lastDay(date);
    const firstOfMonth = new Date(Date.UTC(2000, 0, 1));
    firstOfMonth.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth(), 1);
    const first = 1 + ((weekday - weekdayOf(firstOfMonth) + 7) % 7);
    const day = index < 5 ? first + index * 7 : first + Math.floor((days - first) / 7) * 7;
    return day <= days && day >= value ? day : undefined;
  };
}

/** 0 is Monday. */
export const weekdayOf = (date: Date): number => (date.getUTCDay() + 6) % 7;

/** The number of days of the month of a date. */
export const lastDay = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
