// e2e/bench/workflow-runs.ts — workflows on the cluster: chains, 1 000 items, and workflows in workflows; with pods, on fake nodes, without any.
import { setTimeout as sleep } from 'node:timers/promises';
import { apply, ours, ready, stage } from '../harness.ts';
import { fakeRunner } from './fake-runner.ts';
import { type Figure, seconds } from './figures.ts';
import { fakeNodes, ON_FAKE_NODES } from './kwok.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { bytesAStep, depths, depthWithPods, fakeChains, realChains, timed, workflow } from './workflow-chains.ts';
import { offset, statusWritesSince } from './writes.ts';

const FAKE = 'bench.fake';
const RESULT = { stdout: 'hello', stderr: '', return_code: 0, succeeded: true, failed: false };
const [FEW, MANY] = [100, 1000];
const CONCURRENCY = 50;
/** The Job controller of Kubernetes makes some 20 pods a second. */
const LIMIT_MS = 600_000;
/** The audit log is written when a request has been answered. */
const AUDIT_MS = 2000;

/** With the installed operator. */
export async function workflowRuns(namespace: string): Promise<Figure[]> {
  const ledger = await ledgerOf(namespace);
  const removeNodes = await fakeNodes(2);
  const delivered: number[] = [];
  const runner = await fakeRunner(
    namespace,
    async () => RESULT,
    () => delivered.push(performance.now()),
  );
  try {
    const script = '#!/bin/sh\ntrue\n';
    await apply(ours('Action', namespace, FAKE, { runner: 'local-shell-script', script, pod: ON_FAKE_NODES }));
    await ready(namespace, `action/${FAKE}`);
    return [
      ...(await realChains(namespace, ledger)),
      ...(await fakeChains(namespace, ledger, { action: FAKE, delivered })),
      ...(await depths(namespace, ledger)),
      await depthWithPods(namespace, ledger),
      ...(await fanOut(namespace, ledger, 'core.noop', 'without any Job')),
      ...(await fanOut(namespace, ledger, FAKE, 'with Jobs on fake nodes')),
    ];
  } finally {
    await runner.close();
    await removeNodes();
    ledger.close();
  }
}

/** One task with items: few for comparison, then many. */
async function fanOut(namespace: string, ledger: Ledger, action: string, how: string): Promise<Figure[]> {
  const name = `bench.items-${action.replace('.', '-')}`;
  const tasks = {
    each: { with: { items: 'i in <% range(ctx(count)) %>', concurrency: CONCURRENCY }, action },
  };
  const count = { type: 'integer', required: true };
  await workflow(namespace, name, { input: ['count'], tasks }, { count });
  await timed(namespace, ledger, name, { count: FEW }, LIMIT_MS); // warms caches
  const few = await timed(namespace, ledger, name, { count: FEW }, LIMIT_MS);
  const from = stage.auditLog === undefined ? 0 : offset();
  const many = await timed(namespace, ledger, name, { count: MANY }, LIMIT_MS);
  await sleep(AUDIT_MS);
  const writes = ledger.to(many.name);
  const audited = stage.auditLog === undefined ? undefined : statusWritesSince(from, namespace, many.name).length;
  const statusWrites = audited ?? writes.length - 1; // the first is its creation
  const perSecond = statusWrites / (many.tookMs / 1000);
  const largest = Math.max(...writes.map(({ statusBytes }) => statusBytes));
  const written = writes.reduce((sum, { bytes }) => sum + bytes, 0);
  const eachMs = { few: few.tookMs / FEW, many: many.tookMs / MANY };
  const ratio = eachMs.many / eachMs.few;
  const what = `workflow: ${MANY} items, ${CONCURRENCY} at a time, ${how}`;
  return [
    {
      what: `${what}: time per item`,
      measured: `${eachMs.many.toFixed(1)} ms = ${ratio.toFixed(2)} ×, ${seconds(many.tookMs)} in all`,
      reference: `of ${FEW} items: ${eachMs.few.toFixed(1)} ms`,
      budget: `≤ 1.2 × of ${FEW}`,
      met: ratio <= 1.2,
    },
    {
      what: `${what}: writes of the parent's status`,
      measured: `${perSecond.toFixed(2)}/s, ${statusWrites} in all`,
      reference: audited === undefined ? 'by a watch' : `audit log; a watch saw ${writes.length - 1}`,
      budget: '≤ 2/s',
      met: perSecond <= 2,
    },
    {
      what: `${what}: largest status of the parent`,
      measured: `${(largest / 1000).toFixed(1)} KB`,
      budget: '≤ 200 KB',
      met: largest <= 200e3,
    },
    {
      what: `${what}: all writes of the parent, the whole object each`,
      measured: `${(written / 1e6).toFixed(2)} MB`,
      reference: bytesAStep(ledger, many.name, MANY),
      budget: '≤ 5 MB',
      met: written <= 5e6,
    },
  ];
}
