// operator/domain/workflow/orquesta/run.test.ts — whole runs, told as what their children come to.
import type { Plain } from '../../expression/python/values.ts';
import { describe, expect, test } from 'vitest';
import type { Child, ChildStatus, Entry, Outside, Step } from '../engine.ts';
import { openWorkflow } from './open.ts';
import { OrquestaRun } from './run.ts';

const outside: Outside = { nowMs: Date.UTC(2024, 0, 1), seed: 1, datastore: undefined };

function runOf(definition: string, parameters: Record<string, unknown> = {}, context = {}): OrquestaRun {
  const { workflow, graph, findings } = openWorkflow(definition);
  if (!workflow || !graph) throw new Error(JSON.stringify(findings));
  return new OrquestaRun(workflow, graph, { parameters: parameters as Plain, context, uid: 'u1' });
}

/** What a step asks for: `+` is a child with its action, anything else is told to a child that runs. */
const told = ({ status, children, tell }: Step): string =>
  [
    status,
    ...children.map(
      ({ key, action, delaySeconds }) => `+${key} ${action}${delaySeconds > 0 ? ` in ${delaySeconds} s` : ''}`,
    ),
    ...tell.map(({ key, request }) => `${request} ${key}`),
  ].join('; ');

const ended = (key: string, status: ChildStatus = 'succeeded', result: unknown = { n: 1 }): Entry =>
  ({ is: 'child', key, status, result }) as Entry;
const now = (key: string, status: ChildStatus): Entry => ({ is: 'child', key, status });
const ask = (request: 'pause' | 'resume' | 'cancel'): Entry => ({ is: 'request', request });
const START: Entry = { is: 'start' };

const SEQUENCE = `
version: 1.0
input: [who]
tasks:
  first:
    action: core.echo message=<% ctx().who %>
    next:
      - when: <% succeeded() %>
        publish: said=<% result().n %>
        do: second
  second:
    delay: 3
output:
  - said: <% ctx().said %>
`;

const PARALLEL = `
version: 1.0
tasks:
  a: {action: core.local, next: [{when: <% succeeded() %>, do: c}]}
  b: {action: core.local, next: [{when: <% succeeded() %>, do: c}]}
  c: {action: core.noop, join: all}
`;

const APART = `
version: 1.0
tasks:
  a: {action: core.local, next: [{do: c}]}
  b: {action: core.local}
  c: {action: core.noop}
`;

const ITEMS = `
version: 1.0
input: [xs, {limit: 2}]
tasks:
  each:
    with: {items: x in <% ctx().xs %>, concurrency: <% ctx().limit %>}
    delay: 5
    action: core.echo
    input: {message: <% item(x) %>}
    next: [{when: <% succeeded() %>, publish: [{all: <% result() %>}], do: done}]
  done: {action: core.noop}
output: [{all: <% ctx().all %>}]
`;

const RETRY = `
version: 1.0
tasks:
  t: {action: core.local, retry: {count: 1, delay: 7}}
`;

const FAIL_AND_GO = `
version: 1.0
vars: [{said: 1}]
tasks:
  a: {action: core.local, next: [{do: fail}, {publish: [{said: 2}], do: b}]}
  b: {action: core.local}
output: [{said: <% ctx(said) %>}]
`;

const FAIL_AND_ITEMS = `
version: 1.0
tasks:
  a: {action: core.local, next: [{do: [fail, b]}]}
  b: {with: {items: '<% [1, 2] %>', concurrency: 1}, action: core.echo}
`;

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
  type Told = readonly [entry: Entry, step: string];
  const rows: readonly (readonly [story: string, definition: string, parameters: object, steps: readonly Told[]])[] = [
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

  test.each(rows)('%s', (_story, definition, parameters, steps) => {
    const run = runOf(definition, parameters as Record<string, unknown>);
    expect(steps.map(([entry]) => told(run.advance(entry, outside)))).toEqual(steps.map(([, step]) => step));
  });
});

describe('the result', () => {
  const resultOf = (definition: string, parameters: object, ...entries: readonly Entry[]) => {
    const run = runOf(definition, parameters as Record<string, unknown>);
    for (const entry of [START, ...entries]) run.advance(entry, outside);
    return run.result();
  };

  test('is the output', () => {
    expect(resultOf(SEQUENCE, { who: 'me' }, ended('first/0/0'), ended('second/0/0'))).toEqual({ output: { said: 1 } });
  });

  test('has no output yet while it runs, and none when there is nothing to say', () => {
    expect(resultOf(SEQUENCE, { who: 'me' })).toEqual({ output: null });
    expect(resultOf(RETRY, {}, ended('t/0/0'))).toEqual({ output: null });
  });

  test('has the results of items in their order', () => {
    const entries = [
      ended('each/0/0/1', 'succeeded', 'two'),
      ended('each/0/0/0', 'succeeded', 'one'),
      ended('done/0/0'),
    ];
    expect(resultOf(ITEMS, { xs: [1, 2] }, ...entries)).toEqual({ output: { all: ['one', 'two'] } });
  });

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

  test('tells what failed, and what of the output could be rendered', () => {
    expect(resultOf(PARALLEL, {}, ended('a/0/0', 'failed', { stderr: 'no' }))).toEqual({
      output: null,
      errors: [
        {
          type: 'error',
          message: 'Execution failed. See result for details.',
          task_id: 'a',
          result: { stderr: 'no' },
        },
      ],
    });
  });

  test.each([
    ['no such action', 'ActionExecutionException: no such action'],
    ['ParamException: "x" is unknown', 'ParamException: "x" is unknown'],
  ])('tells why a child could not be made: %s', (error, message) => {
    expect(resultOf(PARALLEL, {}, { is: 'refused', key: 'b/0/0', error })).toEqual({
      output: null,
      errors: [{ type: 'error', message, task_id: 'b', route: 0 }],
    });
  });

  test.each([
    ['action: <% ctx().x %>', 'InvalidActionReferencedException: Unable to find action "5".'],
    ['{action: core.noop, input: <% ctx().x %>}', 'TypeError: The input of task "t" is not an object.'],
    [
      '{action: core.noop, retry: {count: <% ctx().y %>}}',
      'ValueError: The retry count for task "t" is not an integer.',
    ],
  ])('tells what is wrong with a task: %s', (task, message) => {
    const body = task.startsWith('{') ? task : `{${task}}`;
    const definition = `version: 1.0\nvars: [{x: 5}, {y: many}]\ntasks:\n  t: ${body}\n`;
    expect(resultOf(definition, {})).toEqual({
      output: null,
      errors: [{ type: 'error', message, task_id: 't', route: 0 }],
    });
  });

  test('is that of the moment at which the workflow failed', () => {
    expect(resultOf(FAIL_AND_GO, {}, ended('a/0/0'), ended('b/0/0'))).toEqual({
      output: { said: 1 },
      errors: [{ type: 'error', message: 'Execution failed. See result for details.', task_id: 'fail' }],
    });
  });

  test('tells of nothing but what failed when a child goes on too late', () => {
    const entries = [now('a/0/0', 'paused'), ended('b/0/0', 'failed', null), now('a/0/0', 'running'), ended('a/0/0')];
    expect(resultOf(PARALLEL, {}, ...entries)['errors']).toHaveLength(1);
  });

  test('of a start that failed stays as it is, whatever is asked of it', () => {
    const definition = 'version: 1.0\nvars: [{x: <% 1/0 %>}]\ntasks: {t: {action: core.noop}}\noutput: [{o: 1}]\n';
    expect(resultOf(definition, {}, ask('cancel'))).toEqual(resultOf(definition, {}));
  });

  test('of expressions that fail at the start has nothing else', () => {
    const definition = 'version: 1.0\nvars: [{x: <% 1/0 %>}]\ntasks: {t: {action: core.noop}}\noutput: [{o: 1}]\n';
    const { output, errors } = resultOf(definition, {}) as unknown as {
      output: unknown;
      errors: { message: string }[];
    };
    expect(output).toBe(null);
    expect(errors[0]?.message).toContain('ZeroDivisionError');
  });
});

describe('task(x)', () => {
  const definition = `
version: 1.0
tasks:
  each: {with: '<% [1, 2] %>', action: core.noop, next: [{do: after}]}
  after: {action: core.noop, next: [{do: last}]}
  last: {action: core.echo, input: {each: <% task(each) %>, after: <% task(after) %>}}
`;

  test('shows what StackStorm records of a task', () => {
    const run = runOf(definition, {}, { st2: { workflow_execution_id: 'w7' } });
    run.advance(START, outside);
    run.advance(ended('each/0/0/0', 'succeeded', 'x'), outside);
    run.advance(ended('each/0/0/1', 'succeeded', 'y'), { ...outside, nowMs: outside.nowMs + 1500 });
    const { children } = run.advance(
      { is: 'child', key: 'after/0/0', status: 'succeeded', result: { n: 2 }, endedAtMs: outside.nowMs + 2000 },
      outside,
    );
    expect((children[0] as Child).input).toEqual({
      each: {
        task_execution_id: 'each/0/0',
        workflow_execution_id: 'w7',
        task_name: 'each',
        task_id: 'each',
        route: 0,
        result: {
          items: [
            { status: 'succeeded', result: 'x' },
            { status: 'succeeded', result: 'y' },
          ],
        },
        status: 'succeeded',
        start_timestamp: '2024-01-01 00:00:00+00:00',
        end_timestamp: '2024-01-01 00:00:01.500000+00:00',
      },
      after: expect.objectContaining({
        result: { n: 2 },
        start_timestamp: '2024-01-01 00:00:01.500000+00:00',
        end_timestamp: '2024-01-01 00:00:02+00:00',
      }),
    });
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

test('people are shown each task with its children', () => {
  const run = runOf(RETRY);
  for (const entry of [START, ended('t/0/0', 'failed'), ended('t/0/1')]) run.advance(entry, outside);
  expect(run.tasks()).toEqual([{ task: 't', children: ['t/0/0', 't/0/1'], status: 'succeeded' }]);
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
