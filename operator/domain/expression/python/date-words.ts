// operator/domain/expression/python/date-words.ts — the words that a date may have, as dateutil knows them: letter case never counts.

const table = (rows: readonly (readonly string[])[]): ReadonlyMap<string, number> =>
  new Map(rows.flatMap((names, index) => names.map((name) => [name, index])));

const WEEKDAYS = table([
  ['mon', 'monday'],
  ['tue', 'tuesday'],
  ['wed', 'wednesday'],
  ['thu', 'thursday'],
  ['fri', 'friday'],
  ['sat', 'saturday'],
  ['sun', 'sunday'],
]);
const MONTHS = table([
  ['jan', 'january'],
  ['feb', 'february'],
  ['mar', 'march'],
  ['apr', 'april'],
  ['may'],
  ['jun', 'june'],
  ['jul', 'july'],
  ['aug', 'august'],
  ['sep', 'sept', 'september'],
  ['oct', 'october'],
  ['nov', 'november'],
  ['dec', 'december'],
]);
const UNITS = table([
  ['h', 'hour', 'hours'],
  ['m', 'minute', 'minutes'],
  ['s', 'second', 'seconds'],
]);
const HALVES = table([
  ['am', 'a'],
  ['pm', 'p'],
]);
/** What may stand between the parts and says nothing: `m` is the rest of a.m., `t` the separator of ISO 8601. */
const FILLERS: ReadonlySet<string> = new Set(
  [' ', '.', ',', ';', '-', '/', "'"].concat('at on and ad m t of st nd rd th'.split(' ')),
);
const UTC: ReadonlySet<string> = new Set(['utc', 'gmt', 'z']);

/** 0 is Monday. */
export const weekdayNumber = (word: string): number | undefined => WEEKDAYS.get(word.toLowerCase());

/** 1 is January. */
export function monthNumber(word: string): number | undefined {
  const index = MONTHS.get(word.toLowerCase());
  return index === undefined ? undefined : index + 1;
}

/** 0 for hours, 1 for minutes, 2 for seconds. */
export const timeUnit = (word: string | undefined): number | undefined => UNITS.get(word?.toLowerCase() ?? '');

/** 0 before noon, 1 after it. */
export const dayHalf = (word: string | undefined): number | undefined => HALVES.get(word?.toLowerCase() ?? '');

export const isFiller = (word: string | undefined): boolean => FILLERS.has(word?.toLowerCase() ?? '');

export const isUtcName = (word: string): boolean => UTC.has(word.toLowerCase());

/** Whether a word that follows a time can only be the name of a zone: up to five capitals, or a small z. */
export const looksLikeZone = (word: string): boolean => /^[A-Z]{0,5}$/.test(word) || word === 'z';
