// operator/domain/workflow/orquesta/run-rerun.test.ts — a run once more, from what failed: its steps, what it keeps, and when it is refused.
import { describe, expect, test } from 'vitest';
import type { Entry } from '../engine.ts';
import { ended, ITEMS, outside, PARALLEL, resultOf, runOf, START, stepsOf, type Story } from './run.setup.ts';

describe('a step asks for', () => {
  const stories: readonly Story[] = [
    [
      'what failed, and what follows it, in a rerun',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ended('a/0/0', 'failed'), 'failed'],
        [{ is: 'rerun', tasks: ['nosuch'] }, 'failed'],
        [{ is: 'rerun' }, 'running; +a/0/1 core.local'],
        [ended('b/0/0'), 'running'],
        [ended('a/0/1'), 'running; +c/0/0 core.noop'],
        [ended('c/0/0'), 'succeeded'],
        [{ is: 'rerun' }, 'succeeded'],
      ],
    ],
    [
      'only the items that failed in a rerun',
      ITEMS,
      { xs: ['a', 'b'] },
      [
        [START, 'running; +each/0/0/0 core.echo in 5 s; +each/0/0/1 core.echo in 5 s'],
        [ended('each/0/0/0'), 'running'],
        [ended('each/0/0/1', 'failed'), 'failed'],
        [{ is: 'rerun', tasks: ['each'] }, 'running; +each/0/1/1 core.echo in 5 s'],
        [ended('each/0/1/1'), 'running; +done/0/0 core.noop'],
      ],
    ],
    [
      'all items in a rerun with reset',
      ITEMS,
      { xs: ['a', 'b'] },
      [
        [START, 'running; +each/0/0/0 core.echo in 5 s; +each/0/0/1 core.echo in 5 s'],
        [ended('each/0/0/0'), 'running'],
        [ended('each/0/0/1', 'failed'), 'failed'],
        [
          { is: 'rerun', tasks: ['each'], reset: ['each'] },
          'running; +each/0/1/0 core.echo in 5 s; +each/0/1/1 core.echo in 5 s',
        ],
      ],
    ],
    [
      'nothing after a child that could not be made; it can be rerun',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [{ is: 'refused', key: 'a/0/0', error: 'no such action' }, 'failed'],
        [ended('b/0/0'), 'failed'],
        [{ is: 'rerun' }, 'running; +a/0/1 core.local'],
      ],
    ],
  ];

  test.each(stories)('%s', (...story) => {
    const { asked, wanted } = stepsOf(story);
    expect(asked).toEqual(wanted);
  });
});

describe('the result', () => {
  test('keeps the results of items that need not run again', () => {
    const entries: readonly Entry[] = [
      ended('each/0/0/0', 'succeeded', 'one'),
      ended('each/0/0/1', 'failed', 'bad'),
      { is: 'rerun', tasks: ['each'] },
      ended('each/0/1/1', 'succeeded', 'two'),
      ended('done/0/0'),
    ];
    expect(resultOf(ITEMS, { xs: [1, 2] }, ...entries)).toEqual({ output: { all: ['one', 'two'] } });
  });
});

test.each([
  [['nosuch', 'a'], 'Unable to rerun workflow because one or more tasks is not found: nosuch'],
  [undefined, undefined],
  [['b'], undefined],
])('a rerun of %o is refused with %s', (tasks, problem) => {
  const run = runOf(PARALLEL);
  run.advance(START, outside);
  expect(run.whyNotRerun(tasks)).toBe(
    'Unable to rerun workflow execution "u1" because it is not in a completed state.',
  );
  run.advance(ended('a/0/0', 'failed'), outside);
  expect(run.whyNotRerun(tasks)).toBe(problem);
});

test('what reruns have left with nothing under way and nothing next fails', () => {
  const run = runOf(`
version: 1.0
tasks:
  a: {action: core.noop, with: {items: "<% [1, 2, 3] %>", concurrency: 2}}
  b: {action: core.noop, with: '<% [] %>', next: [{do: [c, d]}]}
  c: {next: [{when: <% failed() %>, do: d}]}
  d: {action: core.noop, with: '<% [1, 2, 3] %>', join: 1}
`);
  const done = (...keys: readonly string[]) => keys.map((key) => ended(key));
  const entries: readonly Entry[] = [
    START,
    ended('c/0/0', 'failed'),
    ...done('d/0/1/1'),
    ended('d/0/0/0', 'failed'),
    { is: 'refused', key: 'd/0/0/2', error: 'no such action' },
    ...done('a/0/0/0', 'a/0/0/1', 'd/0/0/1', 'd/0/1/0', 'd/0/1/2'),
    { is: 'rerun' },
    ended('a/0/0/2', 'timedOut'),
    { is: 'rerun', tasks: ['a', 'c'] },
    ...done('c/0/1'),
  ];
  for (const entry of entries) run.advance(entry, outside);
  expect(run.status).toBe('running');
  expect(run.advance(ended('a/0/1/2'), outside)).toMatchObject({ status: 'failed', children: [] });
  expect(run.result()['errors']).toMatchObject([{ message: expect.stringMatching(/nothing of it is under way/) }]);
});
