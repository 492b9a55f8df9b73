// e2e/conformance/suites/timers.ts — timers: parameters of a trigger → the times at which it fires.
import { isScheduled, nextFireTimes } from '../../../operator/domain/timer/fire-times.ts';
import { readTimer, type TimerType } from '../../../operator/domain/timer/parameters.ts';
import type { Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

export const suite: Suite = {
  name: 'timers',
  run(one: Case) {
    const nowMs = Date.parse(one['now'] as string);
    const timer = readTimer(one['trigger'] as TimerType, decode(one['parameters']), { nowMs });
    const scheduled = isScheduled(timer, nowMs);
    const times = nextFireTimes(timer, nowMs, (one['count'] as number | undefined) ?? 5);
    return { result: { scheduled, fire_times: times.map(isoText) } };
  },
};

/** `2024-01-15T10:20:30Z`, with six digits of a second's fraction when there is one. */
function isoText(ms: number): string {
  const microseconds = Math.round(ms * 1000);
  const fraction = ((microseconds % 1_000_000) + 1_000_000) % 1_000_000;
  const seconds = new Date((microseconds - fraction) / 1000).toISOString().slice(0, 19);
  return fraction === 0 ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(6, '0')}Z`;
}
