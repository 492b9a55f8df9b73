// operator/controllers/workflow-run-rerun-made.test.ts — whatever a run goes on from, each task and item is made once.
import { expect, test } from 'vitest';
import { from, made, ONE, PICKY, requestOf } from './workflow-run-rerun.setup.ts';
import { ends, operator, run, server, statusOf } from './workflow-run.setup.ts';

const ITEMS = {
  a: { with: '<% list(good, ctx(word)) %>', action: 'acme.picky', input: { word: '<% item() %>' } },
};

test.each([
  ['without reset', { tasks: ['a'] }],
  ['with reset', { tasks: ['a'], reset: ['a'] }],
  ['of what failed', {}],
])('an item that was never made runs once: rerun %s', async (_, rerun) => {
  const api = server(ONE(ITEMS), PICKY, run('run', { request: requestOf('bad') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  api.put(from('again', 'good', rerun));
  await ends(api, 'Succeeded', 'again');
  expect(await made(api)).toEqual(['again a/0/1/0 Succeeded', 'again a/0/1/1 Succeeded']);
  expect(statusOf(api, 'again')?.workflow?.tasks).toEqual({ running: 0, succeeded: 2, failed: 1 });
  one.stop();
});

test('what was never made beside the failure is made by each rerun under names of its own', async () => {
  const tasks = { a: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } }, b: { action: 'core.noop' } };
  const api = server(ONE(tasks), PICKY, run('run', { request: requestOf('bad') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(await made(api)).toEqual([]);
  for (const name of ['left', 'right']) {
    api.put(from(name, 'good', { tasks: ['a'] }));
    await ends(api, 'Succeeded', name);
  }
  expect(await made(api)).toEqual(
    ['left', 'right'].flatMap((name) => [`${name} a/0/1 Succeeded`, `${name} b/0/0 Succeeded`]),
  );
  one.stop();
});

test('what a task led to that runs again is not made beside what it leads to now', async () => {
  const tasks = {
    a: { action: 'core.noop', next: [{ do: ['b', 'c'] }] },
    b: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } },
    c: { with: '<% list(1, 2) %>', action: 'core.noop', next: [{ do: 'd' }] },
    d: { action: 'core.noop' },
  };
  const api = server(ONE(tasks), PICKY, run('run', { request: requestOf('bad') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  api.put(from('again', 'good', { tasks: ['a'] }));
  await ends(api, 'Succeeded', 'again');
  const again = (await made(api)).filter((line) => line.startsWith('again'));
  expect(again.map((line) => line.split('/')[0])).toEqual(['again a', 'again b', 'again c', 'again c', 'again d']);
  one.stop();
});

/** Numbers that are the same in every run of the test. */
const numbers = (seed: number) => (below: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};

test.each(Array.from({ length: 25 }, (_, i) => [i + 1]))(
  'random workflow %i comes to its end by a rerun',
  async (seed) => {
    const pick = numbers(seed * 7919);
    const names = ['t0', 't1', 't2', 't3', 't4'].slice(0, 2 + pick(4));
    const tasks = Object.fromEntries(
      names.map((name, i) => {
        const word = ['good', '<% ctx(word) %>'][pick(2)];
        const items = pick(3) === 0 ? { with: `<% list(good, ctx(word), good) %>` } : {};
        const input = { word: 'with' in items ? '<% item() %>' : word };
        const next = names.slice(i + 1).filter(() => pick(3) === 0);
        const isDelayed = pick(5) === 0;
        const task = { ...items, action: 'acme.picky', input, ...(isDelayed && { delay: 1 }) };
        return [name, { ...task, ...(next.length > 0 && { next: [{ when: '<% succeeded() %>', do: next }] }) }];
      }),
    );
    const api = server(ONE(tasks), PICKY, run('run', { request: requestOf('bad') }));
    const one = await operator(api);
    await expect.poll(() => statusOf(api)?.phase, { timeout: 10_000 }).toMatch(/Succeeded|Failed/);
    if (statusOf(api)?.phase === 'Failed') {
      await expect.poll(async () => (await made(api)).filter((line) => line.endsWith('undefined'))).toEqual([]);
      api.put(from('again', 'good', pick(2) === 0 ? {} : { reset: names }));
      await ends(api, 'Succeeded', 'again');
    }
    const children = await made(api);
    const keys = children.map((line) => line.split(' ')[1]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(children.filter((line) => !line.endsWith('Succeeded'))).toEqual([]);
    one.stop();
  },
);
