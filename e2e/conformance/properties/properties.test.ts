// e2e/conformance/properties/properties.test.ts — two thousand inputs for every property, the same ones each time.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { properties } from './properties.ts';

describe('of any source whatever', async () => {
  test.each(await properties())('$name', ({ check: { arbitrary, holds } }) => {
    fc.assert(fc.property(arbitrary, holds), { seed: 4, numRuns: 2000 });
  });
});
