// e2e/conformance/corpus/measure.ts — a process of its own per language: how long each entry of the corpus takes, and what memory.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadSuite } from '../suites.ts';
import { attempt } from './attempt.ts';
import { languages, readCorpus } from './corpus.ts';

/** What one entry took. The first run of each is measured: nobody repeats a bomb to warm it up. */
export interface Cost {
  readonly source: string;
  readonly ms: number;
  /** By how much the process grew while it ran, garbage included; undefined where the system does not tell. */
  readonly bytes: number | undefined;
}

const language = languages.find((name) => name === process.argv[2]);
const files = ['escapes.yaml', 'bombs.yaml', 'regexes.yaml'] as const;
const costs: Cost[] = [];
for (const entry of files.flatMap(readCorpus).filter((one) => one.language === language)) {
  const loaded = await loadSuite(entry.suite);
  if (loaded.state !== 'loaded') throw new Error(`suite ${entry.suite}: ${loaded.state}`, { cause: loaded });
  await settled();
  const before = resetPeak();
  const began = performance.now();
  attempt(loaded.suite, entry);
  const ms = performance.now() - began;
  const peak = memory('VmHWM');
  costs.push({
    source: entry.source,
    ms,
    bytes: before === undefined || peak === undefined ? undefined : peak - before,
  });
}
console.log(JSON.stringify(costs));

/** Garbage of the entry before it is not counted to the next. */
async function settled(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Sets the kernel's high-water mark to what the process has now, and gives it. */
function resetPeak(): number | undefined {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    return undefined; // not on Linux, or not allowed
  }
  return memory('VmRSS');
}

function memory(what: 'VmHWM' | 'VmRSS'): number | undefined {
  try {
    const kilobytes = new RegExp(`${what}:\\s*(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
