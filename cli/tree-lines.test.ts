// cli/tree-lines.test.ts — trees of Executions as text.
import { expect, test } from 'vitest';
import type { Execution } from '../operator/api/kinds.ts';
import type { WorkflowEngine } from '../operator/api/workflow.ts';
import { linesOf } from './tree-lines.ts';
import { treeOf } from './tree-model.ts';
import { execution, NOW, step, workflowState } from './tree.setup.ts';
import { fitted } from './tree.ts';

interface Shown {
  readonly engine?: WorkflowEngine | undefined;
  readonly all?: boolean;
  readonly colour?: boolean;
}

function shown(root: Execution, all: readonly Execution[], { engine, all: lists = false, colour = false }: Shown = {}) {
  const screen = { out: () => undefined, err: () => undefined, colour };
  return linesOf(
    treeOf(root, all, () => engine),
    { screen, now: NOW, all: lists },
  ).map(({ text }) => text);
}

const ended = (duration: string) => ({ duration, endedAt: '2026-01-31T12:01:00Z' });

test('tasks with their actions, visits, attempts, durations, and why they failed', () => {
  const root = execution('ship', 'Failed', {
    action: 'shop.ship',
    status: {
      ...ended('1m'),
      reason: 'WorkflowFailed',
      message: 'the workflow failed; see status.result',
      result: { errors: [{ message: 'Execution failed.', task_id: 'send' }, { message: 'two' }] },
      ...workflowState('ship-1'),
    },
  });
  const failed = { status: { ...ended('3s'), reason: 'ActionFailed', message: 'exit code 1', attempt: 2 } };
  const all = [
    step(root, 'send', 'send/0/1', 'TimedOut', { from: 9, status: { ...ended('4s'), message: 'too\nlong\u001b[2J' } }),
    step(root, 'send', 'send/0/0', 'Failed', { from: 5, ...failed }),
    step(root, 'pack', 'pack/0/0', 'Succeeded', { from: 1, status: ended('2s') }),
    step(execution('other', 'Running'), 'x', 'x/0/0', 'Running'),
  ];
  expect(shown(root, all, { engine: 'orquesta' })).toEqual([
    '✗ ship  shop.ship  Failed  1m  WorkflowFailed: send: Execution failed. (and 1 more)',
    '├─ ✓ pack  core.local  Succeeded  2s',
    '├─ ✗ send  core.local  Failed  attempt 2  3s  ActionFailed: exit code 1',
    '└─ ✗ send (visit 2)  core.local  TimedOut  4s  too long [2J',
  ]);
});

test('the live edge: what runs, what waits, what is not made yet, with the way to it', () => {
  const root = execution('ship', 'Running', {
    action: 'shop.ship',
    status: workflowState('r', { running: 4, succeeded: 1, failed: 1 }, ['0 start', '5 0i "no such parameter"']),
  });
  const inner = step(root, 'deploy', 'deploy/0/0', 'Running', {
    action: 'shop.deploy',
    from: 2,
    status: workflowState('d'),
  });
  const all = [
    step(root, 'build', 'build/0/0', 'Succeeded', { from: 1, status: ended('9s') }),
    inner,
    step(inner, 'copy', 'copy/0/0', 'Delayed', {
      from: 300,
      status: { notBefore: '2026-01-31T12:11:00Z', startedAt: undefined },
    }),
    step(inner, 'ping', 'ping/0/0', 'Running', { from: 301 }),
    step(root, 'ask', 'ask/0/0', 'Paused', { from: 4 }),
  ];
  expect(shown(root, all, { engine: 'orquesta' })).toEqual([
    '▶ ship  shop.ship  Running  10m',
    '├─ ✓ build  core.local  Succeeded  9s',
    '├─ ▶ deploy  shop.deploy  Running  9m58s',
    '│  ├─ ○ copy  core.local  Delayed  5m  not before 2026-01-31T12:11:00Z',
    '│  └─ ▶ ping  core.local  Running  4m59s',
    '├─ ‖ ask  core.local  Paused  9m56s',
    '└─ ○ 2 more asked for, waiting for their time',
    '',
    'Now: 1 running 1 waiting 1 paused',
    '  ○ deploy › copy  Delayed  5m  not before 2026-01-31T12:11:00Z',
    '  ▶ deploy › ping  Running  4m59s',
    '  ‖ ask  Paused  9m56s',
  ]);
});

test('what was given up before it was made, or deleted, waits for nothing', () => {
  const journal = ['0 start', '900 1F', '5000 cancel', '5000 2C'];
  const status = workflowState('r', { running: 1, succeeded: 0, failed: 2 }, journal);
  const root = execution('ship', 'Canceling', { status });
  const all = [step(root, 'build', 'build/0/0', 'Running', { from: 1 })];
  expect(shown(root, all, { engine: 'orquesta' }).join('\n')).not.toContain('waiting');
});

test('a thousand items are one line with what is notable; all are listed when asked for', () => {
  const root = execution('wide', 'Running', { status: workflowState('w') });
  const phaseOf = (i: number) => (i < 950 ? 'Succeeded' : i < 980 ? 'Running' : 'Failed');
  const all = Array.from({ length: 1000 }, (_, i) =>
    step(root, 'each', `each/0/0/${i}`, phaseOf(i), { from: 1, status: i < 950 || i >= 980 ? ended('1s') : {} }),
  );
  expect(shown(root, all.toReversed()).slice(0, 9)).toEqual([
    '▶ wide  core.local  Running  10m',
    '└─ ▶ each [1000]: 950 ✓ 30 running 20 ✗  core.local  9m59s',
    '   ├─ ▶ [950]  core.local  Running  9m59s',
    '   ├─ ▶ [951]  core.local  Running  9m59s',
    '   ├─ ▶ [952]  core.local  Running  9m59s',
    '   ├─ ✗ [980]  core.local  Failed  1s',
    '   ├─ ✗ [981]  core.local  Failed  1s',
    '   ├─ ✗ [982]  core.local  Failed  1s',
    '   └─ … 994 others, which --all lists',
  ]);
  expect(shown(root, all)).toContain('Now: 30 running');
  const listed = shown(root, all, { all: true });
  expect(listed.slice(2, 1002).map((line) => /\[(\d+)\]/.exec(line)?.[1])).toEqual(all.map((_, i) => String(i)));
});

test('items that all went well are one line, a few of them are listed', () => {
  const root = execution('r', 'Succeeded', { status: ended('1m') });
  const items = (count: number) =>
    Array.from({ length: count }, (_, i) => step(root, 'e', `e/1/${i}`, 'Succeeded', { status: ended('1s') }));
  expect(shown(root, items(9), { engine: 'mistral' }).slice(1)).toEqual(['└─ ✓ e [9]: 9 ✓  core.local  60s']);
  expect(shown(root, items(2), { engine: 'mistral' }).slice(1)).toEqual([
    '└─ ✓ e [2]: 2 ✓  core.local  60s',
    '   ├─ ✓ [0]  core.local  Succeeded  1s',
    '   └─ ✓ [1]  core.local  Succeeded  1s',
  ]);
});

test('a loop of many rounds is one line', () => {
  const root = execution('r', 'Running');
  const all = Array.from({ length: 30 }, (_, i) =>
    step(root, 'poll', `poll/0/${i}`, i === 29 ? 'Running' : 'Succeeded', {
      from: i,
      status: i < 29 ? ended('1s') : {},
    }),
  );
  expect(shown(root, all, { engine: 'orquesta' }).slice(1, 4)).toEqual([
    '└─ ▶ poll ×30: 29 ✓ 1 running  core.local  10m',
    '   ├─ ▶ visit 30  core.local  Running  9m31s',
    '   └─ … 29 others, which --all lists',
  ]);
});

test('fifty levels, and the way to the last one told by its ends', () => {
  const root = execution('top', 'Running', { status: workflowState('r') });
  const all: Execution[] = [];
  for (let parent = root; all.length < 50; ) {
    parent = step(parent, 'down', 'down/0/0', 'Running', { action: 'deep.flow', status: workflowState('r') });
    all.push(parent);
  }
  const lines = shown(root, all, { engine: 'orquesta' });
  expect(lines).toHaveLength(54);
  expect(lines[50]).toBe(`${'   '.repeat(49)}└─ ▶ down  deep.flow  Running  10m`);
  expect(lines.at(-1)).toBe('  ▶ down › down › … 45 … › down › down › down  Running  10m');
});

test.each<[string, WorkflowEngine | undefined, readonly string[], readonly string[]]>([
  ['Orquesta', 'orquesta', ['t/0/0', 't/0/1', 't/1/0'], ['t (route 0)', 't (route 0) (visit 2)', 't (route 1)']],
  ['Mistral', 'mistral', ['t/1', 't/2'], ['t', 't (visit 2)']],
  ['a chain', 'action-chain', ['t/1'], ['t']],
  ['an unknown engine, Orquesta by its keys', undefined, ['t/0/0', 't/0/1'], ['t', 't (visit 2)']],
  ['an unknown engine, none with routes', undefined, ['t/1', 't/2'], ['t', 't (visit 2)']],
])('keys of %s', (_, engine, keys, names) => {
  const root = execution('r', 'Succeeded');
  const all = keys.map((key, i) => step(root, 't', key, 'Succeeded', { from: i }));
  const found = shown(root, all, { engine }).slice(1);
  expect(found.map((line) => /[✓] (.*?) {2}/.exec(line)?.[1])).toEqual(names);
});

test('names of tasks that are no names of keys', () => {
  const root = execution('r', 'Succeeded');
  const all = [
    step(root, 'say hi', 'say-hi.1/2', 'Succeeded'),
    step(root, '__proto__', '__proto__/1', 'Succeeded', { from: 1 }),
    { ...execution('made by hand', 'Succeeded'), ...ownedBy(root) },
  ];
  expect(shown(root, all, { engine: 'mistral' }).slice(1)).toEqual([
    '├─ ✓ say hi (visit 2)  core.local  Succeeded',
    '├─ ✓ __proto__  core.local  Succeeded',
    '└─ ✓ made by hand  core.local  Succeeded',
  ]);
});

const ownedBy = (root: Execution) => ({
  metadata: { ...step(root, 'x', 'x/0', 'Succeeded', { from: 2 }).metadata, name: 'made by hand', annotations: {} },
});

test('signs and phases have their colour, what goes on is bold', () => {
  const root = execution('r', 'Running');
  const all = [step(root, 'a', 'a/0/0', 'Failed'), step(root, 'b', 'b/0/0', 'Running', { from: 1 })];
  const lines = shown(root, all, { colour: true });
  expect(lines[1]).toBe('├─ \u001b[31m✗\u001b[0m a  core.local  \u001b[31mFailed\u001b[0m');
  expect(lines[2]).toContain('\u001b[36m▶\u001b[0m \u001b[1mb\u001b[0m');
});

test('what does not fit a terminal is left out: first what has ended', () => {
  const lines = Array.from({ length: 20 }, (_, i) => ({ text: `${i}`, isLive: i % 4 === 0 }));
  expect(fitted(lines, 20)).toBe(lines);
  expect(fitted(lines, 10).map(({ text }) => text)).toEqual([
    '0',
    '4',
    '8',
    '12',
    '16',
    '… 15 more lines, shown at its end',
  ]);
  expect(fitted(lines, 4).map(({ text }) => text)).toEqual(['0', '12', '16', '… 17 more lines, shown at its end']);
});
