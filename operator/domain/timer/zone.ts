// operator/domain/timer/zone.ts — clocks of time zones ↔ UTC, with both readings of an hour that the clock skips or repeats.
import { IANAZone } from 'luxon';
import { ExpressionFault, valueFault } from '../expression/fault.ts';

/** A time as a clock on the wall shows it. */
export interface Wall {
  /** What milliseconds since 1970 would be if the clock showed UTC. */
  readonly ms: number;
  /** 1 for the second pass of a repeated hour; in a skipped one, 1 counts with the offset that follows it (PEP 495). */
  readonly fold: 0 | 1;
}

export interface Zone {
  readonly name: string;
  wallAt(utcMs: number): Wall;
  utcOf(wall: Wall): number;
}

const DAY_MS = 86_400_000;
/** Offsets are remembered per week: no zone has changed its clock twice within one since 1970. */
const WEEK_MS = 7 * DAY_MS;
const WEEKS_KEPT = 2000;
const ZONES_KEPT = 600;

const zones = new Map<string, Zone>();

/** Opens a zone by its IANA name. @throws ExpressionFault when there is none of that name */
export function openZone(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  if (!/^[^/]+(?:\/[^/]+)*$/.test(name) || /(?:^|\/)\.\.?(?:\/|$)/.test(name)) {
    throw valueFault(`ZoneInfo keys must be normalized relative paths, as Europe/Berlin, got: ${name.slice(0, 100)}`);
  }
  if (!isZoneName(name)) {
    const message = `No time zone found with key ${name.slice(0, 100)}: use a name of the IANA database, as Europe/Berlin`;
    throw new ExpressionFault('undefined', 'ZoneInfoNotFoundError', message);
  }
  const zone = zoneOf(name);
  if (zones.size >= ZONES_KEPT) zones.clear();
  zones.set(name, zone);
  return zone;
}

/** Three capitals that the platform takes though they are no names of the IANA database, and mean something else elsewhere. */
const IANA_SHORT: ReadonlySet<string> = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));

function isZoneName(name: string): boolean {
  if (!/^[A-Z][\w+/-]*$/i.test(name) || !IANAZone.isValidZone(name)) return false;
  if (name.length === 3) return IANA_SHORT.has(name);
  // The platform ignores letter case and the database does not; for an alias the platform cannot tell.
  const canonical = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  return canonical === name || canonical.toLowerCase() !== name.toLowerCase();
}

function zoneOf(name: string): Zone {
  const offsetAt = name === 'UTC' ? () => 0 : remembering(IANAZone.create(name));
  const offsetOf = (wall: Wall) => wallOffset(offsetAt, wall);
  return {
    name,
    wallAt: (utcMs) => {
      const offset = offsetAt(utcMs);
      const first: Wall = { ms: utcMs + offset, fold: 0 };
      return offsetOf(first) === offset ? first : { ms: first.ms, fold: 1 };
    },
    utcOf: (wall) => wall.ms - offsetOf(wall),
  };
}

/** The offset of a moment, in ms. The platform takes microseconds for it, and timers ask for many. */
function remembering(zone: IANAZone): (utcMs: number) => number {
  const ask = (utcMs: number) => Math.round(zone.offset(utcMs) * 60_000);
  const weeks = new Map<number, number | undefined>();
  return (utcMs) => {
    const week = Math.floor(utcMs / WEEK_MS);
    if (!weeks.has(week)) {
      if (weeks.size >= WEEKS_KEPT) weeks.clear();
      const first = ask(week * WEEK_MS);
      weeks.set(week, first === ask((week + 1) * WEEK_MS) ? first : undefined);
    }
    return weeks.get(week) ?? ask(utcMs);
  };
}

/** Both offsets that a day around the wall's time knows; which one counts is the fold's to say where both or none would do. */
function wallOffset(offsetAt: (utcMs: number) => number, { ms, fold }: Wall): number {
  const before = offsetAt(ms - DAY_MS);
  const after = offsetAt(ms + DAY_MS);
  if (before === after) return before;
  const fitsBefore = offsetAt(ms - before) === before;
  const fitsAfter = offsetAt(ms - after) === after;
  if (fitsBefore !== fitsAfter) return fitsBefore ? before : after;
  return fold === 0 ? before : after;
}
