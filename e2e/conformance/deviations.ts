// e2e/conformance/deviations.ts — the cases that are known not to pass, each with its reason.
import { readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { parse } from 'yaml';

export interface Deviation {
  /** The name of a case, or a glob of names. */
  readonly case: string;
  readonly reason: string;
}

/** @throws Error when an entry lacks its case or its reason */
export function readDeviations(): readonly Deviation[] {
  const file = new URL('deviations.yaml', import.meta.url);
  const entries: unknown = parse(readFileSync(file, 'utf8')) ?? [];
  if (!Array.isArray(entries)) throw new Error('deviations.yaml is a list of {case, reason}');
  return entries.map((entry: Partial<Deviation>) => {
    if (typeof entry.case !== 'string' || typeof entry.reason !== 'string') {
      throw new Error(`deviations.yaml: every entry has a case and a reason, not ${JSON.stringify(entry)}`);
    }
    return { case: entry.case, reason: entry.reason };
  });
}

export const covers = (deviation: Deviation, name: string): boolean =>
  deviation.case === name || matchesGlob(name, deviation.case);
