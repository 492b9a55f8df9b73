// operator/domain/rule/draft.test.ts — the Execution that a rule asks for: its name, and how long it is kept.
import { expect, test } from 'vitest';
import { sha256 } from '../execution/builders.setup.ts';
import { executionName } from './draft.ts';
import { action, match, rule } from './match.setup.ts';

test('an Execution is never kept for less than its event is remembered', () => {
  const ttl = (spec: object) => {
    const execution = match([rule('fix')], action(spec)).drafts[0]?.execution;
    return (execution?.['spec'] as Record<string, unknown> | undefined)?.['ttlSecondsAfterFinished'];
  };
  expect(ttl({ ttlSecondsAfterFinished: 10 })).toBe(3600);
  expect(ttl({ ttlSecondsAfterFinished: 7200 })).toBeUndefined();
  expect(ttl({})).toBeUndefined();
});

test('names differ by rule and event, and long or dotted ones are still names', () => {
  const name = (ruleName: string, id = 'e1') => executionName(rule(ruleName), { source: 's', id }, sha256);
  expect(name('a')).toBe(name('a'));
  expect(new Set([name('a'), name('b'), name('a', 'e2')]).size).toBe(3);
  for (const long of ['x'.repeat(253), `${'y'.repeat(39)}.z`, `${'y'.repeat(39)}-z`]) {
    expect(name(long)).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?-[0-9a-f]{12}$/);
    expect(name(long).length).toBeLessThanOrEqual(53);
  }
});
