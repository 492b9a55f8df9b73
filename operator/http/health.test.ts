// operator/http/health.test.ts — what keeps the operator from being ready.
import { expect, test } from 'vitest';
import { unreadyParts } from './health.ts';

const good = { isSynced: true, healthy: () => true };

test.each([
  { what: 'all is well', rules: good, listens: true, told: [] },
  { what: 'the volume is still locked', rules: good, listens: false, told: ['the door does not listen yet'] },
  {
    what: 'a cache is incomplete',
    rules: { isSynced: false, healthy: () => false },
    listens: true,
    told: ['the cache of rules is not complete yet'],
  },
  {
    what: 'a watch was last heard of 90 s ago',
    rules: { isSynced: true, healthy: (staleMs: number) => staleMs > 90_000 },
    listens: true,
    told: ['the cache of rules is stale'],
  },
])('when $what, /readyz says so', ({ rules, listens, told }) => {
  const caches = [
    ['jobs', good],
    ['rules', rules],
  ] as const;
  expect(unreadyParts(caches, listens)).toEqual(told);
});
