// e2e/bench/expressions.ts — one evaluation of an expression: ours and the Python original's, in turns on the same cases.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../cluster/command.ts';
import { paths, repository } from '../cluster/home.ts';
import { readCases } from '../conformance/cases.ts';
import type { Case } from '../conformance/suite.ts';
import { type Figure, median } from './figures.ts';

/** The originals, and what they import. */
const PACKAGES =
  'jinja2==3.1.6 MarkupSafe==3.0.4 yaql==3.2.0 ply==3.11 python-dateutil==2.9.0.post0 six==1.17.0 pbr==7.1.3 setuptools ' +
  'orquesta==1.2.0 stevedore==5.10.0 PyYAML==6.0.3 chardet==7.7.0 networkx==3.6.1 jsonschema==4.26.0 attrs==26.1.0 ' +
  'referencing==0.37.0 rpds-py==2026.9.1 jsonschema-specifications==2025.9.1 typing_extensions==4.16.0 ' +
  'jsonpath-rw==1.4.0 decorator==5.3.1';

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

/** Turns per case, and how long each side's block should take. */
const TURNS = 5;
const BLOCK_SECONDS = 0.004;

/** The recorded cases that both sides evaluate without a fault. */
export async function expressions(): Promise<Figure[]> {
  const python = await originals();
  const [ours, theirs] = [
    engine(process.execPath, [join(repository, 'e2e/conformance/bench/ours.ts')]),
    engine(python, [join(repository, 'e2e/conformance/bench/driver.py')]),
  ];
  try {
    const figures: Figure[] = [];
    for (const contest of CONTESTS) figures.push(await compete(contest, ours, theirs));
    return figures;
  } finally {
    ours.close();
    theirs.close();
  }
}

async function compete({ suite, mode, what, budget }: Contest, ours: Engine, theirs: Engine): Promise<Figure> {
  const cases = readCases(join(repository, 'e2e/conformance/cases'), suite).filter(
    (one) => one.mode === mode && 'result' in one && !('kv' in one) && !('quirk' in one),
  );
  const [ratios, micros, pythonMicros]: [number[], number[], number[]] = [[], [], []];
  for (const one of cases) {
    const pair = [await prepare(ours, suite, one), await prepare(theirs, suite, one)] as const;
    if (pair[0] === undefined || pair[1] === undefined) continue;
    const turns = await takeTurns([ours, pair[0]], [theirs, pair[1]]);
    ratios.push(median(turns.map(([mine, other]) => other / mine)));
    micros.push(1e6 * median(turns.map(([mine]) => mine)));
    pythonMicros.push(1e6 * median(turns.map(([, other]) => other)));
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return {
    what: `${what} (${ratios.length} of ${cases.length} cases)`,
    measured: `${mean.toFixed(1)} × (median ${median(ratios).toFixed(1)} ×), ${median(micros).toFixed(1)} µs`,
    reference: `Python: ${median(pythonMicros).toFixed(1)} µs`,
    budget: `>= ${budget} ×`,
    met: mean >= budget,
  };
}

/** A prepared case of one side. */
type Side = readonly [engine: Engine, id: number];

async function prepare(engine: Engine, kind: string, one: Case): Promise<number | undefined> {
  const { id } = await engine.ask<{ readonly id?: number }>({ prepare: one, kind });
  return id;
}

/** Seconds per evaluation of both sides, in each turn. */
async function takeTurns(ours: Side, theirs: Side): Promise<readonly (readonly [number, number])[]> {
  const [few, fewer] = [await blockSize(ours), await blockSize(theirs)];
  const turns: [number, number][] = [];
  for (let turn = 0; turn < TURNS; turn++) turns.push([await timed(ours, few), await timed(theirs, fewer)]);
  return turns;
}

/** Evaluations that make a block; asking warms the case up. */
async function blockSize(side: Side): Promise<number> {
  let times = 1;
  for (;;) {
    const seconds = (await timed(side, times)) * times;
    if (seconds >= BLOCK_SECONDS / 2 || times >= 65_536)
      return Math.max(1, Math.round((BLOCK_SECONDS * times) / seconds));
    times *= 4;
  }
}

async function timed([engine, id]: Side, times: number): Promise<number> {
  const { seconds } = await engine.ask<{ readonly seconds: number }>({ run: id, times });
  return seconds / times;
}

interface Engine {
  ask<T>(request: object): Promise<T>;
  close(): void;
}

/** A process that answers one line of JSON for each that it is asked. */
function engine(command: string, args: readonly string[]): Engine {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask<T>(request: object): Promise<T> {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`${command} ended in the middle of the benchmark`);
      return JSON.parse(value) as T;
    },
    close: () => child.stdin.end(),
  };
}

/** The Python of an environment of its own that has the originals; made once. */
async function originals(): Promise<string> {
  const home = join(paths.cache, 'python');
  const python = join(home, 'bin', 'python');
  const ready = join(home, 'ready');
  if (existsSync(ready)) return python;
  console.error('pip: installs jinja2, yaql and orquesta beside Squall, to measure against …');
  await run('python3', ['-m', 'venv', home]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', ...PACKAGES.split(' ')]);
  await run('touch', [ready]);
  return python;
}
