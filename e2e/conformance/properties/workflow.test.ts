// e2e/conformance/properties/workflow.test.ts — every property of workflows with some hundreds of runs, the same ones each time.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { workflowProperties } from './workflow-properties.ts';

describe('of any workflow whatever', () => {
  test.each(workflowProperties)('$name', ({ cost = 1, check: { arbitrary, holds } }) => {
    fc.assert(fc.property(arbitrary, holds), { seed: 5, numRuns: Math.ceil(5000 / cost), maxSkipsPerRun: 20 });
  });
});
