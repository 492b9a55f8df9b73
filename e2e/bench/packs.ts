// e2e/bench/packs.ts — packs: how long one takes to install, how fast its files are in a pod, in forty pods at once, and what its actions cost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stage } from '../harness.ts';
import { squallIn } from '../squall.ts';
import { type Installed, installFrom, installPack } from '../packs/installing.ts';
import { type Figure, median, mebibytes, seconds } from './figures.ts';
import { residentBytes } from './idle.ts';
import { quiet, removeJob, runJob, timeExecution, watches } from './jobs.ts';
import { HEAVY_FILES, makeMany, makeWord, withHeavyEnvironment, withPackages } from './packs-made.ts';

const MIB = 1024 * 1024;
const ACTIONS = 500;
const PODS = 40;
const ROUNDS = 8;
const EDITS = 4;

export async function packs(namespace: string): Promise<Figure[]> {
  const top = mkdtempSync(join(tmpdir(), 'squall-packs-'));
  try {
    makeMany(join(top, 'many'), ACTIONS);
    const installs = await measureInstalls(namespace);
    const many = installed(await installPack(namespace, top, 'many', undefined));
    installed(await installFrom(namespace, 'heavy', { inline: withHeavyEnvironment() }));
    return [
      ...installs,
      registration(many),
      await measureAuthor(namespace, top),
      ...(await measureAction(namespace)),
      ...(await measureManyPods(namespace)),
    ];
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** @throws Error for one that is not ready */
function installed(pack: Installed): Installed {
  if (!pack.isReady) throw new Error(`a pack to be measured is not ready: ${pack.told}`);
  return pack;
}

async function measureInstalls(namespace: string): Promise<Figure[]> {
  const install = async (version: string) =>
    installed(await installFrom(namespace, 'measured', { inline: withPackages(version) }));
  const cold = await install('1.0.0');
  const warm = await install('1.1.0');
  const stepsOf = ({ took }: Installed): string =>
    Object.entries(took)
      .filter(([step]) => step !== 'all')
      .map(([step, ms]) => `${step} ${seconds(ms)}`)
      .join(', ');
  const figure = (what: string, pack: Installed, mostMs: number): Figure => ({
    what,
    measured: seconds(allOf(pack)),
    reference: stepsOf(pack),
    budget: `≤ ${mostMs / 1000} s`,
    met: allOf(pack) <= mostMs,
  });
  return [
    figure('install of a pack with 20 packages, nothing of it known', cold, 60_000),
    figure('the same as a new version, its packages known', warm, 15_000),
  ];
}

const allOf = ({ took }: Installed): number => took['all'] ?? Number.NaN;

function registration({ took }: Installed): Figure {
  const ms = took['Register'] ?? 0;
  const perSecond = ACTIONS / (ms / 1000);
  return {
    what: `registration of a pack of ${ACTIONS} actions, each asked about before it is stored`,
    measured: `${seconds(ms)} = ${perSecond.toFixed(0)} objects/s`,
    reference: `installed in ${seconds(took['all'] ?? 0)}`,
    budget: '≥ 50 objects/s',
    met: perSecond >= 50,
  };
}

/** An author's loop, as it is typed: his folder is registered as it is, and his action run. */
async function measureAuthor(namespace: string, top: string): Promise<Figure> {
  const folder = join(top, 'author');
  const squall = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await squallIn(namespace)(...words);
    if (code !== 0) throw new Error(`squall ${words.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  const all: number[] = [];
  for (let round = 0; round <= EDITS; round += 1) {
    const word = `word-${round}`;
    makeWord(folder, word);
    const began = performance.now();
    await squall('pack', 'register', folder);
    const told = await squall('run', 'author.say');
    if (!told.includes(word)) throw new Error(`the action ran what was there before ${word}: ${told}`);
    if (round > 0) all.push(performance.now() - began); // the first one is an installation
  }
  return {
    what: `an author's loop: squall pack register of a folder, squall run of its action (median of ${EDITS})`,
    measured: seconds(median(all)),
    budget: '≤ 3 s',
    met: median(all) <= 3000,
  };
}

interface Look {
  readonly seconds: number;
  readonly files: number;
  readonly bytes: number;
}

/** @throws Error when it did not end well */
function succeeded<T>(name: string, status: { readonly phase?: string; readonly result?: unknown } | undefined): T {
  if (status?.phase !== 'Succeeded') throw new Error(`${name} ended as ${JSON.stringify(status)}`);
  return (status.result as { readonly result: T }).result;
}

/** One at a time, turn and turn about. */
async function measureAction(namespace: string): Promise<Figure[]> {
  const watching = await watches(namespace);
  const { jobs, executions } = watching;
  const container = { image: stage.images.runnerPython, command: ['python3', '-c', 'pass'] };
  const [bare, own]: [number[], number[]] = [[], []];
  const looks: Look[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const job = await runJob(namespace, `python-${round}`, jobs, container);
    const { ms, status } = await timeExecution(namespace, `nothing-${round}`, executions, { action: 'heavy.nothing' });
    succeeded(`nothing-${round}`, status);
    await removeJob(namespace, `python-${round}`);
    const look = await timeExecution(namespace, `look-${round}`, executions, { action: 'heavy.look' });
    if (round === 0) continue; // the first of each warms caches
    bare.push(job);
    own.push(ms);
    looks.push(succeeded<Look>(`look-${round}`, look.status));
  }
  watching.close();
  const ratio = median(own) / median(bare);
  const { files = 0, bytes = 0 } = looks[0] ?? {};
  if (files < HEAVY_FILES) throw new Error(`the environment has ${files} files instead of ${HEAVY_FILES}`);
  const brought = median(looks.map((look) => look.seconds)) * 1000;
  return [
    {
      what: `python-script with that environment, request to known (median of ${ROUNDS})`,
      measured: `${seconds(median(own))} = ${ratio.toFixed(2)} ×`,
      reference: `bare Job of python3 -c pass ${seconds(median(bare))}`,
      budget: '≤ 0.8 × the bare Job',
      met: ratio <= 0.8,
    },
    {
      what: `fetch and unpack of ${mebibytes(bytes)} in ${files} files, from the start of the container (median of ${ROUNDS})`,
      measured: seconds(brought),
      budget: '≤ 1 s',
      met: brought <= 1000,
    },
  ];
}

/** All at once, and the operator's memory meanwhile. */
async function measureManyPods(namespace: string): Promise<Figure[]> {
  await quiet(namespace);
  await sleep(10_000);
  const watching = await watches(namespace);
  const before = await residentBytes();
  let [most, isGoing] = [before, true];
  const looking = (async () => {
    while (isGoing) {
      most = Math.max(most, await residentBytes());
      await sleep(500);
    }
  })();
  const began = performance.now();
  const ended = await Promise.all(
    Array.from({ length: PODS }, async (_, index) => {
      const { status } = await timeExecution(namespace, `many-${index}`, watching.executions, { action: 'heavy.look' });
      return succeeded<Look>(`many-${index}`, status).seconds;
    }),
  );
  const all = performance.now() - began;
  isGoing = false;
  await looking;
  watching.close();
  await quiet(namespace);
  const more = most - before;
  return [
    {
      what: `${PODS} pods that fetch it at once: the operator's memory over before`,
      measured: `${mebibytes(more)}, all known in ${seconds(all)}, each fetched in ${seconds(median(ended) * 1000)}`,
      reference: `before ${mebibytes(before)}`,
      budget: '≤ +64 MiB',
      met: more <= 64 * MIB,
    },
  ];
}
