// e2e/bench/workflows.ts — the orquesta engine without a cluster: beside PyPI's orquesta on the recorded cases, and with many items.
import { join } from 'node:path';
import { repository } from '../cluster/home.ts';
import { itemsRun } from '../conformance/bench/items.ts';
import { readCases } from '../conformance/cases.ts';
import type { Case } from '../conformance/suite.ts';
import { geometricMean, type Rivals, rivals, type Turn } from './contest.ts';
import { type Figure, median } from './figures.ts';

const BUDGET = 20;
/** With the names that Python has moved since put back; see conducting.py. */
const PYPI = "PyPI's orquesta 1.2.0, patched for Python >= 3.9";

/** All that needs no cluster. */
export async function workflowEngine(): Promise<Figure[]> {
  const both = await rivals('conducting.ts', 'conducting.py');
  try {
    return [await conducting(both), await opening(both), ...items()];
  } finally {
    both.close();
  }
}

const recorded = (suite: string): Case[] => readCases(join(repository, 'e2e/conformance/cases'), suite);
const total = (turns: readonly Turn[], side: 'ours' | 'theirs'): number =>
  turns.reduce((sum, turn) => sum + turn[side], 0);

/** Recorded runs that both carry out as recorded; a decision is an event that is taken in, with what is next. */
async function conducting(both: Rivals): Promise<Figure> {
  const cases = [...recorded('orquesta'), ...recorded('orquesta_transitions')];
  const turns: Turn[] = [];
  let decisions = 0;
  for (const one of cases) {
    const turn = await both.compete('conduct', one);
    if (!turn) continue;
    turns.push(turn);
    decisions += (one['steps'] as readonly unknown[]).length;
  }
  return {
    what: `orquesta engine: ${decisions} decisions of ${turns.length} of ${cases.length} recorded runs, each run alone`,
    ...compared(turns, `${rate(decisions / total(turns, 'ours'))} decisions/s`),
    reference: `${PYPI}: ${rate(decisions / total(turns, 'theirs'))}/s`,
  };
}

/** Different definitions in which both find the same; with Jinja not, its templates stay compiled in our cache. */
async function opening(both: Rivals): Promise<Figure> {
  const definitions = new Map<string, Case>();
  for (const suite of ['orquesta', 'orquesta_transitions', 'orquesta_inspect', 'orquesta_misc']) {
    for (const one of recorded(suite)) {
      const { definition } = one;
      if (typeof definition !== 'string' || /\{[{%]/.test(definition) || 'raised' in one) continue;
      const inspected = (suite === 'orquesta_inspect' ? one : one['inspect']) as { errors?: object } | undefined;
      const finds = Object.keys(inspected?.errors ?? {}).toSorted();
      definitions.set(definition, { ...one, finds });
    }
  }
  const turns: Turn[] = [];
  for (const one of definitions.values()) {
    const turn = await both.compete('open', one);
    if (turn) turns.push(turn);
  }
  return {
    what: `a definition parsed, inspected and composed (${turns.length} of ${definitions.size} definitions with YAQL)`,
    ...compared(turns, `${(1e3 * median(turns.map(({ ours }) => ours))).toFixed(2)} ms`),
    reference: `${PYPI}: ${(1e3 * median(turns.map(({ theirs }) => theirs))).toFixed(2)} ms`,
  };
}

function compared(turns: readonly Turn[], own: string): Pick<Figure, 'measured' | 'budget' | 'met'> {
  const mean = geometricMean(turns.map(({ ratio }) => ratio));
  const overall = total(turns, 'theirs') / total(turns, 'ours');
  return {
    measured: `${overall.toFixed(1)} × in all, ${mean.toFixed(1)} × a case, ${own}`,
    budget: `>= ${BUDGET} × both`,
    met: Math.min(mean, overall) >= BUDGET,
  };
}

const rate = (number: number): string => Math.round(number).toLocaleString('en');

const SIZES = [100, 1000, 10_000] as const;
const ROUNDS = 9;

/** A run of one task with items from its start to its end, children answering in the order in which they were asked for. */
function items(): Figure[] {
  return ['', ', concurrency: 50'].map((concurrency) => {
    const run = itemsRun(concurrency);
    run(1000);
    const rounds = Array.from({ length: ROUNDS }, () => SIZES.map(run));
    const micros = SIZES.map((size, i) => (1000 * Math.min(...rounds.map((times) => times[i]!))) / size);
    const ratio = micros[1]! / micros[0]!;
    return {
      what: `engine, time per item of ${SIZES.join(', ')} items${concurrency} (best of ${ROUNDS})`,
      measured: `${micros.map((time) => time.toFixed(1)).join(', ')} µs; 1000 = ${ratio.toFixed(2)} × 100`,
      budget: '1000 <= 1.2 × 100',
      met: ratio <= 1.2,
    };
  });
}
