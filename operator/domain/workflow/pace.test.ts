// operator/domain/workflow/pace.test.ts — how often news of a run are told.
import { expect, test } from 'vitest';
import { heldFor, lately } from './pace.ts';

const every = (ms: number, count: number) => Array.from({ length: count }, (_, i) => i * ms);

test.each([
  ['the first are told at once', [], 1000, 0, 0],
  ['of a wide run the next wait', [1000], 1000, 1000, 531],
  ['of a wide run they wait for the rest of the time', [1000], 1000, 1500, 31],
  ['of a wide run they are told after it', [1000], 1000, 1530, 0],
  ['a narrow one may tell many things at once', every(1, 19), 3, 19, 0],
  ['a narrow one that goes on for ever waits too', every(1, 20), 3, 20, 10_581],
] as const)('%s', (_, told, running, nowMs, heldMs) => {
  expect(heldFor(told, running, nowMs)).toBe(heldMs);
});

test('what can have no effect any more is forgotten', () => {
  const told = every(1, 100);
  for (const running of [3, 1000]) expect(heldFor(lately(told), running, 100)).toBe(heldFor(told, running, 100));
});
