// operator/domain/timer/fire-times.ts — a timer → when it fires. No clock, no jitter: the same question gets the same answer.
import { nextCronTime } from './cron.ts';
import type { Timer } from './parameters.ts';
import type { Zone } from './zone.ts';

/** The end of the year 9999. */
const TIME_MAX_MS = 253_402_300_799_999;
/** The beginning of the year 1, before which an interval that counts backwards stops. */
const TIME_MIN_MS = -62_135_596_800_000;

/** Whether a timer is taken on at all: a date that is past never is. */
export const isScheduled = (timer: Timer, nowMs: number): boolean => timer.kind !== 'date' || timer.atMs >= nowMs;

/**
 * The first `n` times at which a timer fires that was registered at `fromMs`, in milliseconds since 1970 (a date has microseconds as
 * fraction). Fewer when there are no more. A cron timer may fire at once, an interval not before one interval is over.
 */
export function nextFireTimes(timer: Timer, fromMs: number, n: number): readonly number[] {
  const times: number[] = [];
  for (let at = firstTime(timer, fromMs); at !== undefined && times.length < n; at = timeAfter(timer, at))
    times.push(at);
  return times;
}

/** A stretch of time: after `afterMs`, up to `untilMs` and including it, for a timer that was registered at `registeredMs`. */
export interface Stretch {
  readonly registeredMs: number;
  readonly afterMs: number;
  readonly untilMs: number;
}

/** The times at which a timer fires within a stretch, at most `limit` of them, the earliest first. */
export function fireTimesBetween(timer: Timer, stretch: Stretch, limit: number): readonly number[] {
  const times: number[] = [];
  let at = firstTimeAfter(timer, stretch);
  for (; at !== undefined && at <= stretch.untilMs && times.length < limit; at = timeAfter(timer, at)) {
    if (at <= stretch.afterMs) break; // An interval that counts backwards has left the stretch.
    times.push(at);
  }
  return times;
}

function firstTime(timer: Timer, fromMs: number): number | undefined {
  switch (timer.kind) {
    case 'interval':
      return firstOfInterval(timer.everyMs, timer.zone, fromMs);
    case 'date':
      return isScheduled(timer, fromMs) ? timer.atMs : undefined;
    case 'cron':
      return nextCronTime(timer.cron, timer.zone, fromMs);
  }
}

/**
 * One interval later on the wall's clock, as StackStorm has it; all others follow in elapsed time. In a repeated hour the clock may
 * thereby show a time that is past: then the first whole interval after that.
 */
function firstOfInterval(everyMs: number, zone: Zone, fromMs: number): number {
  const start = zone.utcOf({ ms: zone.wallAt(fromMs).ms + everyMs, fold: 0 });
  return start > fromMs ? start : start + everyMs * Math.ceil((fromMs - start) / everyMs);
}

function timeAfter(timer: Timer, previousMs: number): number | undefined {
  switch (timer.kind) {
    case 'interval': {
      const at = previousMs + timer.everyMs;
      return at > TIME_MAX_MS || at < TIME_MIN_MS ? undefined : at;
    }
    case 'date':
      return undefined;
    case 'cron':
      // The next whole second at the earliest.
      return nextCronTime(timer.cron, timer.zone, Math.floor(previousMs / 1000) * 1000 + 1000);
  }
}

function firstTimeAfter(timer: Timer, { registeredMs, afterMs }: Stretch): number | undefined {
  const first = firstTime(timer, registeredMs);
  if (first === undefined || first > afterMs) return first;
  if (timer.kind !== 'interval') return timeAfter(timer, afterMs);
  return timer.everyMs < 0 ? undefined : first + (Math.floor((afterMs - first) / timer.everyMs) + 1) * timer.everyMs;
}
