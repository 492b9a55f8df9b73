// e2e/bench/properties.ts — every property of the expression engines with a hundred thousand inputs, those of workflows with ten thousand.
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import { repository } from '../cluster/home.ts';
import type { Checked } from '../conformance/properties/main.ts';
import type { Figure } from './figures.ts';

const INPUTS = 100_000;
/** An input that takes this long is a hang. */
const HANG_MS = 1000;

export async function properties(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (let index = 0; ; index++) {
    const checked = await check(index);
    if (!checked) return figures;
    const { name, inputs, wanted, failed, worstMs } = checked;
    if (failed !== undefined) console.error(failed);
    const met = failed === undefined && worstMs < HANG_MS;
    figures.push({
      what: name,
      measured: `${failed === undefined ? 'holds' : 'fails'}, ${inputs} inputs, slowest ${worstMs.toFixed(0)} ms`,
      budget: `holds for ${wanted}, none over ${HANG_MS} ms`,
      met,
    });
  }
}

/** A process for each: what one leaves behind in caches is not the next one's. */
async function check(index: number): Promise<Checked | undefined> {
  const script = join(repository, 'e2e/conformance/properties/main.ts');
  const output = await run(process.execPath, [script, String(INPUTS), String(index)], { timeoutMs: 0 });
  return output === '' ? undefined : (JSON.parse(output) as Checked);
}
