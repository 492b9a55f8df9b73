// e2e/bench/workflow-chains.ts — workflows of one step after another, and of one within another: how long the way from step to step is.
import type { Execution } from '../../operator/api/kinds.ts';
import { Execution as ExecutionKind } from '../../operator/api/kinds.ts';
import { LABEL } from '../../operator/api/meta.ts';
import { KIND } from '../../operator/kube/paths.ts';
import { apply, createExecution, getExecution, list, ours, ready } from '../harness.ts';
import { type Figure, median, quantile, seconds } from './figures.ts';
import type { Ledger } from './ledger.ts';
import { follow } from './watch.ts';

const STEPS = 5;
const LIMIT_MS = 120_000;

/** Applies a workflow of orquesta and waits until it is found right. */
export async function workflow(namespace: string, name: string, definition: object, parameters = {}): Promise<void> {
  const spec = { engine: 'orquesta', definition: { version: 1, ...definition }, parameters };
  await apply(ours('Workflow', namespace, name, spec));
  await ready(namespace, `workflow/${name}`);
}

/** Runs it to its good end. @returns how long that took from the request until a watch saw it, in ms */
export async function timed(namespace: string, ledger: Ledger, action: string, parameters = {}, limitMs = LIMIT_MS) {
  const began = performance.now();
  const name = await createExecution(namespace, action, parameters);
  const tookMs = (await ledger.ended(name, limitMs)) - began;
  const { status } = (await getExecution(namespace, name))!;
  if (status?.phase !== 'Succeeded') throw new Error(`${action} (${name}) ended as ${JSON.stringify(status)}`);
  return { name, tookMs };
}

/** What is written for a step: all Executions of the run, and of that what the status of the topmost takes. */
export function bytesAStep(ledger: Ledger, name: string, steps: number): string {
  const status = ledger.to(name).reduce((sum, { statusBytes }) => sum + statusBytes, 0);
  const [all, own] = [ledger.bytesBelow(name), status].map((bytes) => `${(bytes / steps / 1000).toFixed(1)} KB`);
  return `${all} of Executions to etcd a step, ${own} of it the status of the workflow`;
}

const chainOf = (task: object): object => ({
  tasks: Object.fromEntries(
    Array.from({ length: STEPS }, (_, i) => [
      `step${i}`,
      i + 1 < STEPS ? { ...task, next: [{ when: '<% succeeded() %>', do: `step${i + 1}` }] } : task,
    ]),
  ),
});

/** Chains with real pods, and, for what they would take without, without any Job. */
export async function realChains(namespace: string, ledger: Ledger): Promise<Figure[]> {
  await workflow(namespace, 'bench.chain', chainOf({ action: 'core.local', input: { cmd: 'echo hello' } }));
  await workflow(namespace, 'bench.chain-noop', chainOf({ action: 'core.noop' }));
  const figures: Figure[] = [];
  for (const [name, what, budgetMs] of [
    ['bench.chain', 'with pods', 10_000],
    ['bench.chain-noop', 'without any Job', undefined],
  ] as const) {
    const times: number[] = [];
    let last = '';
    for (let round = 0; round < 3; round++) {
      const { name: execution, tookMs } = await timed(namespace, ledger, name);
      times.push(tookMs);
      last = execution;
    }
    figures.push({
      what: `workflow: chain of ${STEPS} ${what}, request to known (median of ${times.length})`,
      measured: seconds(median(times)),
      reference: bytesAStep(ledger, last, STEPS),
      budget: budgetMs === undefined ? 'none' : `≤ ${seconds(budgetMs)}`,
      met: budgetMs === undefined || median(times) <= budgetMs,
    });
  }
  return figures;
}

/** Chains of `action`, whose pods a fake runner serves; `delivered` gets the time of each result that was taken. */
export async function fakeChains(
  namespace: string,
  ledger: Ledger,
  { action, delivered, rounds = 40 }: { action: string; delivered: number[]; rounds?: number },
): Promise<Figure[]> {
  await workflow(namespace, 'bench.chain-fake', chainOf({ action }));
  const jobs: number[] = [];
  const close = await follow(KIND.job, namespace, (_, type) => type === 'ADDED' && jobs.push(performance.now()));
  const [times, gaps]: [number[], number[]] = [[], []];
  let last = '';
  for (let round = 0; round <= rounds; round++) {
    delivered.length = 0;
    jobs.length = 0;
    const { name, tookMs } = await timed(namespace, ledger, 'bench.chain-fake');
    if (jobs.length !== STEPS || delivered.length !== STEPS)
      throw new Error(`${jobs.length} Jobs and ${delivered.length} results of ${STEPS} steps`);
    if (round === 0) continue; // warms caches
    times.push(tookMs);
    last = name;
    gaps.push(...jobs.slice(1).map((at, i) => at - delivered[i]!));
  }
  close();
  return [
    {
      what: `workflow: chain of ${STEPS} on fake nodes, request to known (median of ${rounds})`,
      measured: seconds(median(times)),
      reference: bytesAStep(ledger, last, STEPS),
      budget: 'none',
      met: true,
    },
    {
      what: `workflow: result of a step taken → Job of the next seen by a watch (${gaps.length} steps)`,
      measured: `p50 ${median(gaps).toFixed(0)} ms, p99 ${quantile(gaps, 0.99).toFixed(0)} ms`,
      reference: `worst ${Math.max(...gaps).toFixed(0)} ms`,
      budget: 'p99 ≤ 100 ms',
      met: quantile(gaps, 0.99) <= 100,
    },
  ];
}

const DEPTH = 50;
const DEPTH_WITH_PODS = 10;

/** Workflows in workflows, each with a step of its own that has a pod. */
export async function depthWithPods(namespace: string, ledger: Ledger): Promise<Figure> {
  const own = { action: 'core.local', input: { cmd: 'echo hello' } };
  const names = Array.from({ length: DEPTH_WITH_PODS }, (_, i) => `bench.depth-pods-${i}`);
  const tasksOf = (inner: string | undefined) =>
    inner === undefined
      ? { own }
      : { own: { ...own, next: [{ when: '<% succeeded() %>', do: 'inner' }] }, inner: { action: inner } };
  const spec = (i: number) => ({ engine: 'orquesta', definition: { version: 1, tasks: tasksOf(names[i + 1]) } });
  await apply(...names.map((name, i) => ours('Workflow', namespace, name, spec(i))));
  await ready(namespace, ...names.map((name) => `workflow/${name}`));
  const { name, tookMs } = await timed(namespace, ledger, names[0]!);
  return {
    what: `workflow: ${DEPTH_WITH_PODS} workflows, each in the one before, each with a pod of its own, request to known`,
    measured: `${seconds(tookMs)}, Succeeded`,
    reference: bytesAStep(ledger, name, 2 * DEPTH_WITH_PODS - 1),
    budget: 'none',
    met: true,
  };
}

/** Workflows in workflows: as deep as is allowed, and one more. */
export async function depths(namespace: string, ledger: Ledger): Promise<Figure[]> {
  const names = Array.from({ length: DEPTH + 1 }, (_, i) => `bench.depth-${i}`);
  const spec = (action: string) => ({ engine: 'orquesta', definition: { version: 1, tasks: { inner: { action } } } });
  await apply(...names.map((name, i) => ours('Workflow', namespace, name, spec(names[i + 1] ?? 'core.noop'))));
  await ready(namespace, ...names.map((name) => `workflow/${name}`));
  const allowed = await timed(namespace, ledger, names[1]!);
  const tooDeep = await createExecution(namespace, names[0]!);
  await ledger.ended(tooDeep, LIMIT_MS);
  const below = (await list(ExecutionKind, namespace, `${LABEL.root}=${tooDeep}`)) as readonly Execution[];
  const refused = below.filter(({ status }) => status?.reason === 'WorkflowLimit');
  const root = await getExecution(namespace, tooDeep);
  return [
    {
      what: `workflow: ${DEPTH} workflows, each in the one before, request to known`,
      measured: `${seconds(allowed.tookMs)}, Succeeded`,
      reference: bytesAStep(ledger, allowed.name, DEPTH),
      budget: 'Succeeded',
      met: true,
    },
    {
      what: `workflow: ${DEPTH + 1} workflows, each in the one before`,
      measured: `${root?.status?.phase}; ${refused.length} of ${below.length} below refused by WorkflowLimit`,
      budget: `the innermost is refused`,
      met: root?.status?.phase === 'Failed' && refused.length === 1 && below.length === DEPTH,
    },
  ];
}
