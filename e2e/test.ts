// e2e/test.ts — npm test: unit tests, then the stories on a real cluster; the last line says how many passed.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Cluster } from './cluster/cluster.ts';
import { createProgress } from './cluster/progress.ts';
import type { Installed } from './install.ts';
import { setUp } from './setup.ts';
import { shownTimings, type Tally, tallyOf } from './tally.ts';

const { values: options, positionals: stories } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string' },
    registry: { type: 'string' },
    unit: { type: 'boolean', default: false },
    stories: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const timings: [string, number][] = [];
const tallies: Tally[] = [];

async function timed<T>(stage: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    timings.push([stage, (performance.now() - began) / 1000]);
  }
}

/** Runs vitest; what it could not even start counts as one failure. */
async function vitest(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const report = `artifacts/${name}.json`;
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await new Promise<number>((resolve) => {
    const child = spawn('vitest', ['run', ...reporters, ...args], {
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    child.on('error', () => resolve(1));
    child.on('exit', (exit) => resolve(exit ?? 1));
  });
  let text: string | undefined;
  try {
    text = readFileSync(report, 'utf8');
  } catch {
    // No report: vitest died before it wrote one; the exit code tells.
  }
  tallies.push(tallyOf(text, code));
}

mkdirSync('artifacts', { recursive: true });
let cluster: Cluster | undefined;
let installed: Installed | undefined;
try {
  if (!options.stories) await timed('unit tests', () => vitest('unit', []));
  if (!options.unit) {
    const { context, registry } = options;
    const setup = await setUp({
      context,
      registry,
      progress: createProgress(),
      timed,
      opened: (open) => (cluster = open),
    });
    installed = setup.installed;
    await timed('stories', () =>
      vitest('stories', ['--config', 'e2e/vitest.stories.config.ts', ...stories], setup.environment),
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  tallies.push({ passed: 0, failed: 1 });
} finally {
  installed?.close();
  if (cluster && cluster.origin !== 'context' && !options.keep) {
    const open = cluster;
    await timed('cluster down', () => open.down());
  }
}

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
console.log(shownTimings(timings));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
