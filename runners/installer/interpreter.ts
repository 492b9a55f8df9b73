// runners/installer/interpreter.ts — the common environment of the image → the Python that packs get, and its version.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailure } from './failure.ts';

/** Of runner-python; for uv, which finds it where there is no common environment. */
const USUAL = '3.11';
const ASK = 'import sys; print("%d.%d" % sys.version_info[:2])';
const ASK_MS = 30_000;

/** Path of the interpreter below `base`, /opt/stackstorm/st2; else a version that uv looks for. */
export function interpreterIn(base: string): string {
  const own = join(base, 'bin', 'python');
  return existsSync(own) ? own : USUAL;
}

/** Its version as it says it itself, for example 3.11. Throws StepFailure for one that does not run. */
export function pythonVersion(base: string, env: Readonly<Record<string, string>>): string {
  const python = interpreterIn(base);
  if (python === USUAL) return USUAL;
  try {
    return execFileSync(python, ['-I', '-c', ASK], { encoding: 'utf8', timeout: ASK_MS, env }).trim();
  } catch (cause) {
    throw new StepFailure(
      `The image's ${python} does not run: ${(cause as Error).message}; make it FROM runner-python`,
      {
        cause,
      },
    );
  }
}
