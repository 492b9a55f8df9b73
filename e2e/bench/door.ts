// e2e/bench/door.ts — 10 000 rules, 1 000 events a second of which 1 in 200 matches: is each taken, how long until its Job is there.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Rule } from '../../operator/api/kinds.ts';
import { collectionPath, KIND } from '../../operator/kube/paths.ts';
import { apply, eventually, executionsOf, isJudged, kubernetes, ours, post, ready, stage } from '../harness.ts';
import { type Figure, quantile } from './figures.ts';
import { fakeRunner } from './fake-runner.ts';
import { fakeNodes, ON_FAKE_NODES } from './kwok.ts';
import { watchFor } from './watch.ts';

const RULES = 10_000;
const ON_TRIGGER = 100;
const PER_SECOND = 1000;
const SECONDS = 20;
const ONE_IN = 200;

const ruleOf = (namespace: string, index: number): object =>
  ours('Rule', namespace, `load.rule-${index}`, {
    trigger: { type: index < ON_TRIGGER ? 'load.hit' : `load.other-${index % 500}` },
    criteria: {
      'trigger.body.kind': { type: 'equals', pattern: 'alert' },
      'trigger.body.host': { type: 'regex', pattern: `^node-${index}(\\.|$)` },
      'trigger.body.labels.severity': { type: 'contains', pattern: 'crit' },
    },
    action: { ref: 'load.nothing', parameters: { host: '{{ trigger.body.host }}' } },
  });

const eventOf = (index: number): object => ({
  kind: 'alert',
  host: index % ONE_IN === 0 ? `node-${index % ON_TRIGGER}.example` : `elsewhere-${index}`,
  labels: { severity: 'critical' },
  filler: 'x'.repeat(1900),
});

async function makeRules(namespace: string): Promise<void> {
  const api = await kubernetes();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < RULES; index = next++)
      await api.create(collectionPath(Rule, namespace), ruleOf(namespace, index));
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}

/** Loads the door of the installed operator; pods go to fake nodes, and their results come at once. */
export async function door(namespace: string): Promise<Figure[]> {
  const removeNodes = await fakeNodes(2);
  const runner = await fakeRunner(namespace, async () => ({ stdout: '', return_code: 0 }));
  try {
    await apply(
      ours('Action', namespace, 'load.nothing', {
        runner: 'local-shell-script',
        script: '#!/bin/sh\ntrue\n',
        parameters: { host: { type: 'string' } },
        pod: ON_FAKE_NODES,
      }),
      ours('TriggerType', namespace, 'load.hit', { webhook: { url: 'load', authentication: 'open' } }),
    );
    await makeRules(namespace);
    await ready(namespace, 'action/load.nothing', `rule/load.rule-${ON_TRIGGER - 1}`);
    await eventually(
      'every rule is judged',
      async () => {
        const { items } = await (await kubernetes()).page(collectionPath(Rule, namespace), {
          limit: '200',
          fieldSelector: `metadata.name=load.rule-${RULES - 1}`,
        });
        return isJudged(items[0]);
      },
      300,
    );
    await sleep(5000);
    return await load(namespace);
  } finally {
    await runner.close();
    await removeNodes();
  }
}

async function load(namespace: string): Promise<Figure[]> {
  const jobs = await watchFor(KIND.job, namespace, () => true);
  const path = `/ns/${namespace}/api/v1/webhooks/load`;
  for (let i = 1; i < 200; i += 1) await post(path, eventOf(i)); // connections open, caches warm
  const auditFrom = stage.auditLog === undefined ? 0 : statSync(stage.auditLog).size;
  const codes = new Map<number, number>();
  const answers: number[] = [];
  const toJob: Promise<number>[] = [];
  const began = performance.now();
  const inFlight: Promise<void>[] = [];
  const one = async (index: number): Promise<void> => {
    const sent = performance.now();
    const answer = await post(path, eventOf(index)).catch(() => ({ code: 0, headers: {}, body: '' }));
    answers.push(performance.now() - sent);
    codes.set(answer.code, (codes.get(answer.code) ?? 0) + 1);
    for (const name of executionsOf(answer)) toJob.push(jobs.when(`${name}-1`, 30_000).then((at) => at - sent));
  };
  for (let index = 0; index < PER_SECOND * SECONDS; index += 1) {
    const due = began + (index * 1000) / PER_SECOND;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    inFlight.push(one(index));
  }
  await Promise.all(inFlight);
  const rate = (PER_SECOND * SECONDS) / ((performance.now() - began) / 1000);
  const latencies = (await Promise.allSettled(toJob)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  jobs.close();
  const accepted = codes.get(202) ?? 0;
  const reads = stage.auditLog === undefined ? 0 : readsOfOperator(auditFrom);
  const p = (share: number): string => `${quantile(latencies, share).toFixed(0)} ms`;
  const said = [...codes].map(([code, count]) => `${count} × ${code}`).join(', ');
  return [
    {
      what: `door: ${RULES} rules, ${PER_SECOND} events/s of 2 KiB for ${SECONDS} s, 1 in ${ONE_IN} matches`,
      measured: `${rate.toFixed(0)}/s, ${said}`,
      reference: `answer p50 ${quantile(answers, 0.5).toFixed(0)} ms, p99 ${quantile(answers, 0.99).toFixed(0)} ms`,
      budget: '1 000 events/s, all 202',
      met: accepted === PER_SECOND * SECONDS && rate >= PER_SECOND * 0.98,
    },
    {
      what: `door: event sent to its Job seen by a watch (${latencies.length} of ${(PER_SECOND * SECONDS) / ONE_IN})`,
      measured: `p50 ${p(0.5)}, p99 ${p(0.99)}`,
      budget: 'p50 ≤ 25 ms, p99 ≤ 150 ms',
      met:
        latencies.length === (PER_SECOND * SECONDS) / ONE_IN &&
        quantile(latencies, 0.5) <= 25 &&
        quantile(latencies, 0.99) <= 150,
    },
    {
      what: 'door: API reads by the operator meanwhile, per event',
      measured: (reads / (PER_SECOND * SECONDS)).toFixed(4),
      budget: '0',
      met: reads === 0,
    },
  ];
}

/** GETs of the operator's user since `from` bytes into the audit log; Lease renewals, lists and watches of whole kinds are not about events. */
function readsOfOperator(from: number): number {
  const operator = `"username":"system:serviceaccount:${stage.namespace}:${stage.release}"`;
  return readFileSync(stage.auditLog!)
    .subarray(from)
    .toString()
    .split('\n')
    .filter((line) => line.includes(operator) && line.includes('"verb":"get"') && !line.includes('"resource":"leases"'))
    .length;
}
