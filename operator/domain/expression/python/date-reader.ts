// operator/domain/expression/python/date-reader.ts — the tokens of a date → what they say of year, time and zone; the rules are dateutil's.
import { dateTokens } from './date-tokens.ts';
import { dayHalf, isFiller, isUtcName, looksLikeZone, monthNumber, timeUnit, weekdayNumber } from './date-words.ts';
import { UnreadableDate, wholeNumber, YearMonthDay } from './date-ymd.ts';

/** What a text says; what it leaves out is undefined. A zone's name without offset is one that dateutil does not know. */
export interface DateFields {
  year?: number | undefined;
  month?: number | undefined;
  day?: number | undefined;
  /** 0 is Monday. */
  weekday?: number | undefined;
  hour?: number | undefined;
  minute?: number | undefined;
  second?: number | undefined;
  microsecond?: number | undefined;
  half?: number | undefined;
  zone?: string | undefined;
  offsetSeconds?: number | undefined;
}

/** Reads a text. `centuryGiven` tells whether the year stands as written. @throws UnreadableDate */
export function readDate(text: string): { fields: DateFields; centuryGiven: boolean } {
  const reader = new Reader(dateTokens(text));
  reader.readAll();
  return { fields: { ...reader.fields, ...reader.date.resolve() }, centuryGiven: reader.date.centuryGiven };
}

/** A token that Python's float() takes; `inf` and `nan` are numbers to it, but none of a date. */
const NUMBER = /^[0-9]+(?:\.[0-9]+)?$/;
const NO_NUMBER = /^(?:inf|infinity|nan)$/i;

class Reader {
  readonly fields: DateFields = {};
  readonly date = new YearMonthDay();
  readonly #tokens: string[];
  #at = 0;
  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  readAll(): void {
    for (; this.#at < this.#tokens.length; this.#at++) this.#readToken(this.#peek(0) ?? '');
  }

  #peek(ahead: number): string | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #readToken(token: string): void {
    if (NO_NUMBER.test(token)) throw new UnreadableDate(token);
    if (NUMBER.test(token)) return this.#readNumber(token);
    const weekday = weekdayNumber(token);
    if (weekday !== undefined) {
      this.fields.weekday = weekday;
      return undefined;
    }
    const month = monthNumber(token);
    if (month !== undefined) return this.#readMonth(month);
    const half = dayHalf(token);
    if (half !== undefined) return this.#readHalf(half);
    if (this.#couldBeZone(token, this.fields.offsetSeconds)) return this.#readZone(token);
    if (this.fields.hour !== undefined && (token === '+' || token === '-')) return this.#readOffset(token);
    if (!isFiller(token)) throw new UnreadableDate(token);
    return undefined;
  }

  /** `Jan`, `Jan-01`, `Jan/01/99`, `Jan of 99`. */
  #readMonth(month: number): void {
    this.date.addNumber(month, 'month');
    const separator = this.#peek(1);
    if (separator === '-' || separator === '/') {
      this.date.addToken(this.#peek(2));
      if (this.#peek(3) === separator) {
        this.date.addToken(this.#peek(4));
        this.#at += 2;
      }
      this.#at += 2;
    } else if (separator === ' ' && this.#peek(3) === ' ' && this.#peek(2)?.toLowerCase() === 'of') {
      const year = this.#peek(4);
      if (year === undefined) return;
      if (/^[0-9]+$/.test(year)) this.date.addToken(this.#century(year), 'year');
      this.#at += 4;
    }
  }

  /** Two digits after `of` are a year for certain; the century is added with those of all other years. */
  #century(year: string): string {
    const value = wholeNumber(year);
    return value < 100 ? `00${value}`.slice(-2) : String(value);
  }

  #readHalf(half: number): void {
    const { hour } = this.fields;
    if (hour === undefined || hour > 12) throw new UnreadableDate('am or pm without an hour of twelve');
    this.fields.hour = hourOfHalf(hour, half);
    this.fields.half = half;
  }

  #couldBeZone(token: string, offset: number | undefined): boolean {
    const { hour, zone } = this.fields;
    return hour !== undefined && zone === undefined && offset === undefined && looksLikeZone(token);
  }

  #readZone(name: string): void {
    this.fields.zone = name;
    this.fields.offsetSeconds = name === 'z' ? 0 : undefined;
    const sign = this.#peek(1);
    if (sign !== '+' && sign !== '-') return;
    // "GMT+3" says that this clock plus three hours is GMT's: the sign of the offset is the other one.
    this.#tokens[this.#at + 1] = sign === '+' ? '-' : '+';
    this.fields.offsetSeconds = undefined;
    if (isUtcName(name)) this.fields.zone = undefined;
  }

  /** `+0300`, `+03:00`, `+3`, each maybe followed by ` (NAME)`. */
  #readOffset(sign: string): void {
    const digits = this.#peek(1) ?? '';
    let hours: number;
    let minutes = 0;
    if (digits.length === 4) {
      hours = wholeNumber(digits.slice(0, 2));
      minutes = wholeNumber(digits.slice(2));
    } else if (this.#peek(2) === ':') {
      hours = wholeNumber(digits);
      minutes = wholeNumber(this.#peek(3));
      this.#at += 2;
    } else if (digits.length <= 2) hours = wholeNumber(digits);
    else throw new UnreadableDate(digits);
    this.fields.offsetSeconds = (sign === '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
    const name = this.#peek(4) ?? '';
    const inBrackets = isFiller(this.#peek(2)) && this.#peek(3) === '(' && this.#peek(5) === ')';
    if (inBrackets && name.length >= 3 && this.#couldBeZone(name, undefined)) {
      this.fields.zone = name;
      this.#at += 4;
    }
    this.#at++;
  }

  #readNumber(token: string): void {
    const next = this.#peek(1);
    const length = token.length;
    const labelled = timeUnit(next) !== undefined;
    const isTime = this.date.count === 3 && (length === 2 || length === 4) && this.fields.hour === undefined;
    if (isTime && next !== ':' && !labelled) {
      this.fields.hour = wholeNumber(token.slice(0, 2));
      if (length === 4) this.fields.minute = wholeNumber(token.slice(2));
    } else if (length === 6 || token.indexOf('.') === 6) this.#readSix(token);
    else if (length === 8 || length === 12 || length === 14) this.#readCompact(token);
    else if (this.#readLabelled(token)) return;
    else if (next === ':' && this.#peek(2) !== undefined) this.#readClock(token);
    else if (next === '-' || next === '/' || next === '.') this.#readSeparated(token, next);
    else this.#readLone(token, next);
  }

  /** YYMMDD, or HHMMSS[.ffffff] after a date. */
  #readSix(token: string): void {
    if (this.date.count === 0 && !token.includes('.')) {
      for (let i = 0; i < 6; i += 2) this.date.addToken(token.slice(i, i + 2));
      return;
    }
    this.fields.hour = wholeNumber(token.slice(0, 2));
    this.fields.minute = wholeNumber(token.slice(2, 4));
    this.#setSeconds(token.slice(4));
  }

  /** YYYYMMDD[hhmm[ss]]. */
  #readCompact(token: string): void {
    this.date.addToken(token.slice(0, 4), 'year');
    this.date.addToken(token.slice(4, 6));
    this.date.addToken(token.slice(6, 8));
    if (token.length === 8) return;
    this.fields.hour = wholeNumber(token.slice(8, 10));
    this.fields.minute = wholeNumber(token.slice(10, 12));
    if (token.length === 14) this.fields.second = wholeNumber(token.slice(12));
  }

  /** `12h`, `12 h`, and in `12h04` the 04, which gets the unit after the one before it. @returns whether it was such a number */
  #readLabelled(token: string): boolean {
    const isLast = this.#at === this.#tokens.length - 1 && this.#at > 1;
    const ahead = timeUnit(this.#peek(1));
    const beyond = this.#peek(1) === ' ' ? timeUnit(this.#peek(2)) : undefined;
    const before =
      timeUnit(this.#peek(-1)) ?? (isLast && this.#peek(-1) === ' ' ? timeUnit(this.#peek(-2)) : undefined);
    const unit = ahead ?? beyond ?? (before === undefined ? undefined : before + 1);
    if (unit === undefined) return false;
    this.#at += ahead !== undefined ? 1 : beyond !== undefined ? 2 : 0;
    if (unit === 0) {
      this.fields.hour = wholePart(token);
      const minutes = sixtieths(token);
      if (minutes !== undefined) this.fields.minute = minutes;
    } else if (unit === 1) this.#setMinutes(token);
    else if (unit === 2) this.#setSeconds(token);
    return true;
  }

  /** HH:MM[:SS[.ffffff]]. */
  #readClock(token: string): void {
    this.fields.hour = wholePart(token);
    this.#setMinutes(this.#peek(2) ?? '');
    if (this.#peek(3) === ':' && this.#peek(4) !== undefined) {
      this.#setSeconds(this.#peek(4) ?? '');
      this.#at += 2;
    }
    this.#at += 2;
  }

  /** `01-02`, `01-02-03`, `01-Jan-03` with one separator throughout. */
  #readSeparated(token: string, separator: string): void {
    this.date.addToken(token);
    const second = this.#peek(2);
    if (second !== undefined && !isFiller(second)) {
      this.#addNameOrNumber(second);
      if (this.#peek(3) === separator) {
        this.#addNameOrNumber(this.#peek(4));
        this.#at += 2;
      }
      this.#at++;
    }
    this.#at++;
  }

  #addNameOrNumber(token: string | undefined): void {
    const month = token === undefined ? undefined : monthNumber(token);
    if (month === undefined) this.date.addToken(token);
    else this.date.addNumber(month, 'month');
  }

  /** `12 am`, `12am`, or a year, month or day. */
  #readLone(token: string, next: string | undefined): void {
    const value = Number(token);
    const apart = dayHalf(this.#peek(2));
    const joined = dayHalf(next);
    if (next === undefined || isFiller(next)) {
      if (apart === undefined) this.date.addNumber(value);
      else {
        this.fields.hour = hourOfHalf(wholePart(token), apart);
        this.#at++;
      }
      this.#at++;
    } else if (joined !== undefined && value < 24) {
      this.fields.hour = hourOfHalf(wholePart(token), joined);
      this.#at++;
    } else if (this.date.couldBeDay(value)) this.date.addNumber(value);
    else throw new UnreadableDate(token);
  }

  /** A fraction of a minute is seconds; without one the seconds are not said, even if they were before. */
  #setMinutes(token: string): void {
    this.fields.minute = wholePart(token);
    this.fields.second = sixtieths(token);
  }

  #setSeconds(token: string): void {
    const [whole, fraction, ...more] = token.split('.');
    if (more.length > 0) throw new UnreadableDate(token);
    this.fields.second = wholeNumber(whole);
    this.fields.microsecond = fraction === undefined ? 0 : wholeNumber(fraction.padEnd(6, '0').slice(0, 6));
  }
}

const hourOfHalf = (hour: number, half: number) =>
  half === 1 && hour < 12 ? hour + 12 : half === 0 && hour === 12 ? 0 : hour;

/** The digits before the point. @throws UnreadableDate for what is no number */
function wholePart(token: string): number {
  if (!NUMBER.test(token)) throw new UnreadableDate(token);
  return Number(token.split('.')[0]);
}

/** The digits after the point in sixtieths, rounded down; undefined when there is nothing after it. */
function sixtieths(token: string): number | undefined {
  const fraction = /^[0-9]*\.([0-9]{1,28})/.exec(token)?.[1] ?? '';
  if (!/[1-9]/.test(fraction)) return undefined;
  return Number((BigInt(fraction) * 60n) / 10n ** BigInt(fraction.length));
}
