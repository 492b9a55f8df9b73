// operator/domain/workflow/mistral/attempts.test.ts — what is left of an attempt when the next one has begun: it counts for nothing.
import { expect, test } from 'vitest';
import { playWorkflow } from './play.setup.ts';

const items = (more: string): string => `tasks:\n  t: {with-items: 'i in <% [1, 2, 3] %>', action: p.a, ${more}}\n`;
const RETRY = 'timeout: 5, retry: {count: 1, delay: 0}';

/** Time for the task to be late. */
const late = (played: ReturnType<typeof playWorkflow>): void => {
  for (let at = 0; at < 5; at++) played.enter({ is: 'request', request: 'resume' });
};

test('items that are late together are retried, and the retry is judged by its own items', () => {
  const played = playWorkflow(`output: {r: <% task(t).result %>}\n${items(RETRY)}`);
  late(played);
  for (const at of [0, 1, 2]) played.end(`t/1/${at}`, 'late', 'timedOut');
  expect(played.keys()).toEqual(['t/2/0', 't/2/1', 't/2/2']);
  played.endAll(({ item }) => item);
  expect([played.run.status, played.output()]).toEqual(['succeeded', { r: [0, 1, 2] }]);
});

test('an item of the attempt before that ends last ends nothing', () => {
  const played = playWorkflow(items(RETRY));
  late(played);
  played.end('t/1/0', 'late', 'timedOut');
  for (const at of [0, 1, 2]) played.end(`t/2/${at}`, at);
  expect([played.run.status, played.states()['t']]).toEqual(['running', 'SUCCESS']);
  played.enter({ is: 'child', key: 't/1/1', status: 'paused' });
  played.enter({ is: 'child', key: 't/1/1', status: 'running' });
  played.end('t/1/1', 'late');
  expect(played.end('t/1/2', 'late', 'canceled').status).toBe('succeeded');
  expect(played.run.result()['tasks']).toMatchObject([{ state: 'SUCCESS', result: [0, 1, 2] }]);
});

test('items that were put off by a pause are not begun for an attempt that is over', () => {
  const played = playWorkflow(items(`concurrency: 2, ${RETRY}`));
  late(played);
  played.enter({ is: 'request', request: 'pause' });
  played.end('t/1/0');
  played.end('t/1/1', 'late', 'timedOut');
  played.enter({ is: 'request', request: 'resume' });
  expect(played.keys()).toEqual(['t/2/0', 't/2/1']);
  played.endAll();
  expect(played.run.status).toBe('succeeded');
});

test('items that end in the wait after a task do not cut it short', () => {
  const played = playWorkflow(items('wait-after: 3, timeout: 5, on-error: noop'));
  late(played);
  for (const at of [0, 1, 2]) played.end(`t/1/${at}`, 'late', 'timedOut');
  expect([played.states()['t'], played.keys()]).toEqual(['DELAYED', ['t/1/after']]);
  played.end('t/1/after');
  expect(played.states()['t']).toBe('ERROR');
});

test('a canceled item ends its task as canceled, also when that waits before', () => {
  const played = playWorkflow(items('wait-after: 3'));
  played.end('t/1/0', null, 'canceled');
  played.end('t/1/1');
  played.end('t/1/2');
  played.end('t/1/after');
  expect([played.run.status, played.states()['t']]).toEqual(['canceled', 'CANCELLED']);
});

test('a wait that is canceled after its run failed is over: a rerun can go on', () => {
  const played = playWorkflow(
    'tasks:\n  a: {action: p.a, wait-after: 3}\n  b: {action: p.b, on-success: [fail]}\n  c: {action: p.c}\n',
  );
  played.end('a/1');
  played.end('c/1', null, 'failed');
  played.end('b/1');
  expect(played.end('a/1/after', null, 'canceled').status).toBe('failed');
  played.enter({ is: 'rerun' });
  played.endAll();
  expect(played.run.status).toBe('succeeded');
});
