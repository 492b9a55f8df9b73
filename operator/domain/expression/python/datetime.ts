// operator/domain/expression/python/datetime.ts — Python's datetime and date: exact to the microsecond.
import { ExpressionFault, typeFault, valueFault } from '../fault.ts';
import { type CivilDate, civilOf, daysInMonth, daysOf, type ZonedTime } from './calendar.ts';
import { formatTime } from './strftime.ts';
import { dateAttribute, dateTimeAttribute } from './time-attributes.ts';
import { Timedelta } from './timedelta.ts';
import { type Operator, PyObject, type Value } from './values.ts';

const DAY_SECONDS = 86_400;
const MILLION = 1_000_000;
const two = (n: number) => String(n).padStart(2, '0');
const overflow = (message: string) => new ExpressionFault('value', 'OverflowError', message);

/** A date without a clock. */
export class PyDate extends PyObject implements CivilDate {
  readonly typeName = 'date';
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** @throws ExpressionFault ValueError outside of the calendar or of the years 1 to 9999 */
  constructor(date: CivilDate) {
    super();
    checkDate(date);
    ({ year: this.year, month: this.month, day: this.day } = date);
  }
  /** @throws ExpressionFault OverflowError */
  static ofDays(days: number): PyDate {
    const date = civilOf(days);
    if (date.year < 1 || date.year > 9999) throw overflow('date value out of range');
    return new PyDate(date);
  }
  /** `2024-01-31`; undefined for any other text. */
  static fromIso(text: string): PyDate | undefined {
    const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text) ?? [];
    return year === undefined ? undefined : new PyDate({ year: Number(year), month: Number(month), day: Number(day) });
  }
  isoFormat(): string {
    return isoDate(this);
  }
  repr(): string {
    return `datetime.date(${this.year}, ${this.month}, ${this.day})`;
  }
  override text(): string {
    return this.isoFormat();
  }
  override equals(other: Value): boolean {
    return other instanceof PyDate && this.compareTo(other) === 0;
  }
  override compareTo(other: Value): number | undefined {
    if (other instanceof DateTime) throw typeFault("can't compare datetime.datetime to datetime.date");
    return other instanceof PyDate ? daysOf(this) - daysOf(other) : undefined;
  }
  override hashKey(): string {
    return `date:${this.isoFormat()}`;
  }
  override format(pattern: string): string {
    return formatTime(pattern, { ...MIDNIGHT, year: this.year, month: this.month, day: this.day });
  }
  override attribute(name: string): Value | undefined {
    return dateAttribute(this, name);
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value | undefined {
    if (sign === '-' && !mirrored && other instanceof PyDate)
      return new Timedelta({ days: daysOf(this) - daysOf(other) });
    if (!(other instanceof Timedelta)) return undefined;
    if (sign === '+') return PyDate.ofDays(daysOf(this) + other.days);
    return sign === '-' && !mirrored ? PyDate.ofDays(daysOf(this) - other.days) : undefined;
  }
}

export const MIDNIGHT = { hour: 0, minute: 0, second: 0, microsecond: 0 } as const;

/** A date and a clock, with or without an offset from UTC. */
export class DateTime extends PyObject implements ZonedTime {
  readonly typeName = 'datetime';
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly offsetMinutes: number | undefined;
  /** @throws ExpressionFault ValueError `hour must be in 0..23` */
  constructor(fields: CivilDate & Partial<ZonedTime>) {
    super();
    checkDate(fields);
    const { hour, minute, second, microsecond } = { ...MIDNIGHT, ...fields };
    checkRange('hour', hour, 0, 23);
    checkRange('minute', minute, 0, 59);
    checkRange('second', second, 0, 59);
    checkRange('microsecond', microsecond, 0, 999_999);
    ({ year: this.year, month: this.month, day: this.day, offsetMinutes: this.offsetMinutes } = fields);
    [this.hour, this.minute, this.second, this.microsecond] = [hour, minute, second, microsecond];
    if (this.offsetMinutes !== undefined && !(Math.abs(this.offsetMinutes) < 1440)) {
      throw valueFault('offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).');
    }
  }
  /** The clock that shows `seconds` since 1970-01-01 00:00 on its own face. @throws ExpressionFault OverflowError */
  static ofClock(seconds: number, microsecond: number, offsetMinutes?: number): DateTime {
    const days = Math.floor(seconds / DAY_SECONDS);
    const date = civilOf(days);
    if (!(date.year >= 1 && date.year <= 9999)) throw overflow('date value out of range');
    const rest = seconds - days * DAY_SECONDS;
    const [hour, minute, second] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
    return new DateTime({ ...date, hour, minute, second, microsecond, offsetMinutes });
  }
  /** The moment `ms` after 1970 in UTC, on a clock with that offset. */
  static fromEpochMs(ms: number, offsetMinutes = 0): DateTime {
    const seconds = Math.floor(ms / 1000);
    return DateTime.ofClock(seconds + offsetMinutes * 60, Math.round((ms - seconds * 1000) * 1000), offsetMinutes);
  }
  /** ISO 8601 as Python 3.11 reads most of it; undefined for any other text. @throws ExpressionFault ValueError for a date that is none */
  static fromIso(text: string): DateTime | undefined {
    const match = ISO.exec(text);
    if (!match) return undefined;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
      .slice(1, 7)
      .map((part) => Number(part ?? 0));
    const microsecond = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
    const offsetMinutes = match[8] === undefined ? undefined : parseOffset(match[8]);
    return new DateTime({ year, month, day, hour, minute, second, microsecond, offsetMinutes });
  }
  /** Seconds since 1970-01-01 00:00 as the clock shows them, without the microseconds. */
  get clockSeconds(): number {
    return daysOf(this) * DAY_SECONDS + this.hour * 3600 + this.minute * 60 + this.second;
  }
  /** Seconds since 1970 in UTC, without the microseconds; a clock without a zone counts as UTC's. */
  get epochSeconds(): number {
    return this.clockSeconds - (this.offsetMinutes ?? 0) * 60;
  }
  /** Milliseconds since 1970 in UTC, with the microseconds as a fraction. */
  get epochMs(): number {
    return this.epochSeconds * 1000 + this.microsecond / 1000;
  }
  /** The same moment on the clock of another offset. */
  atOffset(offsetMinutes: number): DateTime {
    return DateTime.ofClock(this.epochSeconds + offsetMinutes * 60, this.microsecond, offsetMinutes);
  }
  with(fields: Partial<ZonedTime>): DateTime {
    const { year, month, day, hour, minute, second, microsecond, offsetMinutes } = this;
    return new DateTime({ year, month, day, hour, minute, second, microsecond, offsetMinutes, ...fields });
  }
  /** @throws ExpressionFault OverflowError */
  plus(span: Timedelta, sign: 1 | -1 = 1): DateTime {
    const micros = this.microsecond + sign * span.microseconds;
    const carry = Math.floor(micros / MILLION);
    const seconds = this.clockSeconds + sign * (span.days * DAY_SECONDS + span.seconds) + carry;
    return DateTime.ofClock(seconds, micros - carry * MILLION, this.offsetMinutes);
  }
  /** @throws ExpressionFault TypeError between one with and one without a zone */
  since(other: DateTime): Timedelta {
    if ((this.offsetMinutes === undefined) !== (other.offsetMinutes === undefined)) {
      throw typeFault("can't subtract offset-naive and offset-aware datetimes");
    }
    return new Timedelta({
      seconds: this.epochSeconds - other.epochSeconds,
      microseconds: this.microsecond - other.microsecond,
    });
  }
  date(): PyDate {
    return new PyDate(this);
  }
  /** What the clock is ahead of UTC, as text: `+05:30`; nothing without a zone. */
  offsetText(separator = ':'): string {
    return this.offsetMinutes === undefined ? '' : offsetText(this.offsetMinutes, separator);
  }
  isoFormat(separator = 'T'): string {
    const fraction = this.microsecond === 0 ? '' : `.${String(this.microsecond).padStart(6, '0')}`;
    const clock = `${two(this.hour)}:${two(this.minute)}:${two(this.second)}${fraction}`;
    return `${isoDate(this)}${separator}${clock}${this.offsetText()}`;
  }
  override format(pattern: string): string {
    return formatTime(pattern, this);
  }
  repr(): string {
    const clock = [this.hour, this.minute, this.second, this.microsecond];
    const shown = clock.slice(0, this.microsecond !== 0 ? 4 : this.second !== 0 ? 3 : 2);
    const offset = this.offsetMinutes;
    const zone = offset === undefined ? '' : `, tzinfo=${offset === 0 ? 'tzutc()' : `tzoffset(None, ${offset * 60})`}`;
    return `datetime.datetime(${[this.year, this.month, this.day, ...shown].join(', ')}${zone})`;
  }
  override text(): string {
    return this.isoFormat(' ');
  }
  override equals(other: Value): boolean {
    if (!(other instanceof DateTime)) return false;
    if ((this.offsetMinutes === undefined) !== (other.offsetMinutes === undefined)) return false;
    return this.epochSeconds === other.epochSeconds && this.microsecond === other.microsecond;
  }
  override compareTo(other: Value): number | undefined {
    if (other instanceof PyDate) throw typeFault("can't compare datetime.datetime to datetime.date");
    if (!(other instanceof DateTime)) return undefined;
    if ((this.offsetMinutes === undefined) !== (other.offsetMinutes === undefined)) {
      throw typeFault("can't compare offset-naive and offset-aware datetimes");
    }
    return this.epochSeconds - other.epochSeconds || this.microsecond - other.microsecond;
  }
  override hashKey(): string {
    return `${this.offsetMinutes === undefined ? 'dn' : 'dt'}:${this.epochSeconds},${this.microsecond}`;
  }
  override attribute(name: string): Value | undefined {
    return dateTimeAttribute(this, name);
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value | undefined {
    if (sign === '+' && other instanceof Timedelta) return this.plus(other);
    if (sign !== '-' || mirrored) return undefined;
    if (other instanceof Timedelta) return this.plus(other, -1);
    return other instanceof DateTime ? this.since(other) : undefined;
  }
}

const ISO =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,12}))?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?)?$/;

/** `Z`, `+01`, `+0130`, `-01:30:15` → minutes. */
function parseOffset(text: string): number {
  if (text === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).match(/\d\d/g) ?? []).map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes + seconds / 60) + 0;
}

/** `+05:30`; with seconds where there are any. */
function offsetText(offsetMinutes: number, separator: string): string {
  const seconds = Math.round(Math.abs(offsetMinutes) * 60);
  const parts = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    ...(seconds % 60 === 0 ? [] : [seconds % 60]),
  ];
  return `${offsetMinutes < 0 ? '-' : '+'}${parts.map(two).join(separator)}`;
}

const isoDate = ({ year, month, day }: CivilDate) => `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;

function checkRange(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) throw valueFault(`${name} must be in ${least}..${most}`);
}

function checkDate({ year, month, day }: CivilDate): void {
  if (!(year >= 1 && year <= 9999)) throw valueFault(`year ${year} is out of range`);
  checkRange('month', month, 1, 12);
  if (!(day >= 1 && day <= daysInMonth(year, month))) throw valueFault('day is out of range for month');
}
