// operator/controllers/execution-sweep.test.ts — the sweep finds Executions whose watch events were lost, and leaves alone what waits.
import { expect, test } from 'vitest';
import { action, at, execution, iso } from '../domain/execution/builders.setup.ts';
import { WorkQueue } from '../kube/queue.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { JOB, log, scene } from './execution.setup.ts';
import { sweep } from './execution.ts';

test('the sweep finds what a lost watch event has hidden, counts it, and looks at it', async () => {
  const { sources, look, api } = scene(action(), execution());
  const metrics = createMetrics({ version: 'test' });
  const queue = new WorkQueue();
  const options = { sources, queue, metrics, log };
  // The watch event of the Execution reached the store, but its key never reached the queue.
  expect(sweep(options, at(29))).toBe(0);
  expect(sweep(options, at(30))).toBe(1);
  expect((await metrics.sweptExecutions.get()).values[0]?.value).toBe(1);
  for await (const key of queue) {
    expect(key).toBe('prod/e');
    break;
  }
  await look(31);
  expect(api.object(JOB)).toBeDefined();
  expect(sweep(options, at(300))).toBe(0);
});

test('the sweep finds one that runs and has lost its Job unseen', () => {
  const running = scene(execution({}, { phase: 'Running', startedAt: iso(5), job: { name: 'e-1', uid: 'j-uid-1' } }));
  const options = { queue: new WorkQueue(), metrics: createMetrics({ version: 'test' }), log };
  expect(sweep({ ...options, sources: running.sources }, at(34))).toBe(0);
  expect(sweep({ ...options, sources: running.sources }, at(36))).toBe(1);
});

test('the sweep leaves alone what waits for its retry or has ended', () => {
  const delayed = scene(execution({}, { phase: 'Delayed', attempt: 2, notBefore: iso(500) }));
  const options = { queue: new WorkQueue(), metrics: createMetrics({ version: 'test' }), log };
  expect(sweep({ ...options, sources: delayed.sources }, at(520))).toBe(0);
  expect(sweep({ ...options, sources: delayed.sources }, at(531))).toBe(1);
  expect(
    sweep({ ...options, sources: scene(execution({}, { phase: 'Failed', endedAt: iso(1) })).sources }, at(531)),
  ).toBe(0);
});
