// cli/print.ts — values → text for people: tables, ages, colours, YAML and JSON.
import { stringify } from 'yaml';
import { isExact } from '../operator/domain/result/exact-json.ts';
import type { Phase } from '../operator/api/execution.ts';

export type Format = 'table' | 'wide' | 'json' | 'yaml' | 'name';

/** Where the program writes: results to `out`, everything else to `err`. */
export interface Screen {
  out(text: string): void;
  err(text: string): void;
  /** Whether colours may be used. */
  readonly colour: boolean;
  /** Lines of the terminal that `out` is; undefined where it is none, and nothing can be drawn over. */
  readonly rows?: (() => number) | undefined;
}

const COLOURS: Readonly<Record<Phase, number>> = {
  Requested: 36,
  Delayed: 36,
  Running: 36,
  Pausing: 33,
  Paused: 33,
  Canceling: 33,
  Succeeded: 32,
  Failed: 31,
  TimedOut: 31,
  Abandoned: 31,
  Canceled: 33,
};

/** Columns of equal width, as kubectl prints them; no row gives only the heading. Cells hold no colours. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((cell, column) => Math.max(cell.length, ...rows.map((row) => width(row[column] ?? ''))));
  return [heading, ...rows]
    .map((row) => heading.map((_, column) => pad(clean(row[column] ?? ''), widths[column] ?? 0)).join('   '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** A table in which every word that is a phase has its colour. */
export const phaseTable = (screen: Screen, heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  screen.colour
    ? table(heading, rows).replaceAll(
        /(?<=\s{2})(Requested|Delayed|Running|Pausing|Paused|Canceling|Succeeded|Failed|TimedOut|Abandoned|Canceled)(?=\s{2}|\n)/g,
        (word) => paint(screen, COLOURS[word as Phase], word),
      )
    : table(heading, rows);

export const phaseText = (screen: Screen, phase: Phase): string => paint(screen, COLOURS[phase], phase);
/** A sign in the colour of a phase. */
export const phaseColoured = (screen: Screen, phase: Phase, text: string): string =>
  paint(screen, COLOURS[phase], text);
export const bold = (screen: Screen, text: string): string => paint(screen, 1, text);
export const faint = (screen: Screen, text: string): string => paint(screen, 2, text);

const paint = (screen: Screen, code: number, text: string) =>
  screen.colour ? `\u001b[${code}m${text}\u001b[0m` : text;

/** `key: value` lines with YAML for what is nested, StackStorm's form of one object. */
export const properties = (object: Readonly<Record<string, unknown>>): string => yaml(withoutUndefined(object));

/** An object without what only the API server's bookkeeping needs. */
export const withoutNoise = <T extends { readonly metadata: object }>(object: T): T => ({
  ...object,
  metadata: Object.fromEntries(Object.entries(object.metadata).filter(([key]) => key !== 'managedFields')),
});

/** Numbers of results that JavaScript would write otherwise are written as they are. */
export const yaml = (value: unknown): string =>
  stringify(value, (_, item: unknown) => (isExact(item) ? asBigInt(JSON.stringify(item)) : item), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
const asBigInt = (text: string): bigint | number => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text));
export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Time since `since` as kubectl writes it: 42s, 3m12s, 5h, 12d; empty when there is no time. */
export function age(since: string | undefined, now: Date): string {
  if (since === undefined) return '';
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 ? `${minutes}m${seconds % 60}s` : `${minutes}m`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

/** Control characters in names and messages must not move the cursor of whoever reads them. */
export const clean = (cell: string): string => cell.replaceAll(/\p{Cc}+/gu, ' ');
const width = (cell: string): number => Array.from(clean(cell)).length;
const pad = (cell: string, columns: number): string => cell + ' '.repeat(Math.max(0, columns - width(cell)));

const withoutUndefined = (object: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** An address without the password or token in it; a user alone is nobody's secret where there is SSH. */
export const withoutPassword = (address: string): string =>
  address.replace(/^(https?:\/\/|[a-z+]+:\/\/(?=[^\s/@:]*:))(?!git@)[^\s/@]+@/i, '$1********@');
