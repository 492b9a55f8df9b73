// cli/pack-test.ts — `squall pack test`: the unit tests that a pack has, run on this machine as StackStorm runs them.
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Failure } from './failure.ts';
import { packRefIn } from './pack-folder.ts';
import { compatFolder, environmentFor } from './pack-test-environment.ts';
import { findPython, RUNNER_PYTHON } from './pack-test-python.ts';
import type { Screen } from './print.ts';

export interface PackTestOptions {
  /** Version, name or path of a Python. */
  readonly python?: string;
  /** Which tests: a file of tests/, file::Class::test, or words that names have. */
  readonly case?: string;
  readonly verbose?: boolean;
  /** Makes the environment anew. */
  readonly fresh?: boolean;
}

/** pytest's exit code for "nothing to run". */
const NOTHING = 5;

/** Exit code as pytest has it: 0 when all passed, 1 when one failed, 5 when nothing fits --case; 0 for a pack without tests. */
export async function testPack(screen: Screen, path: string, options: PackTestOptions): Promise<number> {
  const folder = resolve(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Failure(`${path}: there is no such folder; name the folder of a pack`);
  const ref = packRefIn(folder);
  const tests = join(folder, 'tests');
  if (globSync('**/*.py', { cwd: tests }).length === 0) {
    screen.out(`Pack ${ref}: it has no tests in Python; they belong in ${join(path, 'tests')}, as test_*.py.\n`);
    return 0;
  }
  const say = (line: string) => screen.err(`${line}\n`);
  const python = findPython(options.python);
  if (python.version !== RUNNER_PYTHON)
    say(`Python ${python.version} is used; the runner has ${RUNNER_PYTHON}, see --python`);
  const { fresh: isFresh = false, verbose: isVerbose = false } = options;
  const program = await environmentFor({ python, ref, folder, isFresh, isVerbose, say });
  const home = homeWith(folder, ref);
  try {
    // Old packages warn of themselves, at length.
    const loudness = isVerbose ? ['-v'] : ['-q', '--disable-warnings'];
    // As in StackStorm, a file that cannot be imported does not keep the others from running.
    const settings = ['-p', 'no:cacheprovider', '--continue-on-collection-errors'];
    const words = ['-m', 'pytest', ...settings, ...loudness, ...chosen(tests, options.case)];
    const code = await run(program, words, folder, { SQUALL_STACKSTORM_DIR: home, PYTHONPATH: pythonPath(folder) });
    if (code === NOTHING) say(`Pack ${ref}: no test fits; files are called tests/test_*.py, see also --case`);
    return code;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** A folder in which the pack is where it will be: packs/<ref>. */
function homeWith(folder: string, ref: string): string {
  const home = mkdtempSync(join(tmpdir(), 'squall-pack-test-'));
  mkdirSync(join(home, 'packs'));
  symlinkSync(folder, join(home, 'packs', ref), 'junction');
  return home;
}

/** StackStorm's order: tests import modules of all of these without their folder. */
function pythonPath(folder: string): string {
  const own = ['sensors', 'actions', 'actions/lib', 'etc'].map((name) => join(folder, name));
  const mine = process.env['PYTHONPATH'];
  return [join(folder, 'lib'), compatFolder(), ...own, ...(mine ? [mine] : [])].join(delimiter);
}

function chosen(tests: string, wish: string | undefined): string[] {
  if (wish === undefined) return [tests];
  const [file = '', ...inside] = wish.replace(/^(\.\/)?tests\//, '').split('::');
  const path = join(tests, file);
  return existsSync(path) ? [[path, ...inside].join('::')] : [tests, '-k', wish];
}

async function run(
  program: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(program, [...words], {
    cwd,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: 'inherit',
  });
  const onInterrupt = () => undefined; // The terminal has told the tests too; they end by themselves.
  process.on('SIGINT', onInterrupt);
  try {
    return await new Promise<number>((done, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => done(code ?? 130));
    });
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}
