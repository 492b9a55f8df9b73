// e2e/bench/corpus.ts — what each escape and bomb of the corpus costs, in a process of its own per language.
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import { repository } from '../cluster/home.ts';
import { languages } from '../conformance/corpus/corpus.ts';
import type { Cost } from '../conformance/corpus/measure.ts';
import { type Figure, mebibytes } from './figures.ts';

const MS_MAX = 100;
const BYTES_MAX = 32 * 1024 * 1024;

/** Worst time and worst growth of memory, per language; what is over budget is told by name on stderr. */
export async function corpus(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const language of languages) figures.push(...figuresOf(language, await measure(language)));
  return figures;
}

async function measure(language: string): Promise<readonly Cost[]> {
  // A small nursery, so that garbage is collected soon and what is counted is what is held.
  const flags = ['--expose-gc', '--max-semi-space-size=1'];
  const script = join(repository, 'e2e/conformance/corpus/measure.ts');
  return JSON.parse(await run(process.execPath, [...flags, script, language])) as readonly Cost[];
}

function figuresOf(language: string, costs: readonly Cost[]): Figure[] {
  const over = costs.filter(({ ms, bytes = 0 }) => ms > MS_MAX || bytes > BYTES_MAX);
  for (const { source, ms, bytes = 0 } of over)
    console.error(`  ${ms.toFixed(0)} ms, ${mebibytes(bytes)}: ${source.slice(0, 160)}`);
  const worstMs = Math.max(...costs.map(({ ms }) => ms));
  const known = costs.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes]));
  const worstBytes = known.length > 0 ? Math.max(...known) : undefined;
  return [
    {
      what: `corpus, ${language}: worst of ${costs.length} escapes and bombs`,
      measured: `${worstMs.toFixed(0)} ms, ${worstBytes === undefined ? 'memory unknown' : mebibytes(worstBytes)}`,
      budget: `<= ${MS_MAX} ms, <= ${mebibytes(BYTES_MAX)}`,
      met: over.length === 0,
    },
  ];
}
