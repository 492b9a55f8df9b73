// e2e/bench/figures.ts — measurements → a table for people and JSON for programs.

export interface Figure {
  /** What was measured. */
  readonly what: string;
  /** What Squall needed, with its unit. */
  readonly measured: string;
  /** What the same run needed without Squall, where there is such a thing. */
  readonly reference?: string;
  readonly budget: string;
  readonly met: boolean;
}

export const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** The value below which `share` (0 to 1) of the numbers lie. */
export function quantile(numbers: readonly number[], share: number): number {
  const all = sorted(numbers);
  if (all.length === 0) return Number.NaN;
  return all[Math.min(all.length - 1, Math.ceil(share * all.length) - 1 < 0 ? 0 : Math.ceil(share * all.length) - 1)]!;
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

/** A table with one line per figure. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['', 'what', 'measured', 'beside it', 'budget'],
    ...figures.map(({ what, measured, reference = '–', budget, met }) => [
      met ? '✓' : '✗',
      what,
      measured,
      reference,
      budget,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
