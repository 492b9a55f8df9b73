// e2e/bench/expressions.ts — one evaluation of an expression: ours and the Python original's, in turns on the same cases.
import { join } from 'node:path';
import { repository } from '../cluster/home.ts';
import { readCases } from '../conformance/cases.ts';
import { geometricMean, type Rivals, rivals, type Turn } from './contest.ts';
import { type Figure, median } from './figures.ts';

interface Contest {
  readonly suite: string;
  readonly mode: string;
  readonly what: string;
  readonly budget: number;
}

const CONTESTS: readonly Contest[] = [
  { suite: 'yaql', mode: 'yaql', what: 'YAQL, parsed before', budget: 20 },
  { suite: 'jinja', mode: 'template', what: 'Jinja with built-in filters, compiled before', budget: 5 },
  {
    suite: 'criteria',
    mode: 'filter',
    what: 'all criteria of a rule; Python parses key and pattern each time, as StackStorm does',
    budget: 50,
  },
];

/** The recorded cases that both sides evaluate without a fault. */
export async function expressions(): Promise<Figure[]> {
  const both = await rivals('ours.ts', 'driver.py');
  try {
    const figures: Figure[] = [];
    for (const contest of CONTESTS) figures.push(await compete(contest, both));
    return figures;
  } finally {
    both.close();
  }
}

async function compete({ suite, mode, what, budget }: Contest, both: Rivals): Promise<Figure> {
  const cases = readCases(join(repository, 'e2e/conformance/cases'), suite).filter(
    (one) => one.mode === mode && 'result' in one && !('kv' in one) && !('quirk' in one),
  );
  const turns: Turn[] = [];
  for (const one of cases) {
    const turn = await both.compete(suite, one);
    if (turn) turns.push(turn);
  }
  const ratios = turns.map(({ ratio }) => ratio);
  const micros = (side: 'ours' | 'theirs'): string =>
    `${(1e6 * median(turns.map((turn) => turn[side]))).toFixed(1)} µs`;
  const mean = geometricMean(ratios);
  return {
    what: `${what} (${turns.length} of ${cases.length} cases)`,
    measured: `${mean.toFixed(1)} × (median ${median(ratios).toFixed(1)} ×), ${micros('ours')}`,
    reference: `Python: ${micros('theirs')}`,
    budget: `>= ${budget} ×`,
    met: mean >= budget,
  };
}
