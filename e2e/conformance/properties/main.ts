// e2e/conformance/properties/main.ts — a process that checks one property with many inputs: COUNT INDEX → JSON; for the bench.
import fc from 'fast-check';
import { properties } from './properties.ts';
import { workflowProperties } from './workflow-properties.ts';

/** What came of one property. */
export interface Checked {
  readonly name: string;
  readonly inputs: number;
  /** So many inputs were wanted. */
  readonly wanted: number;
  readonly failed: string | undefined;
  /** The slowest input, in milliseconds. */
  readonly worstMs: number;
}

const [count = 2000, index = 0] = process.argv.slice(2).map(Number);
const chosen = [...(await properties()), ...workflowProperties][index];
if (chosen) {
  const { arbitrary, holds } = chosen.check;
  const wanted = Math.ceil(count / (chosen.cost ?? 1));
  let [inputs, worstMs] = [0, 0];
  const timed = (input: unknown) => {
    const began = performance.now();
    holds(input);
    worstMs = Math.max(worstMs, performance.now() - began);
    inputs++;
  };
  const details = fc.check(fc.property(arbitrary, timed), { seed: 4, numRuns: wanted, maxSkipsPerRun: 20 });
  const stack = details.errorInstance instanceof Error ? details.errorInstance.stack : '';
  const failed = details.failed ? `${fc.defaultReportMessage(details)}\n${stack}` : undefined;
  console.log(JSON.stringify({ name: chosen.name, inputs, wanted, failed, worstMs } satisfies Checked));
}
