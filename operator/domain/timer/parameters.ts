// operator/domain/timer/parameters.ts — the parameters of a timer's trigger → a timer, or what is wrong with them.
import { evaluating } from '../expression/evaluation.ts';
import { ExpressionFault, valueFault } from '../expression/fault.ts';
import { parseDate } from '../expression/python/date-parser.ts';
import { repr } from '../expression/python/repr.ts';
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import { CRON_FIELDS, type Cron, readCron } from './cron.ts';
import { FIELD_RANGES } from './cron-expression.ts';
import { openZone, type Zone } from './zone.ts';

/** The trigger types that are timers. */
export type TimerType = 'core.st2.IntervalTimer' | 'core.st2.DateTimer' | 'core.st2.CronTimer';

export type Timer =
  /** A negative interval counts backwards, as in StackStorm; it is never 0. */
  | { readonly kind: 'interval'; readonly everyMs: number; readonly zone: Zone }
  /** `atMs` has microseconds as its fraction. */
  | { readonly kind: 'date'; readonly atMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron; readonly zone: Zone };

/** When the parameters are read, and the zone of those that name none. */
export interface Surroundings {
  /** Milliseconds since 1970: what a date leaves out is taken from this day. */
  readonly nowMs: number;
  readonly localZone?: string;
}

/** Reads the parameters of a trigger. @throws ExpressionFault: ValidationError for their form, ValueError and others for what they say */
export function readTimer(type: TimerType, parameters: Value, surroundings: Surroundings): Timer {
  return evaluating({ nowMs: surroundings.nowMs, seed: 0 }, () => {
    if (!isPlain(parameters)) throw invalid(`${repr(parameters)} is not of type 'object'`);
    const given = parameters;
    checkNames(given, KNOWN[type]);
    const timezone = text(given, 'timezone');
    const zone = (): Zone => openZone(timezone ?? surroundings.localZone ?? 'UTC');
    switch (type) {
      case 'core.st2.IntervalTimer':
        return readInterval(given, zone, surroundings.nowMs);
      case 'core.st2.DateTimer':
        return readDate(given, zone, surroundings.nowMs);
      case 'core.st2.CronTimer':
        return readCronTimer(given, zone);
    }
  });
}

const KNOWN: Readonly<Record<TimerType, readonly string[]>> = {
  'core.st2.IntervalTimer': ['timezone', 'unit', 'delta'],
  'core.st2.DateTimer': ['timezone', 'date'],
  'core.st2.CronTimer': ['timezone', ...CRON_FIELDS],
};

const invalid = (message: string) => new ExpressionFault('validation', 'ValidationError', message);
const overflow = (message: string) => new ExpressionFault('value', 'OverflowError', message);

function checkNames(given: Plain, known: readonly string[]): void {
  const strange = Object.keys(given).filter((name) => !known.includes(name));
  if (strange.length === 0) return;
  const names = strange.map((name) => repr(name)).join(', ');
  const verb = strange.length === 1 ? 'was' : 'were';
  const remedy = `the parameters are ${known.join(', ')}`;
  throw invalid(`Additional properties are not allowed (${names} ${verb} unexpected): ${remedy}`);
}

const field = (given: Plain, name: string): Value | undefined => (Object.hasOwn(given, name) ? given[name] : undefined);

function required(given: Plain, name: string): Value {
  const value = field(given, name);
  if (value === undefined) throw invalid(`'${name}' is a required property`);
  return value;
}

/** A text that may be left out or null. */
function text(given: Plain, name: string): string | undefined {
  const value = field(given, name) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${name}: ${repr(value)} is not of type 'string', 'null'`);
}

const isInteger = (value: Value): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));

const UNITS: ReadonlyMap<Value, number> = new Map([
  ['weeks', 604_800_000],
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1000],
]);
/** The end of the year 9999, after which there are no dates. */
const TIME_MAX_MS = 253_402_300_799_999;
const TIMEDELTA_MAX_MS = 86_400_000 * 999_999_999;

function readInterval(given: Plain, zone: () => Zone, nowMs: number): Timer {
  const unit = required(given, 'unit');
  const unitMs = UNITS.get(unit);
  if (unitMs === undefined) {
    const units = [...UNITS.keys()].map((name) => repr(name)).join(', ');
    throw invalid(`unit: ${repr(unit)} is not one of [${units}]`);
  }
  const delta = required(given, 'delta');
  if (!isInteger(delta)) throw invalid(`delta: ${repr(delta)} is not of type 'integer'`);
  const local = zone();
  const everyMs = Number(delta) * unitMs || 1000;
  if (Math.abs(everyMs) > TIMEDELTA_MAX_MS) throw overflow('delta: the interval is longer than 999999999 days');
  if (nowMs + everyMs > TIME_MAX_MS || nowMs + everyMs < -62_135_596_800_000) throw overflow('date value out of range');
  return { kind: 'interval', everyMs, zone: local };
}

function readDate(given: Plain, zone: () => Zone, nowMs: number): Timer {
  const date = required(given, 'date');
  if (typeof date !== 'string') throw invalid(`date: ${repr(date)} is not of type 'string'`);
  const local = zone();
  const at = parseDate(date, nowMs);
  const ms = new Date(0).setUTCFullYear(at.year, at.month - 1, at.day);
  const wallMs = ms + ((at.hour * 60 + at.minute) * 60 + at.second) * 1000 + at.microsecond / 1000;
  if (at.offsetSeconds === undefined) return { kind: 'date', atMs: local.utcOf({ ms: wallMs, fold: 0 }) };
  if (Math.abs(at.offsetSeconds) >= 86_400) throw valueFault(`The offset of "${date}" is not within 24 hours`);
  return { kind: 'date', atMs: wallMs - at.offsetSeconds * 1000 };
}

function readCronTimer(given: Plain, zone: () => Zone): Timer {
  const fields = CRON_FIELDS.flatMap((name) => {
    const value = field(given, name) ?? undefined;
    return value === undefined ? [] : [[name, cronText(name, value)] as const];
  });
  const local = zone();
  return { kind: 'cron', zone: local, cron: readCron(Object.fromEntries(fields)) };
}

function cronText(name: (typeof CRON_FIELDS)[number], value: Value): string {
  if (typeof value === 'string') return value;
  if (!isInteger(value)) throw invalid(`${name}: ${repr(value)} is not valid under any of the given schemas`);
  const [least, greatest] = FIELD_RANGES[name];
  if (name !== 'year' && value < least) throw invalid(`${name}: ${value} is less than the minimum of ${least}`);
  if (name !== 'year' && value > greatest)
    throw invalid(`${name}: ${value} is greater than the maximum of ${greatest}`);
  return String(value);
}
