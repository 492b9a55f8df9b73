// e2e/tally.test.ts — nothing that failed is counted as passed.
import { expect, test } from 'vitest';
import { shownTimings, tallyOf } from './tally.ts';

const report = (passed: number, failed: number, files: object[] = []) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files });

test.each([
  ['all passed', report(3, 0), 0, { passed: 3, failed: 0 }],
  ['one failed', report(3, 1), 1, { passed: 3, failed: 1 }],
  [
    'a file that does not load',
    report(3, 0, [{ status: 'failed', assertionResults: [] }]),
    1,
    { passed: 3, failed: 1 },
  ],
  ['a bad exit without a failed test', report(3, 0), 1, { passed: 3, failed: 1 }],
  ['no report', undefined, 0, { passed: 0, failed: 1 }],
])('%s', (_, text, code, tally) => {
  expect(tallyOf(text, code)).toEqual(tally);
});

test('seconds are shown per stage', () => {
  expect(shownTimings([['cluster', 12.34]])).toBe('cluster            12.3 s');
});
