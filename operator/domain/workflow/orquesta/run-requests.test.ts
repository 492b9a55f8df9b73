// operator/domain/workflow/orquesta/run-requests.test.ts — what is asked of a run, or waits for people: pause, resume, cancel, and answers.
import { describe, expect, test } from 'vitest';
import { ask, ended, ITEMS, now, PARALLEL, START, stepsOf, type Story } from './run.setup.ts';

const APART = `
version: 1.0
tasks:
  a: {action: core.local, next: [{do: c}]}
  b: {action: core.local}
  c: {action: core.noop}
`;

const FAIL_AND_ITEMS = `
version: 1.0
tasks:
  a: {action: core.local, next: [{do: [fail, b]}]}
  b: {with: {items: '<% [1, 2] %>', concurrency: 1}, action: core.echo}
`;

const REMEDIED_ITEMS = `
version: 1.0
tasks:
  t: {with: {items: '<% [1, 2] %>'}, action: core.local, next: [{when: <% failed() %>, do: h}]}
  h: {action: core.local}
`;

const ITEM_BY_ITEM = `
version: 1.0
tasks:
  t: {with: {items: '<% [1, 2] %>', concurrency: 1}, action: core.local}
  b: {action: core.local}
`;

describe('a step asks for', () => {
  const stories: readonly Story[] = [
    [
      'a pause until what runs has ended',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ask('pause'), 'pausing; pause a/0/0; pause b/0/0'],
        [ended('a/0/0'), 'pausing'],
        [ended('b/0/0'), 'paused'],
        [ask('pause'), 'paused'],
        [ask('resume'), 'running; +c/0/0 core.noop'],
        [ask('resume'), 'running'],
        [ended('c/0/0'), 'succeeded'],
      ],
    ],
    [
      'a paused child again when the workflow is resumed',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ask('pause'), 'pausing; pause a/0/0; pause b/0/0'],
        [now('a/0/0', 'paused'), 'pausing'],
        [ended('b/0/0'), 'paused'],
        [ask('resume'), 'resuming; resume a/0/0'],
        [now('a/0/0', 'running'), 'running'],
        [ended('a/0/0'), 'running; +c/0/0 core.noop'],
      ],
    ],
    [
      'the end of all children when it is canceled',
      APART,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ask('cancel'), 'canceling; cancel a/0/0; cancel b/0/0'],
        [ended('a/0/0'), 'canceling'],
        [ended('b/0/0', 'canceled'), 'canceled'],
        [ask('resume'), 'canceled'],
      ],
    ],
    [
      'the end of all children when one of them is canceled',
      APART,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ended('a/0/0', 'canceled'), 'canceling; cancel b/0/0'],
        [ended('b/0/0'), 'canceled'],
      ],
    ],
    [
      'the next item when one waits for an answer',
      ITEMS,
      { xs: [1, 2, 3] },
      [
        [START, 'running; +each/0/0/0 core.echo in 5 s; +each/0/0/1 core.echo in 5 s'],
        [now('each/0/0/0', 'pending'), 'running; +each/0/0/2 core.echo'],
        [ended('each/0/0/1'), 'running'],
        [ended('each/0/0/0'), 'running'],
        [ended('each/0/0/2'), 'running; +done/0/0 core.noop'],
      ],
    ],
    [
      'an answer, which takes the workflow along',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [now('a/0/0', 'pending'), 'pausing; pause b/0/0'],
        [ended('b/0/0'), 'paused'],
        [ended('a/0/0'), 'running; +c/0/0 core.noop'],
        [ended('c/0/0'), 'succeeded'],
      ],
    ],
    [
      'an inquiry that nobody answers, which takes the workflow along too',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ended('b/0/0'), 'running'],
        [now('a/0/0', 'pending'), 'paused'],
        [ended('a/0/0', 'timedOut'), 'failed'],
      ],
    ],
    [
      'the rest of the items of a task that runs although its workflow has failed, whoever cancels that',
      FAIL_AND_ITEMS,
      {},
      [
        [START, 'running; +a/0/0 core.local'],
        [ended('a/0/0'), 'failed; +b/0/0/0 core.echo'],
        [ask('cancel'), 'failed'],
        [ended('b/0/0/0'), 'failed; +b/0/0/1 core.echo'],
        [ended('b/0/0/1'), 'failed'],
      ],
    ],
    [
      'nothing more of a task that is over, though an item of it goes on later',
      REMEDIED_ITEMS,
      {},
      [
        [START, 'running; +t/0/0/0 core.local; +t/0/0/1 core.local'],
        [ask('pause'), 'pausing; pause t/0/0/0; pause t/0/0/1'],
        [ended('t/0/0/1', 'failed'), 'pausing'],
        [now('t/0/0/0', 'paused'), 'paused'],
        [ask('resume'), 'running; +h/0/0 core.local; resume t/0/0/0'],
        [now('t/0/0/0', 'running'), 'running'],
        [ended('h/0/0'), 'succeeded'],
        [ended('t/0/0/0'), 'succeeded'],
      ],
    ],
    [
      'no next item while it is pausing, though the one before has ended out of a pause, and comes to rest',
      ITEM_BY_ITEM,
      {},
      [
        [START, 'running; +b/0/0 core.local; +t/0/0/0 core.local'],
        [ask('pause'), 'pausing; pause b/0/0; pause t/0/0/0'],
        [now('t/0/0/0', 'paused'), 'pausing'],
        [ended('t/0/0/0'), 'pausing'],
        [ended('b/0/0'), 'paused'],
        [ask('resume'), 'running; +t/0/0/1 core.local'],
        [ended('t/0/0/1'), 'succeeded'],
      ],
    ],
    [
      'no next item while it is being canceled, though the one before has ended out of a pause, and ends',
      ITEM_BY_ITEM,
      {},
      [
        [START, 'running; +b/0/0 core.local; +t/0/0/0 core.local'],
        [ask('pause'), 'pausing; pause b/0/0; pause t/0/0/0'],
        [now('t/0/0/0', 'paused'), 'pausing'],
        [ask('cancel'), 'canceling; cancel b/0/0; cancel t/0/0/0'],
        [ended('t/0/0/0'), 'canceling'],
        [ended('b/0/0'), 'canceled'],
      ],
    ],
  ];

  test.each(stories)('%s', (...story) => {
    const { asked, wanted } = stepsOf(story);
    expect(asked).toEqual(wanted);
  });
});
