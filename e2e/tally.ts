// e2e/tally.ts — vitest's report → how many passed and failed.

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

interface Report {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numFailedTestSuites?: number;
  readonly testResults?: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** Counts tests; a file that failed to load has no tests and counts as one failure, and so does a bad exit that no test explains. */
export function tallyOf(report: string | undefined, exitCode: number): Tally {
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = JSON.parse(report) as Report;
  const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = numFailedTests + unloaded;
  return { passed: numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** One line per stage with its seconds. */
export const shownTimings = (timings: readonly (readonly [string, number])[]): string =>
  timings.map(([stage, seconds]) => `${stage.padEnd(14)} ${seconds.toFixed(1).padStart(8)} s`).join('\n');
