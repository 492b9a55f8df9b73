// operator/domain/expression/recorded.setup.ts — for tests: recorded.jsonl, what the real engine made of each source.
import { readFileSync } from 'node:fs';

interface Recorded {
  /** What the source is about. */
  readonly of: string;
  readonly source: string;
  readonly renders?: string;
  readonly gives?: string;
  /** Class of the error. */
  readonly fails?: string;
  readonly message?: string;
}

/** The lines of a file beside the test, by what they are about. */
export function recordedIn(file: URL): readonly (readonly [of: string, ones: readonly Recorded[]])[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const all = lines.map((line) => JSON.parse(line) as Recorded);
  return [...Map.groupBy(all, (one) => one.of)];
}
