// e2e/check.ts — everything that must hold before a commit, in order of how fast it fails; seconds per stage.
import { spawnSync } from 'node:child_process';

const fix = process.argv.includes('--fix');
const stages: readonly [string, string, readonly string[]][] = [
  ['format', 'biome', ['format', ...(fix ? ['--write'] : []), '.']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings', '.']],
  ['types', process.execPath, ['node_modules/ts7/bin/tsc', '-p', 'tsconfig.json']],
  ['generated files', process.execPath, ['crds/generate.ts', ...(fix ? [] : ['--check'])]],
  ['dead code', 'knip', ['--no-progress']],
  ['layers and unit tests', 'vitest', ['run', '--reporter=minimal', '--project', 'pure', '--project', 'unit']],
];

/** What takes longer hangs, in ms. */
const STAGE_MAX_MS = 20 * 60_000;

const failed: string[] = [];
for (const [name, command, args] of stages) {
  const began = performance.now();
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    timeout: STAGE_MAX_MS,
    killSignal: 'SIGKILL',
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (status !== 0) failed.push(name);
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)${error ? `: ${error.message}` : ''}`);
}
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}.`);
process.exit(failed.length === 0 ? 0 : 1);
