// runners/node/result.ts — how a process ended and what it wrote → the body of the result, within the limit.
import type { ResultEnvelope } from '../../operator/api/envelope.ts';
import { isExact, parseExact } from '../../operator/domain/result/exact-json.ts';
import { JSON_DEPTH_MAX, MASK, RESULT_MAX_BYTES } from './limits.ts';
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
  /** Which fields the result has: a shell's, those of a function's action, or those of what could not be run. */
  readonly shape: 'shell' | 'function' | 'exception';
  /** What the function of a Python or Node action returned, masked. */
  readonly returned?: unknown;
}

/** Room for everything but the two outputs, in bytes; error and message are bounded far below it. */
const FRAME_BYTES = 16 * 1024;
const MESSAGE_MAX = 1000;

/** The JSON text to post, in at most `limitBytes`; output that is too large loses its middle. */
export function resultBody(attempt: number, ending: Ending, mask: Mask, limitBytes = RESULT_MAX_BYTES): string {
  const frame = Math.min(FRAME_BYTES, limitBytes / 2);
  const returnedBytes = jsonBytes(ending.returned ?? null);
  if (returnedBytes > limitBytes - frame)
    return resultBody(attempt, tooLarge(ending, returnedBytes, limitBytes - frame), mask, limitBytes);
  const error = ending.error === undefined ? undefined : mask.text(ending.error).slice(0, MESSAGE_MAX).toWellFormed();
  const streams = fitted(ending, mask, limitBytes - frame - returnedBytes);
  const envelope: ResultEnvelope = {
    attempt,
    outcome: ending.outcome,
    result: fieldsOf(ending, streams, error),
    startedAt: ending.startedAt.toISOString(),
    endedAt: ending.endedAt.toISOString(),
    ...(ending.outcome !== 'succeeded' && { message: `${error ?? describe(ending)}${remedyFor(ending)}` }),
  };
  return JSON.stringify(envelope);
}

function fieldsOf(
  { shape, outcome, returnCode, returned }: Ending,
  streams: { readonly stdout: unknown; readonly stderr: unknown },
  error: string | undefined,
): Record<string, unknown> {
  const said = { ...streams, ...(error !== undefined && { error }) };
  switch (shape) {
    case 'shell':
      return {
        failed: outcome !== 'succeeded',
        succeeded: outcome === 'succeeded',
        return_code: returnCode,
        ...said,
      };
    case 'function':
      return { exit_code: returnCode, result: returned, ...said };
    case 'exception':
      return { error: error ?? streams.stderr, traceback: '' };
  }
}

/** Half of a value would be another value: one that has no room fails the action. */
const tooLarge = (ending: Ending, bytes: number, limitBytes: number): Ending => ({
  ...ending,
  outcome: ending.outcome === 'succeeded' ? 'failed' : ending.outcome,
  returned: null,
  error: `The action returned ${bytes} bytes of JSON, at most ${limitBytes} are kept; store it elsewhere and return where it is`,
});

/** Both outputs, in so many bytes: each may take half, and what the other does not need. */
export function fitted(
  { shape, stdout, stderr }: Pick<Ending, 'shape' | 'stdout' | 'stderr'>,
  mask: Mask,
  room: number,
): { stdout: unknown; stderr: unknown } {
  const valueOf = shape === 'shell' ? streamValue : rawText;
  const out = valueOf(stdout, mask);
  const err = valueOf(stderr, mask);
  const outBytes = jsonBytes(out);
  const errBytes = jsonBytes(err);
  const fits = outBytes + errBytes <= room;
  const outRoom = fits ? outBytes : Math.max(room / 2, room - errBytes);
  const errRoom = fits ? errBytes : Math.max(room / 2, room - outBytes);
  return {
    stdout: outBytes <= outRoom ? out : fit(asKept(stdout, mask), outRoom),
    stderr: errBytes <= errRoom ? err : fit(asKept(stderr, mask), errRoom),
  };
}

/** The exit code and the last line that was written to stderr, which mostly says why; or what Python's run() said. */
function describe({ shape, returnCode, returned, stderr }: Ending): string {
  if (shape === 'function' && returnCode === 0) return `run() returned False: ${shortly(returned)}`;
  const text = (stderr.head + stderr.tail).trimEnd();
  const line = text
    .slice(text.lastIndexOf('\n') + 1)
    .trim()
    .slice(0, 300)
    .toWellFormed();
  return `Exit code ${returnCode}${line ? `: ${line}` : ''}`;
}

/** A shell's 127, a process that Python could not start, or one that Node could not: mostly a program is missing. */
function remedyFor({ shape, returnCode, error, stderr }: Ending): string {
  if (error !== undefined) return shape === 'function' && /\bspawn \S+ ENOENT$/.test(error) ? MORE_PROGRAMS : '';
  if (shape === 'shell') return returnCode === 127 ? MORE_PROGRAMS : '';
  const text = stderr.head + stderr.tail;
  return shape === 'function' && NOT_STARTED.test(text.slice(-NOT_STARTED_MAX)) ? MORE_PROGRAMS : '';
}

/** The end of Python's traceback from where it starts processes; a file that is missing has another. */
const NOT_STARTED =
  /\bin (?:_execute_child|_execvpe)\n(?:[ \t].*\n)*FileNotFoundError: \[Errno 2\] No such file or directory(?:: '.*')?\s*$/;
const NOT_STARTED_MAX = 8192;

const MORE_PROGRAMS =
  '; if a program is missing: as a Python package it goes into the requirements.txt of the pack, else into an image made FROM runner-python that the Pack names (spec.pod.image), or the chart for all packs (runners.<name>.image): docs/concepts/packs.md, "More programs"';

const shortly = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value ?? null)).slice(0, 300).toWellFormed();

/** The output of such an action is text, whatever it looks like. */
const rawText = (kept: Kept): string => (kept.left > 0 ? joined(kept) : kept.head + kept.tail);

/** As StackStorm has it: one newline less, decoded when it is JSON. */
function streamValue(kept: Kept, mask: Mask): unknown {
  if (kept.left > 0) return joined(kept);
  const text = stripped(kept.head + kept.tail);
  if (text === '') return text;
  try {
    return maskedValue(parseExact(text), mask, 0);
  } catch {
    return text;
  }
}

const stripped = (text: string): string => text.replace(/\n$/, '').replace(/\r$/, '');

/** Masks once more inside decoded strings, where \u escapes no longer hide a secret, and numbers that are one. Throws on what JSON can't carry back. */
export function maskedValue(value: unknown, mask: Mask, depth: number): unknown {
  if (depth > JSON_DEPTH_MAX) throw new RangeError('too deep');
  if (typeof value === 'string') return mask.text(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('not finite');
  if (typeof value === 'number' || isExact(value)) return mask.text(JSON.stringify(value)) === MASK ? MASK : value;
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
