// packs/workflows.test.ts — the workflows of our packs, step by step: which tasks they ask for, with what, and what they end with.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Child, ChildStatus } from '../operator/domain/workflow/engine.ts';
import { openRun } from '../operator/domain/workflow/pinned.ts';
import type { Plain, Value } from '../operator/domain/expression/python/values.ts';

interface Metadata {
  readonly runner_type: 'orquesta' | 'action-chain';
  readonly entry_point: string;
  readonly parameters: Readonly<Record<string, { readonly default?: Value }>>;
}

/** What a task's action returns; a text makes it fail. */
type Answer = (child: Child) => Value;

/** Runs it to its end, task by task. */
function play(ref: string, given: Readonly<Record<string, Value>>, answer: Answer) {
  const [pack, name] = ref.split('.');
  const folder = `packs/${pack}/actions`;
  const metadata = parse(readFileSync(`${folder}/${name}.yaml`, 'utf8')) as Metadata;
  const defaults = Object.entries(metadata.parameters).map(([key, { default: value = null }]) => [key, value]);
  const definition = parse(readFileSync(`${folder}/${metadata.entry_point}`, 'utf8')) as Plain;
  const run = openRun(
    { ref, engine: metadata.runner_type, definition, parameters: {} },
    {
      parameters: { ...Object.fromEntries(defaults), ...given },
      context: { st2: { action_execution_id: 'e1', user: 'ann' }, parent: {} },
      uid: 'e1',
      executionOf: (key) => key,
    },
  );
  if (typeof run === 'string') throw new Error(run);
  const outside = { nowMs: 0, seed: 1, datastore: undefined };
  const asked: Child[] = [];
  const waiting = [...run.advance({ is: 'start' }, outside).children];
  for (let child = waiting.shift(); child !== undefined; child = waiting.shift()) {
    asked.push(child);
    const { key } = child;
    const result = answer(child);
    const status: ChildStatus = typeof result === 'string' ? 'failed' : 'succeeded';
    run.advance({ is: 'child', key, status: 'running', startedAtMs: 0 }, outside);
    waiting.push(...run.advance({ is: 'child', key, status, result, endedAtMs: 1 }, outside).children);
  }
  return { status: run.status, result: run.result(), asked, tasks: asked.map(({ task }) => task) };
}

/** Answers by task; what is not among them returns nothing. A list is answered one after the other. */
function answers(given: Readonly<Record<string, Value | readonly Value[]>>): Answer {
  const left = new Map(Object.entries(given).map(([task, value]) => [task, [value].flat() as Value[]]));
  return ({ task }) => {
    const values = left.get(task) ?? [];
    return (values.length > 1 ? values.shift() : values[0]) ?? {};
  };
}

const NO_DEPENDENCIES = { dependency_list: [], conflict_list: [], nested: 8 };
const inputsOf = (asked: readonly Child[], task: string) =>
  asked.filter((child) => child.task === task).map(({ input }) => input);

test('packs.install fetches what its packs depend on, and then finishes all of them together', () => {
  const { status, result, tasks, asked } = play(
    'packs.install',
    { packs: ['shop=1.0.0'] },
    answers({
      download_pack: [{ result: { shop: 'Success.' } }, { result: { mail: 'Success.' } }],
      make_a_prerun: [{ result: ['shop'] }, { result: ['shop', 'mail'] }],
      get_pack_dependencies: [
        { result: { dependency_list: ['mail'], conflict_list: [], nested: 9 } },
        { result: NO_DEPENDENCIES },
      ],
      get_pack_warnings: { result: { warning_list: ['shop: odd'] } },
    }),
  );
  const round = ['download_pack', 'make_a_prerun', 'get_pack_dependencies', 'check_dependency_and_conflict_list'];
  const end = ['install_pack_requirements', 'get_pack_warnings', 'register_pack'];
  expect(tasks).toEqual(['init_task', ...round, ...round, ...end]);
  expect(inputsOf(asked, 'download_pack')).toMatchObject([
    { packs: ['shop=1.0.0'], dependency_list: [], force: false, run: 'e1', timeout_seconds: 600 },
    { dependency_list: ['mail'], run: 'e1' },
  ]);
  expect(inputsOf(asked, 'register_pack')).toMatchObject([{ packs: ['shop', 'mail'], register: 'all' }]);
  expect([status, result]).toMatchObject([
    'succeeded',
    {
      output: {
        packs_list: ['shop', 'mail'],
        message: 'Successfully installed packs',
        conflict_list: [],
        warning_list: ['shop: odd'],
      },
    },
  ]);
});

test('packs.install leaves dependencies out when that is asked', () => {
  const { status, tasks } = play(
    'packs.install',
    { packs: ['shop'], skip_dependencies: true },
    answers({
      download_pack: { result: { shop: 'Success.' } },
      make_a_prerun: { result: ['shop'] },
      get_pack_warnings: { result: { warning_list: [] } },
    }),
  );
  expect([status, tasks.includes('get_pack_dependencies'), tasks.at(-1)]).toEqual([
    'succeeded',
    false,
    'register_pack',
  ]);
});

test('packs.install takes away what it has brought when versions conflict, and fails with the reason', () => {
  const conflict = 'pack "shop" needs "db=2.0.0", but version 1.0.0 of "db" is installed';
  const { status, result, tasks, asked } = play(
    'packs.install',
    { packs: ['shop'] },
    answers({
      download_pack: { result: { shop: 'Success.' } },
      make_a_prerun: { result: ['shop'] },
      get_pack_dependencies: { result: { dependency_list: ['x'], conflict_list: [conflict], nested: 9 } },
    }),
  );
  expect([status, tasks.at(-1)]).toEqual(['failed', 'delete_packs']);
  expect(inputsOf(asked, 'delete_packs')).toMatchObject([{ packs: ['shop'], run: 'e1' }]);
  expect(result).toMatchObject({
    output: { conflict_list: [conflict], message: expect.stringContaining('skip_dependencies') },
  });
});

test('packs.uninstall takes packs out of use before it deletes them', () => {
  // A chain hands on text; the parameter's type makes a list of it.
  const { status, asked } = play('packs.uninstall', { packs: ['shop', 'mail'] }, answers({}));
  expect(status).toBe('succeeded');
  expect(asked.map(({ action, input }) => [action, input])).toEqual([
    ['packs.unload', { packs: "['shop', 'mail']" }],
    ['packs.delete', { packs: "['shop', 'mail']" }],
  ]);
});

const ORDER = {
  customer: 'Ann',
  lines: [
    { article: 'book', count: 2 },
    { article: 'pen', count: 1 },
  ],
};

test('examples.ship_order adds up, forks, joins, and tells what was shipped', () => {
  const { status, result, asked } = play('examples.ship_order', { order: ORDER }, ({ task, input, item }) => {
    if (task === 'add_up') return { result: { total: '40.08' } };
    if (task === 'write_letter') return { result: { greeting: `Hello, ${input['name'] as string}!` } };
    return { stdout: task === 'ship' ? (input['cmd'] ?? '') : `line ${item}` };
  });
  expect([status, asked.length]).toEqual(['succeeded', 5]);
  expect(inputsOf(asked, 'pack_lines')).toEqual([{ cmd: 'echo "2 x book"' }, { cmd: 'echo "1 x pen"' }]);
  expect(result).toMatchObject({
    output: { letter: 'Hello, Ann!', parcels: ['line 0', 'line 1'], shipped: 'echo "2 parcels, 40.08 EUR"' },
  });
});

test('examples.ship_order fails with the reason when there is nothing to ship', () => {
  const { status, tasks } = play('examples.ship_order', { order: {} }, () => 'The order has no lines');
  expect([status, tasks]).toEqual(['failed', ['add_up']]);
});

test('examples.greet_twice and linux.diag_loadavg hand on what they were given', () => {
  const greeted = play(
    'examples.greet_twice',
    { name: 'Ann' },
    answers({ first: { result: { greeting: 'Hello, Ann!' } } }),
  );
  expect(greeted.asked.map(({ input }) => input)).toEqual([
    { name: 'Ann' },
    { cmd: "echo 'Hello, Ann! Again, by a chain.'" },
  ]);
  const looked = play('linux.diag_loadavg', { hostname: 'web-1' }, answers({}));
  expect(looked.asked.map(({ action, input }) => [action, input['hosts']])).toEqual([
    ['linux.check_loadavg', 'web-1'],
    ['linux.vmstat', 'web-1'],
    ['core.remote', 'web-1'],
  ]);
});
