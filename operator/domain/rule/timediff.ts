// operator/domain/rule/timediff.ts — how many seconds ago was that? For timediff_lt and timediff_gt.
import { nowMs } from '../expression/evaluation.ts';
import { ExpressionFault, valueFault } from '../expression/fault.ts';
import { daysOf } from '../expression/python/calendar.ts';
import { parseDate, type ParsedDate } from '../expression/python/date-parser.ts';
import { str } from '../expression/python/repr.ts';
import type { Value } from '../expression/python/values.ts';
import { readIsoDate } from './iso-date.ts';

const DAY_SECONDS = 86_400;

/**
 * Seconds from the date that a value says to now; without a zone it is UTC's (st2common/util/date.py: ciso8601, then dateutil).
 * @throws ExpressionFault ParserError for what is no date
 */
export function secondsSince(value: Value): number {
  const text = str(value);
  const now = nowMs();
  const { seconds, microsecond } = sinceEpoch(readIsoDate(text) ?? parseDate(text, now));
  const micros = BigInt(Math.round(now * 1000)) - BigInt(seconds) * 1_000_000n - BigInt(microsecond);
  return Number(micros) / 1_000_000;
}

function sinceEpoch(date: ParsedDate) {
  const { hour, minute, second, microsecond, offsetSeconds = 0 } = date;
  if (Math.abs(offsetSeconds) >= DAY_SECONDS) throw valueFault('offset must be strictly between -24 and 24 hours');
  const seconds = daysOf(date) * DAY_SECONDS + hour * 3600 + minute * 60 + second - offsetSeconds;
  if (seconds < FIRST || seconds > LAST) throw new ExpressionFault('value', 'OverflowError', 'date value out of range');
  return { seconds, microsecond };
}

const FIRST = daysOf({ year: 1, month: 1, day: 1 }) * DAY_SECONDS;
const LAST = (daysOf({ year: 9999, month: 12, day: 31 }) + 1) * DAY_SECONDS - 1;
