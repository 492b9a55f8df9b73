// cli/pack-test-python.ts — the Python of this machine that tests of packs run with.
import { spawnSync } from 'node:child_process';
import { Failure } from './failure.ts';

export interface Python {
  readonly program: string;
  /** For example `3.11`. */
  readonly version: string;
}

/** Python of the image runner-python. */
export const RUNNER_PYTHON = '3.11';
const OLDEST_MINOR = 9;

/** The one that is asked for (`3.11`, a name or a path), else that of the runner, else any. @throws Failure */
export function findPython(asked?: string): Python {
  const called = asked === undefined ? undefined : /^\d+(\.\d+)?$/.test(asked) ? `python${asked}` : asked;
  for (const name of called === undefined ? [`python${RUNNER_PYTHON}`, 'python3', 'python'] : [called]) {
    const ask = 'import sys; print(sys.executable, "%d.%d" % sys.version_info[:2], sep="\\n")';
    const { status, stdout } = spawnSync(name, ['-c', ask], { encoding: 'utf8' });
    const [program = '', version = ''] = status === 0 ? stdout.trim().split(/\r?\n/) : [];
    if (program === '') continue;
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && (minor ?? 0) >= OLDEST_MINOR) return { program, version };
    if (called !== undefined)
      throw new Failure(
        `--python ${asked}: it is Python ${version}; name one from 3.${OLDEST_MINOR} on, the runner has ${RUNNER_PYTHON}`,
      );
  }
  throw new Failure(
    called === undefined
      ? `Python: there is none from 3.${OLDEST_MINOR} on; install Python ${RUNNER_PYTHON}, which the runner has, or name one with --python`
      : `--python ${asked}: it does not start; give a version, a name or a path, for example --python ${RUNNER_PYTHON}`,
  );
}
