// operator/domain/expression/python/time-attributes.ts — what an expression may ask of a datetime, a date or a timedelta by `.name`.
import { bind, type Call, type Parameter } from '../functions/call.ts';
import { type CivilDate, daysOf, isoCalendar, weekdayOf } from './calendar.ts';
import { str } from './repr.ts';
import { float, isInt } from './numbers.ts';
import type { DateTime, PyDate } from './datetime.ts';
import type { Timedelta } from './timedelta.ts';
import { PyObject, type Value } from './values.ts';

/** A method with its subject. */
class TimeMethod extends PyObject {
  readonly typeName = 'builtin_function_or_method';
  readonly #name: string;
  readonly #parameters: readonly Parameter[];
  readonly #run: (...values: readonly Value[]) => Value;
  constructor(name: string, parameters: readonly Parameter[], run: (...values: readonly Value[]) => Value) {
    super();
    [this.#name, this.#parameters, this.#run] = [name, parameters, run];
  }
  repr(): string {
    return `<built-in method ${this.#name}>`;
  }
  override call(call: Call): Value {
    return this.#run(...bind(this.#name, call, this.#parameters));
  }
}

const method = (name: string, run: () => Value) => new TimeMethod(name, [], run);
type Dated = CivilDate & { isoFormat(separator?: string): string; format(pattern: string): string };

function calendarAttribute(date: Dated, name: string): Value | undefined {
  switch (name) {
    case 'year':
    case 'month':
    case 'day':
      return date[name];
    case 'weekday':
      return method(name, () => weekdayOf(date));
    case 'isoweekday':
      return method(name, () => weekdayOf(date) + 1);
    case 'toordinal':
      return method(name, () => daysOf(date) + 719_163);
    case 'isocalendar':
      return method(name, () => [isoCalendar(date).year, isoCalendar(date).week, isoCalendar(date).weekday]);
    case 'strftime':
      return new TimeMethod(name, ['format'], (format) => date.format(str(format ?? null)));
    default:
      return undefined;
  }
}

export function dateAttribute(date: PyDate, name: string): Value | undefined {
  if (name === 'isoformat') return method(name, () => date.isoFormat());
  return calendarAttribute(date, name);
}

const REPLACEABLE = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'] as const;

export function dateTimeAttribute(time: DateTime, name: string): Value | undefined {
  switch (name) {
    case 'hour':
    case 'minute':
    case 'second':
    case 'microsecond':
      return time[name];
    case 'isoformat':
      return new TimeMethod(name, [['sep', 'T']], (separator) => time.isoFormat(str(separator ?? 'T')));
    case 'timestamp':
      return method(name, () => float(time.epochMs / 1000));
    case 'date':
      return method(name, () => time.date());
    case 'replace':
      return new TimeMethod(
        name,
        REPLACEABLE.map((field) => [field, time[field]] as const),
        (...values) => time.with(Object.fromEntries(REPLACEABLE.map((field, i) => [field, numberOf(values[i])]))),
      );
    default:
      return calendarAttribute(time, name);
  }
}

const numberOf = (value: Value | undefined) => (value !== undefined && isInt(value) ? Number(value) : Number.NaN);

export function timedeltaAttribute(span: Timedelta, name: string): Value | undefined {
  switch (name) {
    case 'days':
    case 'seconds':
    case 'microseconds':
      return span[name];
    case 'total_seconds':
      return method(name, () => float(span.totalSeconds));
    default:
      return undefined;
  }
}
