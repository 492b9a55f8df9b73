// operator/domain/workflow/journal.ts — entries of a run ↔ the lines that its status keeps: some 15 bytes for each child that ended.
import type { ChildStatus, Entry } from './engine.ts';

/** An entry with its time, in ms from the start of the run. */
export interface Recorded {
  readonly atMs: number;
  readonly entry: Entry;
  /** Of a rerun: `name/uid` of the Execution whose children all earlier ones are. */
  readonly of?: string;
}

/** Children are counted in the order in which the engine asked for them: the same in every replay. */
export interface Numbering {
  keyOf(index: number): string | undefined;
  indexOf(key: string): number | undefined;
}

const LETTERS: Readonly<Record<ChildStatus, string>> = {
  running: 'r',
  pending: 'w',
  pausing: 'q',
  paused: 'p',
  canceling: 'k',
  canceled: 'c',
  succeeded: 's',
  failed: 'f',
  timedOut: 't',
  abandoned: 'a',
};
const STATUSES = new Map(Object.entries(LETTERS).map(([status, letter]) => [letter, status as ChildStatus]));
/** Why a child was refused, as a letter: its action is unknown, its parameters cannot be cast, or another reason. */
const REFUSALS = { unknown: 'u', uncast: 'v', other: 'i' } as const;
/** Characters of a reason that are kept. */
const REASON_MAX = 2000;
/** Bytes of all reasons together that are kept; of what follows there is but a word. */
export const REASONS_MAX_BYTES = 64 * 1024;
const LATER_REASON = 'refused as others before';

/** What a reason takes in the journal, in bytes. */
export const reasonBytes = (reason: string): number => Buffer.byteLength(JSON.stringify(reason));

/** A reason as it is kept after others that take so many bytes. */
export function shortened(reason: string, taken: number): string {
  const kept = reason.slice(0, REASON_MAX);
  return taken + reasonBytes(kept) > REASONS_MAX_BYTES ? LATER_REASON : kept;
}

/** One line. @throws Error for a child that the engine has not asked for */
export function lineOf({ atMs, entry, of }: Recorded, numbering: Numbering): string {
  switch (entry.is) {
    case 'start':
      return `${atMs} start`;
    case 'request':
      return `${atMs} ${entry.request}`;
    case 'rerun':
      return `${atMs} rerun ${JSON.stringify({ of, tasks: entry.tasks, reset: entry.reset })}`;
    case 'refused': {
      const sign = REFUSALS[entry.reason ?? 'other'];
      return `${atMs} ${indexIn(numbering, entry.key)}${sign} ${JSON.stringify(entry.error)}`;
    }
    case 'child': {
      const took = entry.startedAtMs === undefined || entry.endedAtMs === undefined ? '' : timesOf(entry, atMs);
      const letter = LETTERS[entry.status];
      return `${atMs} ${indexIn(numbering, entry.key)}${entry.isForgone ? letter.toUpperCase() : letter}${took}`;
    }
  }
}

/** Start and end are told as ms before the entry: small numbers, and no clock of a node is trusted for more than that. */
const timesOf = ({ startedAtMs = 0, endedAtMs = 0 }: { startedAtMs?: number; endedAtMs?: number }, atMs: number) =>
  ` ${Math.round(atMs - startedAtMs)} ${Math.round(atMs - endedAtMs)}`;

function indexIn(numbering: Numbering, key: string): number {
  const index = numbering.indexOf(key);
  if (index === undefined) throw new Error(`the run has no child "${key}"`);
  return index;
}

const LINE = /^(\d+) (?:(start|pause|resume|cancel)|rerun (\{.*\})|(\d+)([a-zA-Z])(?: (-?\d+) (-?\d+)| (".*"))?)$/s;

/** What a line says; results of children are not in it. Times of children are from the start, as `atMs`. @throws Error for what is no line of a journal */
export function parseLine(line: string, numbering: Numbering): Recorded {
  const match = LINE.exec(line);
  if (!match) throw new Error(`"${line.slice(0, 80)}" is no line of a journal`);
  const [, at = '', request, rerun, index, letter = '', startedBefore, endedBefore, error] = match;
  const atMs = Number(at);
  if (request === 'start') return { atMs, entry: { is: 'start' } };
  if (request !== undefined)
    return { atMs, entry: { is: 'request', request: request as 'pause' | 'resume' | 'cancel' } };
  if (rerun !== undefined) {
    const { of, ...asked } = JSON.parse(rerun) as { of?: string; tasks?: string[]; reset?: string[] };
    return { atMs, entry: { is: 'rerun', ...asked }, ...(of === undefined ? {} : { of }) };
  }
  const key = numbering.keyOf(Number(index));
  if (key === undefined) throw new Error(`line "${line.slice(0, 80)}": the run has no child ${index}`);
  if (error !== undefined) {
    const reason = (['unknown', 'uncast'] as const).find((one) => REFUSALS[one] === letter);
    return { atMs, entry: { is: 'refused', key, ...(reason && { reason }), error: JSON.parse(error) as string } };
  }
  const status = STATUSES.get(letter.toLowerCase());
  if (!status) throw new Error(`line "${line.slice(0, 80)}": no status has the letter "${letter}"`);
  if (letter !== letter.toLowerCase()) return { atMs, entry: { is: 'child', key, status, isForgone: true } };
  if (startedBefore === undefined) return { atMs, entry: { is: 'child', key, status } };
  const times = { startedAtMs: atMs - Number(startedBefore), endedAtMs: atMs - Number(endedBefore) };
  return { atMs, entry: { is: 'child', key, status, ...times } };
}
