// operator/kube/queue.test.ts — one worker per key, delays, backoff, and turns of namespaces.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkQueue } from './queue.ts';
import type { Key } from './store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes what is ready now, giving each key back at once. */
async function drain(queue: WorkQueue): Promise<Key[]> {
  const taken: Key[] = [];
  const iterator = queue[Symbol.asyncIterator]();
  while (queue.depth > 0) {
    const { value } = await iterator.next();
    taken.push(value);
    queue.done(value);
  }
  return taken;
}
async function take(queue: WorkQueue): Promise<Key> {
  return (await queue[Symbol.asyncIterator]().next()).value;
}

test('a key is in the hands of one worker at a time, and a change while it is looked at causes one more look', async () => {
  const queue = new WorkQueue();
  let active = 0;
  let most = 0;
  let runs = 0;
  const work = async () => {
    for await (const key of queue) {
      active += 1;
      most = Math.max(most, active);
      runs += 1;
      await vi.advanceTimersByTimeAsync(10);
      active -= 1;
      queue.done(key);
    }
  };
  const workers = [work(), work(), work()];
  for (let i = 0; i < 50; i++) queue.add('a/x');
  await vi.advanceTimersByTimeAsync(1);
  for (let i = 0; i < 100; i++) queue.add('a/x');
  await vi.advanceTimersByTimeAsync(100);
  queue.close();
  await Promise.all(workers);
  expect([most, runs]).toEqual([1, 2]);
});

test('of two delays the earlier wins', async () => {
  const queue = new WorkQueue();
  queue.addAfter('a/x', 5_000);
  queue.addAfter('a/x', 1_000);
  queue.addAfter('a/x', 3_000);
  vi.advanceTimersByTime(999);
  expect(queue.depth).toBe(0);
  vi.advanceTimersByTime(1);
  expect(await drain(queue)).toEqual(['a/x']);
  vi.advanceTimersByTime(10_000);
  expect(queue.depth).toBe(0);
});

test('a look forgets the delay that was pending', async () => {
  const queue = new WorkQueue();
  queue.addAfter('a/x', 1_000);
  queue.add('a/x');
  expect(await drain(queue)).toEqual(['a/x']);
  vi.advanceTimersByTime(2_000);
  expect(queue.depth).toBe(0);
});

test('a wait of months does not overflow the timer', () => {
  const queue = new WorkQueue();
  queue.addAfter('a/x', 90 * 86_400_000);
  vi.advanceTimersByTime(86_400_000);
  expect(queue.depth).toBe(0);
});

test('failures back off up to the limit, and success forgets them', async () => {
  const queue = new WorkQueue({ baseMs: 100, maxMs: 400 });
  const waits: number[] = [];
  const failAndWait = async () => {
    queue.failed(await take(queue));
    let ms = 0;
    for (; queue.depth === 0 && ms < 10_000; ms += 1) vi.advanceTimersByTime(1);
    waits.push(ms);
  };
  queue.add('a/x');
  for (let i = 0; i < 5; i++) await failAndWait();
  for (const [i, most] of [100, 200, 400, 400, 400].entries()) {
    expect(waits[i]).toBeGreaterThanOrEqual(most / 2);
    expect(waits[i]).toBeLessThanOrEqual(most + 1);
  }
  queue.done(await take(queue));
  queue.add('a/x');
  await failAndWait();
  expect(waits.at(-1)).toBeLessThanOrEqual(101);
});

test('a key that fails and has changed meanwhile still waits, but not long', async () => {
  const queue = new WorkQueue({ baseMs: 100, maxMs: 300_000 });
  for (let i = 0; i < 12; i++) {
    queue.add('a/x');
    queue.failed(await take(queue));
  }
  queue.add('a/x');
  const key = await take(queue);
  queue.add('a/x');
  queue.failed(key);
  expect(queue.depth).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(queue.depth).toBe(1);
});

test('one namespace with a flood of keys does not keep the others waiting', async () => {
  const queue = new WorkQueue();
  for (let i = 0; i < 100; i++) queue.add(`flood/${i}`);
  queue.add('quiet/1');
  queue.add('quiet/2');
  const order = await drain(queue);
  expect(order).toHaveLength(102);
  expect(order.indexOf('quiet/1')).toBeLessThan(3);
  expect(order.indexOf('quiet/2')).toBeLessThan(5);
});

test('a closed queue sends its workers home and takes nothing in', async () => {
  const queue = new WorkQueue();
  const asleep = queue[Symbol.asyncIterator]().next();
  queue.addAfter('a/y', 10);
  queue.close();
  queue.add('a/x');
  vi.advanceTimersByTime(100);
  expect(await asleep).toEqual({ done: true, value: undefined });
  expect(queue.depth).toBe(0);
});
