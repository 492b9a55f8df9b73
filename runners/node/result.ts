// runners/node/result.ts — how a process ended and what it wrote → the body of the result, within the limit.
import type { ResultEnvelope } from '../../operator/api/envelope.ts';
import { JSON_DEPTH_MAX, RESULT_MAX_BYTES } from './limits.ts';
import type { Mask } from './mask.ts';
import type { Kept } from './output.ts';

/** How a task ended, before its output is looked at. */
export interface Ending {
  readonly outcome: ResultEnvelope['outcome'];
  /** Exit code, or the signal's number below zero. */
  readonly returnCode: number;
  readonly error?: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly stdout: Kept;
  readonly stderr: Kept;
}

/** Room for everything but the two outputs, in bytes; error and message are bounded far below it. */
const FRAME_BYTES = 16 * 1024;
const MESSAGE_MAX = 1000;

/** The JSON text to post, in at most `limitBytes`; output that is too large loses its middle. */
export function resultBody(attempt: number, ending: Ending, mask: Mask, limitBytes = RESULT_MAX_BYTES): string {
  const frame = Math.min(FRAME_BYTES, limitBytes / 2);
  const out = streamValue(ending.stdout, mask);
  const err = streamValue(ending.stderr, mask);
  const room = limitBytes - frame;
  const outBytes = jsonBytes(out);
  const errBytes = jsonBytes(err);
  // Each may take half, and what the other does not need.
  const fits = outBytes + errBytes <= room;
  const outRoom = fits ? outBytes : Math.max(room / 2, room - errBytes);
  const errRoom = fits ? errBytes : Math.max(room / 2, room - outBytes);
  const error = ending.error === undefined ? undefined : mask.text(ending.error).slice(0, MESSAGE_MAX).toWellFormed();
  const envelope: ResultEnvelope = {
    attempt,
    outcome: ending.outcome,
    result: {
      failed: ending.outcome !== 'succeeded',
      succeeded: ending.outcome === 'succeeded',
      return_code: ending.returnCode,
      stdout: outBytes <= outRoom ? out : fit(asKept(ending.stdout, mask), outRoom),
      stderr: errBytes <= errRoom ? err : fit(asKept(ending.stderr, mask), errRoom),
      ...(error !== undefined && { error }),
    },
    startedAt: ending.startedAt.toISOString(),
    endedAt: ending.endedAt.toISOString(),
    ...(ending.outcome !== 'succeeded' && { message: error ?? describe(ending) }),
  };
  return JSON.stringify(envelope);
}

/** The exit code and the last line that was written to stderr, which mostly says why. */
function describe({ returnCode, stderr }: Ending): string {
  const text = (stderr.head + stderr.tail).trimEnd();
  const line = text
    .slice(text.lastIndexOf('\n') + 1)
    .trim()
    .slice(0, 300)
    .toWellFormed();
  return `Exit code ${returnCode}${line ? `: ${line}` : ''}`;
}

/** As StackStorm has it: one newline less, decoded when it is JSON. */
function streamValue(kept: Kept, mask: Mask): unknown {
  if (kept.left > 0) return joined(kept);
  const text = stripped(kept.head + kept.tail);
  if (text === '') return text;
  try {
    return maskedValue(JSON.parse(text), mask, 0);
  } catch {
    return text;
  }
}

const stripped = (text: string): string => text.replace(/\n$/, '').replace(/\r$/, '');

/** Masks once more inside decoded strings, where \u escapes no longer hide a secret. Throws on what JSON can't carry back. */
function maskedValue(value: unknown, mask: Mask, depth: number): unknown {
  if (depth > JSON_DEPTH_MAX) throw new RangeError('too deep');
  if (typeof value === 'string') return mask.text(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('not finite');
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, mask, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [mask.text(key), maskedValue(item, mask, depth + 1)]),
  );
}

/** Text again, of a value that may be too large as decoded JSON. */
function asKept(kept: Kept, mask: Mask): Kept {
  if (kept.left > 0) return kept;
  const text = mask.text(stripped(kept.head + kept.tail));
  const half = text.length >> 1;
  return { head: text.slice(0, half), tail: text.slice(half), left: 0 };
}

const joined = ({ head, tail, left }: Kept): string =>
  `${head}\n[squall: ${left} characters left out]\n${stripped(tail)}`.toWellFormed();

/** The two ends of a text whose JSON takes at most `room` bytes. */
function fit(kept: Kept, room: number): string {
  let share = 1;
  for (;;) {
    const head = kept.head.slice(0, Math.floor(kept.head.length * share));
    const tail = kept.tail.slice(kept.tail.length - Math.floor(kept.tail.length * share));
    const left = kept.left + kept.head.length - head.length + kept.tail.length - tail.length;
    const text = joined({ head, tail, left });
    const bytes = jsonBytes(text);
    if (bytes <= room || (head === '' && tail === '')) return text;
    share *= Math.min(0.98, (room / bytes) * 0.99);
  }
}

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
