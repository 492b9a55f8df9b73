// operator/domain/expression/python/date-ymd.ts — up to three numbers of a date → which is the year, which the month, which the day.

/** A text that dateutil does not read as a date; whoever asked for it says which text. */
export class UnreadableDate extends Error {}

const unreadable = () => new UnreadableDate('not a date');

/** Python reads no integer with more digits than this. */
const DIGITS_MAX = 4300;

/** Python's int() of a token: digits and nothing else. @throws UnreadableDate */
export function wholeNumber(token: string | undefined): number {
  if (token === undefined || !/^[0-9]+$/.test(token) || token.length > DIGITS_MAX) throw unreadable();
  return Number(token);
}

const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days of a month of the Gregorian calendar; the month counts from 1 and must exist. */
export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : ([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);

type Part = 'year' | 'month' | 'day';
interface Resolved {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
}

/** The numbers in the order of the text; some are known to be a year (three digits and more) or a month (a name). */
export class YearMonthDay {
  readonly #numbers: number[] = [];
  readonly #place = new Map<Part, number>();
  #centuryGiven = false;

  get count(): number {
    return this.#numbers.length;
  }

  /** Whether the year was written with its century, as 1999 or 0099. */
  get centuryGiven(): boolean {
    return this.#centuryGiven;
  }

  /** Adds a number as it was written. @throws UnreadableDate for what is no integer, and for a second year */
  addToken(token: string | undefined, part?: Part): void {
    const value = wholeNumber(token);
    this.#add(value, (token?.length ?? 0) > 2, part);
  }

  /** Adds the integral part of a number. @throws UnreadableDate for a second year or month */
  addNumber(value: number, part?: Part): void {
    this.#add(Math.trunc(value), value > 100, part);
  }

  #add(value: number, isYear: boolean, part: Part | undefined): void {
    if (isYear && part !== undefined && part !== 'year') throw unreadable();
    this.#centuryGiven ||= isYear;
    this.#numbers.push(value);
    const known = isYear ? 'year' : part;
    if (known === undefined) return;
    if (this.#place.has(known)) throw unreadable();
    this.#place.set(known, this.#numbers.length - 1);
  }

  /** Whether a number alone could be the day that is still missing. @throws UnreadableDate when the month does not exist */
  couldBeDay(value: number): boolean {
    if (this.#place.has('day')) return false;
    const month = this.#known('month');
    if (month === undefined) return value >= 1 && value <= 31;
    if (month < 1 || month > 12) throw unreadable();
    return value >= 1 && value <= daysInMonth(this.#known('year') ?? 2000, month);
  }

  #known(part: Part): number | undefined {
    const place = this.#place.get(part);
    return place === undefined ? undefined : this.#numbers[place];
  }

  /** Tells the numbers apart; America's month before day where nothing else decides. @throws UnreadableDate for more than three */
  resolve(): Resolved {
    const count = this.#numbers.length;
    const known = this.#place.size;
    if (known > 0 && (known === count || (count === 3 && known === 2))) return this.#resolveKnown();
    if (count > 3) throw unreadable();
    const [a = 0, b = 0, c = 0] = this.#numbers;
    const month = this.#place.get('month');
    if (count === 3) return resolveThree(a, b, c, month, this.#place.get('year') === 0);
    if (count === 2 && month === undefined) {
      return a > 31 ? { year: a, month: b } : b > 31 ? { month: a, year: b } : { month: a, day: b };
    }
    if (count === 0) return {};
    const other = month === 0 ? b : a;
    const named = month === undefined ? {} : { month: this.#numbers[month] ?? 0 };
    return other > 31 ? { ...named, year: other } : { ...named, day: other };
  }

  #resolveKnown(): Resolved {
    const place = new Map(this.#place);
    if (this.#numbers.length > place.size) {
      const part = (['year', 'month', 'day'] as const).find((name) => !place.has(name)) ?? 'day';
      place.set(part, [0, 1, 2].find((index) => ![...place.values()].includes(index)) ?? 0);
    }
    return Object.fromEntries([...place].map(([part, index]) => [part, this.#numbers[index] ?? 0]));
  }
}

/** Three numbers, of which `month` says which is a month's name. */
function resolveThree(a: number, b: number, c: number, month: number | undefined, yearFirst: boolean): Resolved {
  switch (month) {
    case 0:
      return b > 31 ? { month: a, year: b, day: c } : { month: a, day: b, year: c };
    case 1:
      return a > 31 ? { year: a, month: b, day: c } : { day: a, month: b, year: c };
    case 2:
      return b > 31 ? { day: a, year: b, month: c } : { year: a, day: b, month: c };
    default:
      if (a > 31 || yearFirst) return { year: a, month: b, day: c };
      return a > 12 ? { day: a, month: b, year: c } : { month: a, day: b, year: c };
  }
}
