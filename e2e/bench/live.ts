// e2e/bench/live.ts — 10 000 Executions in the cache: what they cost in memory, and how soon a restarted operator reconciles.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionStatus } from '../../operator/api/execution.ts';
import { Execution } from '../../operator/api/kinds.ts';
import { collectionPath, objectPath } from '../../operator/kube/paths.ts';
import { loadTransport } from '../../operator/kube/transport.ts';
import { OperatorProcess } from '../chaos/operator-process.ts';
import { createExecution, ended, eventually, ours, stage } from '../harness.ts';
import { type Figure, mebibytes, seconds } from './figures.ts';

const COUNT = 10_000;

async function fill(namespace: string, kubeconfig: string): Promise<void> {
  // As the operator: only it may say how an Execution ended.
  const api = await loadTransport({ kubeconfig });
  const status: ExecutionStatus = {
    phase: 'Succeeded',
    attempt: 1,
    reason: 'ActionSucceeded',
    endedAt: new Date().toISOString(),
    duration: '1.2s',
    result: { stdout: 'y'.repeat(4000), stderr: '', return_code: 0, succeeded: true, failed: false },
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < COUNT; index = next++) {
      const name = `live-${index}`;
      const request = { action: 'core.local', parameters: { cmd: `true ${'x'.repeat(2000)}` } };
      const created = await api.create(
        collectionPath(Execution, namespace),
        ours('Execution', namespace, name, { request, control: 'cancel' }),
      );
      await api.replaceStatus(objectPath(Execution, namespace, name), { ...created, status });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  await api.close();
}

/** With the operator as a process of this machine, under the installed one's account. */
export async function live(namespace: string): Promise<Figure[]> {
  const operator = new OperatorProcess(stage);
  await operator.take();
  try {
    await operator.start();
    await sleep(10_000);
    const before = await operator.metric('process_resident_memory_bytes');
    await operator.end('SIGTERM');
    await fill(namespace, operator.kubeconfig);
    const began = performance.now();
    await operator.start();
    const readyMs = performance.now() - began;
    const name = await createExecution(namespace, 'core.local', { cmd: 'true' }, { control: 'cancel' });
    await ended(namespace, name);
    const reconcilingMs = performance.now() - began;
    await eventually('all are in the cache', async () => (await operator.metric('squall_executions')) >= COUNT);
    await sleep(15_000);
    const after = await operator.metric('process_resident_memory_bytes');
    return [
      {
        what: `${COUNT} live executions (2 KiB parameters, 4 KiB results): memory over idle`,
        measured: mebibytes(after - before),
        reference: `idle ${mebibytes(before)}`,
        budget: '≤ 150 MB',
        met: after - before <= 150e6,
      },
      {
        what: `${COUNT} live executions: restart to reconciling`,
        measured: `ready ${seconds(readyMs)}, first decision ${seconds(reconcilingMs)}`,
        budget: '≤ 5 s',
        met: reconcilingMs <= 5000,
      },
    ];
  } finally {
    await operator.leave();
  }
}
