// e2e/bench/contest.ts — our engines and the Python originals, each a process of its own, in turns on the same cases in one run.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../cluster/command.ts';
import { paths, repository } from '../cluster/home.ts';
import type { Case } from '../conformance/suite.ts';
import { median } from './figures.ts';

/** The originals, and what they import, as old as orquesta asks for. */
const PACKAGES =
  'jinja2==3.1.6 MarkupSafe==3.0.4 yaql==3.2.0 ply==3.11 python-dateutil==2.9.0.post0 six==1.17.0 pbr==7.1.3 setuptools ' +
  'orquesta==1.2.0 stevedore==5.10.0 PyYAML==6.0.3 chardet==7.7.0 networkx==1.11 jsonschema==2.6.0 ujson==6.1.0 ' +
  'jsonpath-rw==1.4.0 decorator==5.3.1';

/** Turns per case, and how long each side's block should take. */
const TURNS = 5;
const BLOCK_SECONDS = 0.004;

/** Two programs of e2e/conformance/bench that speak the same protocol. */
export interface Rivals {
  /** Both on one case, in turns; undefined when one of them cannot do it. */
  compete(kind: string, one: Case): Promise<Turn | undefined>;
  close(): void;
}

/** Seconds per evaluation of a case: medians of the turns. */
export interface Turn {
  readonly ours: number;
  readonly theirs: number;
  /** How many times as fast we are. */
  readonly ratio: number;
}

/** Starts ours (a program of Node) and theirs (one of Python). */
export async function rivals(ours: string, theirs: string): Promise<Rivals> {
  const python = await originals();
  const program = (name: string): string => join(repository, 'e2e/conformance/bench', name);
  const [mine, other] = [engine(process.execPath, [program(ours)]), engine(python, ['-B', program(theirs)])];
  return {
    async compete(kind, one) {
      const [ourId, theirId] = [await prepare(mine, kind, one), await prepare(other, kind, one)];
      if (ourId === undefined || theirId === undefined) return undefined;
      const turns = await takeTurns([mine, ourId], [other, theirId]);
      return {
        ours: median(turns.map(([first]) => first)),
        theirs: median(turns.map(([, second]) => second)),
        ratio: median(turns.map(([first, second]) => second / first)),
      };
    },
    close() {
      mine.close();
      other.close();
    },
  };
}

export const geometricMean = (numbers: readonly number[]): number =>
  Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);

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
  if (existsSync(ready) && readFileSync(ready, 'utf8') === PACKAGES) return python;
  console.error('pip: installs jinja2, yaql and orquesta beside Squall, to measure against …');
  await run('python3', ['-m', 'venv', home]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', ...PACKAGES.split(' ')]);
  writeFileSync(ready, PACKAGES);
  return python;
}
