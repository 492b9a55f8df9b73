// operator/domain/workflow/orquesta/run.test.ts — whole runs, told as what their children come to.
import { describe, expect, test } from 'vitest';
import {
  ask,
  ended,
  ITEMS,
  now,
  outside,
  PARALLEL,
  RETRY,
  runOf,
  SEQUENCE,
  START,
  stepsOf,
  type Story,
  told,
} from './run.setup.ts';

const NOTHING_LEADS_BACK = `
version: 1.0
tasks:
  a: {action: core.local, next: [{do: [b, c]}]}
  b: {with: '<% [] %>', action: core.echo, next: [{do: c}]}
  c: {action: core.local, next: [{when: <% failed() %>, do: b}]}
`;

const RETRIED_ITEMS = `
version: 1.0
tasks:
  each: {with: '<% [1, 2] %>', action: core.echo, retry: {count: 1}}
  other: {action: core.local}
`;

const CYCLE_OF_NOTHING = `
version: 1.0
tasks:
  s: {action: core.noop, next: [{do: e}]}
  e: {with: '<% [] %>', action: core.noop, next: [{do: e}]}
`;

describe('a step asks for', () => {
  const stories: readonly Story[] = [
    [
      'one task after the other, one without action as core.noop, after its delay',
      SEQUENCE,
      { who: 'me' },
      [
        [START, 'running; +first/0/0 core.echo'],
        [now('first/0/0', 'running'), 'running'],
        [ended('first/0/0'), 'running; +second/0/0 core.noop in 3 s'],
        [ended('second/0/0'), 'succeeded'],
      ],
    ],
    [
      'nothing more once a failure is not looked after',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ended('a/0/0', 'failed'), 'failed'],
        [ended('b/0/0'), 'failed'],
      ],
    ],
    [
      'a join when all are there; what is told twice changes nothing',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [ended('a/0/0'), 'running'],
        [ended('a/0/0'), 'running'],
        [ended('b/0/0'), 'running; +c/0/0 core.noop'],
        [ended('nobody/0/0'), 'running'],
        [ended('c/0/0'), 'succeeded'],
      ],
    ],
    [
      'items as there is room; only the first ones wait',
      ITEMS,
      { xs: [1, 2, 3] },
      [
        [START, 'running; +each/0/0/0 core.echo in 5 s; +each/0/0/1 core.echo in 5 s'],
        [ended('each/0/0/1'), 'running; +each/0/0/2 core.echo'],
        [ended('each/0/0/0'), 'running'],
        [ended('each/0/0/2'), 'running; +done/0/0 core.noop'],
        [ended('done/0/0'), 'succeeded'],
      ],
    ],
    ['no child for no items', ITEMS, { xs: [] }, [[START, 'running; +done/0/0 core.noop']]],
    [
      'another attempt under another key',
      RETRY,
      {},
      [
        [START, 'running; +t/0/0 core.local'],
        [ended('t/0/0', 'timedOut'), 'running; +t/0/1 core.local in 7 s'],
        [ended('t/0/1', 'abandoned'), 'failed'],
      ],
    ],
    [
      'a task once more that a task without items leads to when it runs already',
      NOTHING_LEADS_BACK,
      {},
      [
        [START, 'running; +a/0/0 core.local'],
        [ended('a/0/0'), 'running; +c/0/0 core.local; +c/0/1 core.local'],
        [ended('c/0/0'), 'succeeded'],
      ],
    ],
    [
      'nothing for what is left of an attempt while the next one waits',
      RETRIED_ITEMS,
      {},
      [
        [START, 'running; +each/0/0/0 core.echo; +each/0/0/1 core.echo; +other/0/0 core.local'],
        [now('each/0/0/0', 'paused'), 'running'],
        [ask('pause'), 'pausing; pause each/0/0/1; pause other/0/0'],
        [ended('each/0/0/1', 'failed'), 'pausing'],
        [now('each/0/0/0', 'running'), 'pausing'],
        [ended('each/0/0/0'), 'pausing'],
        [ended('other/0/0'), 'paused'],
        [ask('resume'), 'running; +each/0/1/0 core.echo; +each/0/1/1 core.echo'],
      ],
    ],
    [
      'nothing for a child that goes on, or waits, after its workflow has failed',
      PARALLEL,
      {},
      [
        [START, 'running; +a/0/0 core.local; +b/0/0 core.local'],
        [now('a/0/0', 'paused'), 'running'],
        [ended('b/0/0', 'failed'), 'failed'],
        [now('a/0/0', 'running'), 'failed'],
        [ended('a/0/0'), 'failed'],
      ],
    ],
    [
      'nothing for ever: a cycle of tasks without items ends',
      CYCLE_OF_NOTHING,
      {},
      [
        [START, 'running; +s/0/0 core.noop'],
        [ended('s/0/0'), 'failed'],
      ],
    ],
  ];

  test.each(stories)('%s', (...story) => {
    const { asked, wanted } = stepsOf(story);
    expect(asked).toEqual(wanted);
  });
});

test('a replay of the entries comes to the same', () => {
  const entries = [START, ended('each/0/0/1', 'failed'), ask('pause'), ended('each/0/0/0'), ask('resume')];
  const tell = () => {
    const run = runOf(ITEMS, { xs: [1, 2, 3, 4] });
    return [entries.map((entry) => run.advance(entry, outside)), run.result(), run.tasks(), run.contextBytes()];
  };
  expect(tell()).toEqual(tell());
});

test('names of variables and tasks may be those of an object’s own', () => {
  const definition = `
version: 1.0
input: [__proto__, constructor]
tasks:
  constructor: {action: core.noop, next: [{publish: [{toString: 1}, {hasOwnProperty: 2}], do: __proto__}]}
  __proto__: {action: core.noop}
output: [{__proto__: <% ctx(constructor) %>}, {valueOf: <% ctx(toString) + ctx(hasOwnProperty) %>}]
`;
  const run = runOf(definition, { constructor: 'mine' });
  expect(told(run.advance(START, outside))).toBe('running; +constructor/0/0 core.noop');
  expect(told(run.advance(ended('constructor/0/0'), outside))).toBe('running; +__proto__/0/0 core.noop');
  expect(told(run.advance(ended('__proto__/0/0'), outside))).toBe('succeeded');
  expect(JSON.stringify(run.result())).toBe('{"output":{"__proto__":"mine","valueOf":3}}');
});
