// e2e/bench/running.ts — 1 000 Executions that run, with Job and pod, on fake nodes: memory, restart, and how fast results are taken.
import { setTimeout as sleep } from 'node:timers/promises';
import { Execution } from '../../operator/api/kinds.ts';
import { collectionPath } from '../../operator/kube/paths.ts';
import { OperatorProcess } from '../chaos/operator-process.ts';
import { apply, createExecution, ended, eventually, kubernetes, list, ours, ready, stage } from '../harness.ts';
import { fakeRunner } from './fake-runner.ts';
import { type Figure, mebibytes, seconds } from './figures.ts';
import { fakeNodes, ON_FAKE_NODES } from './kwok.ts';

const COUNT = 1000;
const RESULT = { stdout: 'y'.repeat(4000), stderr: '', return_code: 0, succeeded: true, failed: false };
/** The Job controller of Kubernetes makes some 20 pods a second. */
const LIMIT_SECONDS = 300;

async function createAll(namespace: string): Promise<void> {
  const api = await kubernetes();
  const request = { action: 'load.hold', parameters: { text: 'x'.repeat(2000) } };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < COUNT; index = next++)
      await api.create(
        collectionPath(Execution, namespace),
        ours('Execution', namespace, `running-${index}`, { request }),
      );
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

const succeeded = async (namespace: string): Promise<number> =>
  (await list(Execution, namespace)).filter(({ status }) => (status as { phase?: string })?.phase === 'Succeeded')
    .length;

/** With the operator as a process of this machine, under the installed one's account. */
export async function running(namespace: string): Promise<Figure[]> {
  const removeNodes = await fakeNodes(2);
  const operator = new OperatorProcess(stage);
  await operator.take();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const runner = await fakeRunner(namespace, async () => {
    await released;
    return RESULT;
  });
  try {
    await operator.start();
    const script = '#!/bin/sh\ntrue\n';
    const parameters = { text: { type: 'string' } };
    const action = { runner: 'local-shell-script', script, parameters, pod: ON_FAKE_NODES };
    await apply(ours('Action', namespace, 'load.hold', action));
    await ready(namespace, 'action/load.hold');
    await sleep(10_000);
    const before = await operator.metric('process_resident_memory_bytes');
    await createAll(namespace);
    await eventually('all have begun', async () => runner.begun >= COUNT, LIMIT_SECONDS);
    await sleep(10_000);
    const after = await operator.metric('process_resident_memory_bytes');

    await operator.end('SIGKILL');
    const restarted = performance.now();
    await operator.start();
    const name = await createExecution(namespace, 'core.local', { cmd: 'true' }, { control: 'cancel' });
    await ended(namespace, name);
    const reconcilingMs = performance.now() - restarted;

    const began = performance.now();
    release();
    await eventually('all results are taken', async () => runner.delivered >= COUNT, LIMIT_SECONDS);
    const perSecond = COUNT / ((performance.now() - began) / 1000);
    const share = (after - before) / COUNT;
    return [
      {
        what: `${COUNT} running executions with Job and pod (2 KiB parameters): memory over idle`,
        measured: `${mebibytes(after - before)}, ${(share / 1024).toFixed(0)} KiB each`,
        reference: `idle ${mebibytes(before)}`,
        budget: '≤ 15 KB each: 150 MB for 10 000',
        met: share <= 15e3,
      },
      {
        what: `${COUNT} running executions: killed, restart to first decision`,
        measured: seconds(reconcilingMs),
        budget: '≤ 5 s',
        met: reconcilingMs <= 5000,
      },
      {
        what: `${COUNT} results of 4 KiB posted at once by their pods: taken, and durable`,
        measured: `${perSecond.toFixed(0)}/s, ${await succeeded(namespace)} Succeeded`,
        budget: 'all',
        met: (await succeeded(namespace)) === COUNT,
      },
    ];
  } finally {
    release();
    await runner.close();
    await operator.leave();
    await removeNodes();
  }
}
