// e2e/conformance/conformance.test.ts — all recorded cases of the engines that are here; one test per suite and group.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCases, suitesIn } from './cases.ts';
import { covers, readDeviations } from './deviations.ts';
import { judge, type Verdict } from './judge.ts';
import type { Case } from './suite.ts';
import { loadSuite } from './suites.ts';

const folder = fileURLToPath(new URL('cases', import.meta.url));
const deviations = readDeviations();
const isListed = (one: Case) => deviations.some((deviation) => covers(deviation, one.name));

describe.each(suitesIn(folder))('%s', async (name) => {
  const loaded = await loadSuite(name);
  if (loaded.state !== 'loaded') throw new Error(`suite ${name}: ${loaded.state}`, { cause: loaded });
  const cases = readCases(folder, name);
  const groups = Map.groupBy(cases, (one) => one.group);

  test.each([...groups])('%s', (_group, ones) => {
    const failures = ones.flatMap((one) => (isListed(one) ? [] : failure(one, judge(loaded.suite, one))));
    expect(failures).toEqual([]);
  });

  test('what deviations.yaml lists is at most 1 % of it, and does not pass', () => {
    const listed = cases.filter(isListed);
    expect(listed.length).toBeLessThanOrEqual(cases.length / 100);
    expect(listed.filter((one) => judge(loaded.suite, one).passed).map((one) => one.name)).toEqual([]);
  });
});

const failure = (one: Case, { passed, expected, came }: Verdict) =>
  passed ? [] : [{ case: one.name, expected, came }];
