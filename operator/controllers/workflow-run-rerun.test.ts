// operator/controllers/workflow-run-rerun.test.ts — a run goes on from another's tasks with changed parameters: what was done stands, if it would have been done.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import type { Draft } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { childrenOf, draft, ends, NEVER, operator, PATH, run, server, statusOf } from './workflow-run.setup.ts';

const PICKY = draft(
  'Action',
  'acme.picky',
  ActionSpec.parse({ runner: 'noop', parameters: { word: { type: 'string', enum: ['good', 'fine'] } } }),
);
const DEFINITION = {
  version: 1,
  input: ['word', 'way'],
  vars: [{ kept: '-' }],
  tasks: {
    a: {
      action: 'core.noop',
      next: [
        { when: "<% ctx(way) = 'left' %>", publish: [{ kept: '<% ctx(word) %>' }], do: 'b' },
        { when: "<% ctx(way) = 'right' %>", do: 'c' },
      ],
    },
    b: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } },
    c: { action: 'core.noop' },
  },
  output: [{ kept: '<% ctx(kept) %>' }],
};
const WORKFLOW = draft(
  'Workflow',
  'acme.w',
  WorkflowSpec.parse({ engine: 'orquesta', definition: DEFINITION, parameters: { word: {}, way: {} } }),
);
const parametersOf = (word: string, way: string) => ({ action: 'acme.w', parameters: { word, way } });
const again = (name: string, word: string, way: string, rerun: object = { tasks: ['b'] }, rerunOf = 'run') =>
  run(name, { request: { ...parametersOf(word, way), rerun, cause: { rerunOf } } });

test('tasks are run again with other parameters, and only they', async () => {
  const api = server(WORKFLOW, PICKY, run('run', { request: parametersOf('bad', 'left') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  api.put(again('again', 'good', 'left'));
  await ends(api, 'Succeeded', 'again');
  expect(statusOf(api, 'again')?.result).toEqual({ output: { kept: 'good' } });
  const made = (await childrenOf(api)).filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === 'again');
  expect(made.map(({ spec }) => (spec as { request: { parameters: unknown } }).request.parameters)).toEqual([
    { word: 'good' },
  ]);
  api.put(again('failed-ones', 'good', 'left', {}));
  await ends(api, 'Succeeded', 'failed-ones');
  api.put(again('once-more', 'fine', 'left', { tasks: ['b'] }, 'again'));
  await ends(api, 'Succeeded', 'once-more');
  expect(statusOf(api, 'once-more')?.result).toEqual({ output: { kept: 'fine' } });
  one.stop();
});

test('parameters with which it would have gone another way are refused', async () => {
  const api = server(WORKFLOW, PICKY, run('run', { request: parametersOf('bad', 'left') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  for (const [name, way] of [
    ['other', 'right'],
    ['nowhere', 'up'],
  ] as const) {
    api.put(again(name, 'good', way));
    await ends(api, 'Failed', name);
    expect(statusOf(api, name)).toMatchObject({
      reason: 'WorkflowInvalid',
      message:
        'spec.request.parameters: with these Execution "run" would not have come to the same tasks; change others, or run it again as a whole',
    });
  }
  one.stop();
});

test('who asks again is another one: that is refused only where the way depended on it', async () => {
  const tasks = {
    a: {
      action: 'core.noop',
      next: [
        { when: "<% ctx().st2.user = 'ann' %>", do: 'b' },
        { when: "<% ctx().st2.user != 'ann' %>", do: 'c' },
      ],
    },
    b: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } },
    c: { action: 'core.noop' },
  };
  const asked = (user: string, more: object = {}) => ({ request: { ...requestOf('bad'), context: { user }, ...more } });
  const api = server(ONE(tasks), PICKY, run('run', asked('ann')));
  const one = await operator(api);
  await ends(api, 'Failed');
  const rerun = { rerun: { tasks: ['b'] }, cause: { rerunOf: 'run' } };
  api.put(run('by-bob', asked('bob', rerun)));
  await ends(api, 'Failed', 'by-bob');
  expect(statusOf(api, 'by-bob')).toMatchObject({
    reason: 'WorkflowInvalid',
    message:
      'spec.request.context: in this name Execution "run" would not have come to the same tasks; run it again as a whole',
  });
  api.put(run('by-ann', { request: { ...requestOf('good'), context: { user: 'ann' }, ...rerun } }));
  await ends(api, 'Succeeded', 'by-ann');
  one.stop();
});

test('a Workflow that is disabled is not gone on with either', async () => {
  const tasks = { b: { action: 'acme.picky', input: { word: '<% ctx(word) %>' } } };
  const api = server(ONE(tasks), PICKY, run('run', { request: requestOf('bad') }));
  const one = await operator(api);
  await ends(api, 'Failed');
  const off = ONE(tasks);
  api.put({ ...off, spec: { ...(off.spec as object), enabled: false } });
  await expect.poll(() => one.workflows.get('default/acme.w')?.spec.enabled).toBe(false);
  api.put(from('again', 'good', { tasks: ['b'] }));
  await ends(api, 'Failed', 'again');
  expect(statusOf(api, 'again')).toMatchObject({
    reason: 'WorkflowDisabled',
    message: 'Unable to execute. Workflow "acme.w" is disabled. Set spec.enabled of Workflow acme.w to true',
  });
  one.stop();
});

const ONE = (tasks: object, output: readonly object[] = []) =>
  draft(
    'Workflow',
    'acme.w',
    WorkflowSpec.parse({
      engine: 'orquesta',
      definition: { version: 1, input: ['word'], vars: [{ said: '-' }], tasks, ...(output.length > 0 && { output }) },
      parameters: { word: { type: 'string' } },
    }),
  );
const requestOf = (word: string) => ({ action: 'acme.w', parameters: { word } });
const from = (name: string, word: string, rerun: object, rerunOf = 'run') =>
  run(name, { request: { ...requestOf(word), rerun, cause: { rerunOf } } });
/** Of all children: whose, which, and how it ended. */
const made = async (api: ReturnType<typeof server>) =>
  (await childrenOf(api))
    .map(
      ({ metadata, status }) =>
        `${metadata.ownerReferences?.[0]?.name} ${metadata.annotations?.['squall.dev/task-key']} ${(status as { phase?: string } | undefined)?.phase}`,
    )
    .sort();
/** The child of that key ends, once it is there. */
async function finish(api: ReturnType<typeof server>, key: string, phase: string): Promise<void> {
  const found = async () =>
    (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task-key'] === key);
  await expect.poll(found, { timeout: 5000 }).toBeDefined();
  const child = await found();
  const at = new Date().toISOString();
  api.put({ ...child, status: { phase, attempt: 1, startedAt: at, endedAt: at, result: { stdout: 'x' } } } as Draft);
}

/** `a` fails while `b` is under way, and leads to `c`. */
async function failedBeside(): Promise<{ api: ReturnType<typeof server>; stop: () => void; b: string }> {
  const tasks = {
    a: { action: 'acme.never' },
    b: { action: 'acme.never', next: [{ publish: [{ said: '<% result().stdout %>' }], do: 'c' }] },
    c: { action: 'core.noop' },
  };
  const api = server(ONE(tasks, [{ said: '<% ctx(said) %>' }]), NEVER, run('run', { request: requestOf('w') }));
  const one = await operator(api);
  await expect.poll(async () => (await childrenOf(api)).length).toBe(2);
  await finish(api, 'a/0/0', 'Failed');
  await ends(api, 'Failed');
  const b = (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 'b');
  return { api, stop: () => one.stop(), b: b?.metadata.name ?? '' };
}

test('what ended after its run had failed is taken in by a rerun, and not run again', async () => {
  const { api, stop } = await failedBeside();
  await finish(api, 'b/0/0', 'Succeeded');
  api.put(from('again', 'w', { tasks: ['a'] }));
  await finish(api, 'a/0/1', 'Succeeded');
  await ends(api, 'Succeeded', 'again');
  expect(statusOf(api, 'again')?.result).toEqual({ output: { said: 'x' } });
  expect(await made(api)).toEqual([
    'again a/0/1 Succeeded',
    'again c/0/0 Succeeded',
    'run a/0/0 Failed',
    'run b/0/0 Succeeded',
  ]);
  stop();
  const two = await operator(api);
  api.put(from('third', 'w', { tasks: ['c'] }, 'again'));
  await ends(api, 'Succeeded', 'third');
  expect(statusOf(api, 'third')?.result).toEqual({ output: { said: 'x' } });
  expect(await made(api)).toHaveLength(5);
  two.stop();
});

/** As `failedBeside`, with a rerun that waits for `b`. */
async function waiting() {
  const started = await failedBeside();
  const { api } = started;
  api.put(from('again', 'w', { tasks: ['a'] }));
  await expect.poll(() => statusOf(api, 'again')?.reason, { timeout: 5000 }).toBe('RerunWaits');
  return started;
}

test('a run of which something is still under way is gone on with when that has ended', async () => {
  const { api, stop, b } = await waiting();
  expect(statusOf(api, 'again')).toMatchObject({
    phase: 'Requested',
    message: `it goes on when Execution "${b}" has ended: task "b" of Execution "run" is still under way. Wait, or cancel it: squall execution cancel ${b}`,
  });
  expect(statusOf(api, 'again')?.workflow).toBeUndefined();
  expect(await made(api)).toHaveLength(2);
  await finish(api, 'b/0/0', 'Succeeded');
  await finish(api, 'a/0/1', 'Succeeded');
  await ends(api, 'Succeeded', 'again');
  expect(statusOf(api, 'again')?.result).toEqual({ output: { said: 'x' } });
  expect(await made(api)).toEqual([
    'again a/0/1 Succeeded',
    'again c/0/0 Succeeded',
    'run a/0/0 Failed',
    'run b/0/0 Succeeded',
  ]);
  stop();
});

test('one that waits outlives the operator, and all that wait for the same go on', async () => {
  const { api, stop } = await waiting();
  stop();
  const two = await operator(api);
  api.put(from('third', 'w', { tasks: ['a'] }));
  await expect.poll(() => statusOf(api, 'third')?.reason, { timeout: 5000 }).toBe('RerunWaits');
  await finish(api, 'b/0/0', 'Succeeded');
  const running = ['again', 'third'].map((name) =>
    expect.poll(() => statusOf(api, name)?.phase, { timeout: 5000 }).toBe('Running'),
  );
  await Promise.all(running);
  expect((await made(api)).filter((line) => line.includes(' b/'))).toEqual(['run b/0/0 Succeeded']);
  two.stop();
});

test('one that waits can be canceled, and makes nothing', async () => {
  const { api, stop } = await waiting();
  const object = api.object(`${PATH}/again`);
  api.put({ ...object, spec: { ...(object?.spec as object), control: 'cancel' } } as Draft);
  await ends(api, 'Canceled', 'again');
  await finish(api, 'b/0/0', 'Succeeded');
  expect(await made(api)).toHaveLength(2);
  stop();
});

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
