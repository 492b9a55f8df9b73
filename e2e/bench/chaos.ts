// e2e/bench/chaos.ts — the crash tests with their full counts: kills at random and at every call, lost answers, API servers that restart or forget.
import { setTimeout as sleep } from 'node:timers/promises';
import { Execution } from '../../operator/api/kinds.ts';
import { idsOf, ledgerRule, sendAll, settled } from '../chaos/events.ts';
import { compact } from '../chaos/compact.ts';
import { compare, type Ledger, openLedger } from '../chaos/ledger.ts';
import { KILL_POINTS, OperatorProcess, type StartOptions } from '../chaos/operator-process.ts';
import { openCluster } from '../cluster/cluster.ts';
import type { Control } from '../cluster/control.ts';
import { createProgress } from '../cluster/progress.ts';
import { eventually, list, stage } from '../harness.ts';
import { type Figure, seconds } from './figures.ts';

/** How many events each part sends; SQUALL_CHAOS_COUNT scales all of them. */
const COUNT = Number(process.env['SQUALL_CHAOS_COUNT'] ?? 1000);
/** Which parts are played; SQUALL_CHAOS_PARTS names some of them. */
const PARTS = (process.env['SQUALL_CHAOS_PARTS'] ?? 'kills,points,lost,restarts,compactions').split(',');

/** Sends `count` events while `trouble` goes on; the ledger must equal what was sent. */
async function undisturbed(
  namespace: string,
  url: string,
  ledger: Ledger,
  count: number,
  trouble: (done: AbortSignal) => Promise<string>,
): Promise<Figure> {
  // A thousand pods wait for one node: that is no fault of theirs.
  await ledgerRule(namespace, url, ledger, { pendingTimeoutSeconds: 3600 });
  const done = new AbortController();
  const troubled = trouble(done.signal);
  const began = performance.now();
  const accepted = await sendAll(namespace, url, idsOf(url, count), 12);
  const expected = await settled(namespace, accepted, 1800);
  const took = performance.now() - began;
  done.abort();
  const what = await troubled;
  const written = ledger.lines.filter((line) => line.startsWith(`${url}-`));
  const { lost, doubled } = compare(expected, written);
  return {
    what: `${what}: ${count} events, ledger against events`,
    measured: `${lost.length} lost, ${doubled.length} doubled`,
    reference: `${seconds(took)} in all`,
    budget: '0 lost, 0 doubled',
    met: lost.length === 0 && doubled.length === 0,
  };
}

/** Kills 1 to 5 s after the process leads and has made a write, and starts it again at once. */
async function killLoop(operator: OperatorProcess, done: AbortSignal): Promise<string> {
  const alive = operator.keepAlive(done);
  let kills = 0;
  while (!done.aborted) {
    const leads = await eventually(
      'it leads and has written',
      async () =>
        (await operator.metric('squall_leader')) === 1 && (await operator.metric('squall_api_writes_total')) > 0,
      30,
    ).catch(() => false);
    await sleep(1000 + Math.random() * 4000);
    if (done.aborted || !leads) continue;
    await operator.end('SIGKILL');
    kills += 1;
  }
  await alive;
  return `operator killed ${kills} times, 1 to 5 s after each start`;
}

/** API server and, where wanted, history gone every so often, until all is done. */
async function restartLoop(
  server: Control,
  done: AbortSignal,
  { pauseMs, most, forget }: { readonly pauseMs: number; readonly most: number; readonly forget: boolean },
): Promise<string> {
  let restarts = 0;
  for (; !done.aborted && restarts < most; restarts += 1) {
    await sleep(pauseMs, undefined, { signal: done }).catch(() => undefined);
    if (done.aborted) break;
    if (forget) await compact();
    await server.kill('apiserver');
    await server.start('apiserver');
  }
  return forget ? `history compacted and all watches cut ${restarts} times` : `API server killed ${restarts} times`;
}

interface Part {
  readonly name: string;
  readonly start: StartOptions;
  readonly trouble: (done: AbortSignal) => Promise<string>;
}

/** What SQUALL_CHAOS_PARTS can name. */
const parts = (operator: OperatorProcess, server: Control): Readonly<Record<string, readonly Part[]>> => ({
  kills: [{ name: 'kills', start: {}, trouble: (done) => killLoop(operator, done) }],
  points: KILL_POINTS.map((fault) => ({
    name: `${fault.point}-${fault.verb}-${fault.kind}`.toLowerCase(),
    start: { fault },
    trouble: async (done) => {
      const before = operator.starts;
      await operator.keepAlive(done, { fault });
      return `operator killed ${operator.starts - before} times ${fault.point} ${fault.verb} ${fault.kind}`;
    },
  })),
  lost: [
    {
      name: 'lost',
      start: { fault: { effect: 'lose', point: 'after', verb: 'create', kind: 'executions' } },
      trouble: () => Promise.resolve('answers of creates lost, about every second'),
    },
  ],
  restarts: [
    {
      name: 'restarts',
      start: {},
      trouble: (done) => restartLoop(server, done, { pauseMs: 10_000, most: 20, forget: false }),
    },
  ],
  compactions: [
    {
      name: 'compactions',
      start: {},
      trouble: (done) => restartLoop(server, done, { pauseMs: 30_000, most: 1000, forget: true }),
    },
  ],
});

/** All parts one after another. */
export async function chaos(namespace: string): Promise<Figure[]> {
  const operator = new OperatorProcess(stage);
  const cluster = await openCluster({ progress: createProgress() });
  if (!cluster.control) throw new Error('chaos needs the embedded cluster: its API server is stopped and started');
  const known = parts(operator, cluster.control);
  const played = PARTS.flatMap((name) => {
    const named = known[name];
    if (!named) throw new Error(`SQUALL_CHAOS_PARTS: "${name}" is not one of ${Object.keys(known).join(', ')}`);
    return named;
  });
  await operator.take();
  const ledger = await openLedger(stage.hostAddress!);
  const figures: Figure[] = [];
  try {
    for (const { name, start, trouble } of played) {
      await operator.start(start);
      figures.push(
        await undisturbed(namespace, name, ledger, COUNT, trouble).catch(
          (error: Error): Figure => ({
            what: `${name}: ${COUNT} events`,
            measured: error.message.slice(0, 200),
            budget: '0 lost, 0 doubled',
            met: false,
          }),
        ),
      );
      await operator.end('SIGTERM');
    }
    const executions = (await list(Execution, namespace)).length;
    figures.push({
      what: 'executions in all',
      measured: String(executions),
      budget: String(played.length * COUNT),
      met: executions === played.length * COUNT,
    });
  } finally {
    ledger.close();
    await operator.leave();
  }
  return figures;
}
