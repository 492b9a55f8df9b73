// operator/domain/workflow/orquesta/items.test.ts — how the items of a task stand.
import { expect, test } from 'vitest';
import { Items } from './items.ts';
import type { Status } from './statuses.ts';

const itemsOf = (...statuses: readonly Status[]): Items => {
  const items = new Items(statuses.length);
  for (const [at, status] of statuses.entries()) if (status !== 'null') items.set(at, status);
  return items;
};

test.each<[readonly Status[], string]>([
  [['succeeded', 'running', 'paused'], 'active incomplete'],
  [['succeeded', 'paused', 'canceled', 'failed'], 'idle paused'],
  [['succeeded', 'pending', 'canceled'], 'idle paused'],
  [['succeeded', 'canceled', 'failed'], 'idle canceled'],
  [['succeeded', 'timeout', 'null'], 'idle failed'],
  [['succeeded', 'null'], 'idle incomplete'],
  [['running', 'succeeded'], 'idle completed'],
  [['failed'], 'idle completed'],
])('beside the first of %o: %s', (statuses, state) => {
  expect(itemsOf(...statuses).others(0)).toBe(state);
});

test('the next to run are those without a status, at most so many', () => {
  const items = itemsOf('succeeded', 'null', 'running', 'null', 'null');
  expect(items.notRun(2)).toEqual([1, 3]);
  expect(items.notRun(9)).toEqual([1, 3, 4]);
  expect(items.notRun(0)).toEqual([]);
});

test.each<[boolean, readonly number[]]>([
  [false, [1, 2]],
  [true, [0, 1, 2, 3]],
])('a reset (of everything: %s) lets %o run again', (everything, again) => {
  const items = itemsOf('succeeded', 'failed', 'abandoned', 'canceled');
  expect(items.notRun(9)).toEqual([]);
  items.reset(everything);
  expect(items.notRun(9)).toEqual(again);
});

test('there is no item beyond the last', () => {
  expect(() => new Items(1).set(1, 'running')).toThrow('list assignment index out of range');
});
