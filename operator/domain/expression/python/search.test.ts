// operator/domain/expression/python/search.test.ts — the linear search finds what the engine's own finds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { indexIn, isIn, lastIndexIn } from './search.ts';

const inside = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 0 }, run);

test('as indexOf and lastIndexOf, for short texts and for long ones', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  fc.assert(
    fc.property(letters, letters, fc.boolean(), fc.nat(9), (text, part, isLong, from) => {
      const [long, sought] = isLong ? [text.repeat(3000) + part, `${part}a`.repeat(400)] : [text, part];
      inside(() => {
        expect(indexIn(long, sought, from)).toBe(long.indexOf(sought, from));
        expect(lastIndexIn(long, sought)).toBe(long.lastIndexOf(sought));
        expect(lastIndexIn(long, sought, from)).toBe(long.lastIndexOf(sought, from));
      });
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('what takes an engine minutes is found out at once', () => {
  const text = 'a'.repeat(500_000);
  expect(inside(() => isIn(text, `b${'a'.repeat(250_000)}`))).toBe(false);
  expect(inside(() => isIn(text, `${'a'.repeat(250_000)}b`))).toBe(false);
  expect(inside(() => lastIndexIn(text, `${'a'.repeat(250_000)}b`))).toBe(-1);
});
