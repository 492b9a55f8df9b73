// operator/domain/workflow/mistral/policies.test.ts — waits, timeouts, retries, fail-on, pause-before, and items.
import { describe, expect, test } from 'vitest';
import { playWorkflow } from './play.setup.ts';

const one = (policies: string, more = '') =>
  `input: [{n: 2}]\ntasks:\n  a:\n    action: p.a\n${policies.replaceAll(/^/gm, '    ')}\n    publish: {r: <% task().result %>}\n    on-success: [b]\n  b: {action: p.b}\n${more}`;

describe('waits', () => {
  test.each(['wait-before: 5', 'wait-before: <% $.n + 3 %>', 'wait-before: "{{ _.n + 3 }}"'])(
    '%s puts the child off',
    (policy) => {
      const played = playWorkflow(one(policy));
      expect(played.open).toMatchObject([{ key: 'a/1', delaySeconds: 5 }]);
      expect(played.run.result()['tasks']).toMatchObject([
        { state: 'DELAYED', state_info: "Delayed by 'wait-before' policy [delay=5]" },
      ]);
      played.enter({ is: 'child', key: 'a/1', status: 'running' });
      expect(played.states()['a']).toBe('RUNNING');
    },
  );
  test('wait-before an action that the engine does itself is a timer', () => {
    const played = playWorkflow('tasks:\n  a: {wait-before: 3}\n');
    expect(played.open).toMatchObject([{ key: 'a/1', action: 'core.noop', input: {}, delaySeconds: 3 }]);
    played.end('a/1');
    expect(played.run.status).toBe('succeeded');
  });
  test('wait-after is a timer after it, and then comes what follows', () => {
    const played = playWorkflow(one('wait-after: 4'));
    played.end('a/1', { x: 1 });
    expect(played.open).toMatchObject([{ key: 'a/1/after', action: 'core.noop', delaySeconds: 4 }]);
    expect(played.states()['a']).toBe('DELAYED');
    played.end('a/1/after');
    expect([played.states()['a'], played.keys()]).toEqual(['SUCCESS', ['b/1']]);
  });
  test('policies of a join count once it is ready', () => {
    const played = playWorkflow(
      'tasks:\n  a: {action: p.a, on-success: j}\n  j: {join: all, action: p.j, wait-before: 7}\n',
    );
    played.end('a/1');
    expect(played.open).toMatchObject([{ key: 'j/1', delaySeconds: 7 }]);
  });
  test.each([
    [
      "wait-before: <% 'x' %>",
      /Invalid data type in WaitBeforePolicy: 'x' is not of type 'integer'\. Value\(s\) can be shown/,
    ],
    ['timeout: <% -1 %>', /Invalid data type in TimeoutPolicy: -1 is less than the minimum of 0/],
    ['pause-before: <% 1 %>', /Invalid data type in PauseBeforePolicy: 1 is not of type 'boolean'/],
    [
      'wait-before: <% $.x %>',
      /^Failed to run task \[error=Can not evaluate YAQL expression \[expression=\$\.x, error='x'/,
    ],
  ])('%s fails the run', (policy, message) => {
    const played = playWorkflow(one(policy));
    expect(played.run.status).toBe('failed');
    expect(played.extra().state_info).toMatch(message);
  });
  test('task-defaults hold where a task has none', () => {
    const played = playWorkflow(
      'task-defaults: {wait-before: 2, retry: {count: 1, delay: 3}}\ntasks:\n  a: {action: p.a, wait-before: 1}\n  b: {action: p.b}\n',
    );
    expect(played.open).toMatchObject([{ delaySeconds: 1 }, { delaySeconds: 2 }]);
    played.end('b/1', {}, 'failed');
    expect(played.open.at(-1)).toMatchObject({ key: 'b/2', delaySeconds: 3 });
  });
});

describe('timeout', () => {
  test('is given to the child, and fails the task when it is over', () => {
    const played = playWorkflow(one('timeout: 10\non-error: [c]', '  c: {action: p.c}\n'));
    expect(played.open).toMatchObject([{ key: 'a/1', timeoutSeconds: 10 }]);
    for (let i = 0; i < 10; i++) played.enter({ is: 'child', key: 'a/1', status: 'running' });
    played.end('a/1', {}, 'timedOut');
    expect(played.run.result()['tasks']).toMatchObject({
      0: { state: 'ERROR', state_info: 'Task timed out [timeout(s)=10].' },
    });
    expect(played.keys()).toEqual(['c/1']);
  });
  test('what is left of it is for the next attempt', () => {
    const played = playWorkflow(one('timeout: 10\nretry: {count: 3, delay: 1}'));
    played.end('a/1', {}, 'failed');
    expect(played.open).toMatchObject([{ key: 'a/2', timeoutSeconds: 9, delaySeconds: 1 }]);
  });
  test('an action that took too long by its own account has failed', () => {
    const played = playWorkflow(one('timeout: 100'));
    played.end('a/1', { error: 'slow' }, 'timedOut');
    expect(played.run.result()['tasks']).toMatchObject([{ state: 'ERROR', state_info: "{'error': 'slow'}" }]);
  });
});

describe('retry', () => {
  const play = (retry: string, ends: readonly ('succeeded' | 'failed')[]) => {
    const played = playWorkflow(one(retry));
    for (const [at, status] of ends.entries()) played.end(`a/${at + 1}`, { at }, status);
    return played;
  };
  test.each([
    ['retry: {count: 2, delay: 1}', ['failed', 'failed', 'failed'], 'ERROR'],
    ['retry: {count: 2, delay: 1}', ['failed', 'succeeded'], 'SUCCESS'],
    ['retry: count=1 delay=0', ['failed', 'succeeded'], 'SUCCESS'],
    ['retry: {count: <% $.n %>, delay: <% $.n %>}', ['failed', 'failed', 'failed'], 'ERROR'],
    ['retry: {count: 5, delay: 1, break-on: <% task().result.at = 1 %>}', ['failed', 'failed'], 'ERROR'],
    [
      'retry: {count: 5, delay: 1, continue-on: <% task().result.at < 2 %>}',
      ['succeeded', 'succeeded', 'succeeded'],
      'SUCCESS',
    ],
    ['retry: {count: 1, delay: 1, continue-on: <% true %>}', ['succeeded', 'succeeded'], 'SUCCESS'],
    ['retry: {count: 0, delay: 1}', ['failed'], 'ERROR'],
  ] as const)('%s: %j', (retry, ends, state) => {
    const played = play(retry, ends);
    expect(played.states()['a']).toBe(state);
    expect(played.keys()).toEqual(state === 'SUCCESS' ? ['b/1'] : []);
  });
  test('only the last attempt is the result', () => {
    const played = play('retry: {count: 2, delay: 1}', ['failed', 'succeeded']);
    expect(played.run.result()['tasks']).toMatchObject([{ result: { at: 1 }, published: { r: { at: 1 } } }, {}]);
  });
  test.each([
    ['publish-on-error: {q: 1}', ['failed', 'succeeded']],
    ['publish: {p: 1}', ['succeeded', 'succeeded', 'failed']],
  ] as const)('what an attempt published is forgotten with it: %s, %j', (publish, ends) => {
    const retry = `{count: 2, delay: 0${ends[0] === 'succeeded' ? ', continue-on: <% true %>' : ''}}`;
    const played = playWorkflow(`tasks:\n  a: {action: p.a, retry: ${retry}, ${publish}, on-error: noop}\n`);
    for (const [at, status] of ends.entries()) played.end(`a/${at + 1}`, {}, status);
    expect([played.run.status, played.output()]).toEqual(['succeeded', {}]);
  });
  test('a canceled task is not retried', () => {
    const played = playWorkflow(one('retry: {count: 2, delay: 1}'));
    played.end('a/1', {}, 'canceled');
    expect([played.run.status, played.extra().state_info]).toEqual(['canceled', 'Cancelled tasks: a']);
  });
});

describe('others', () => {
  test.each(['fail-on: <% $.n = 2 %>', 'fail-on: true'])('%s', (policy) => {
    const played = playWorkflow(one(policy));
    played.end('a/1');
    expect(played.run.result()['tasks']).toMatchObject([{ state: 'ERROR', state_info: "Failed by 'fail-on' policy" }]);
  });
  test('keep-result: false forgets it after it is published', () => {
    const played = playWorkflow(one('keep-result: false'));
    played.end('a/1', { x: 1 });
    expect(played.run.result()['tasks']).toMatchObject([{ published: { r: { x: 1 } }, result: null }, {}]);
  });
  test('safe-rerun and target are taken and change nothing', () => {
    expect(playWorkflow(one('safe-rerun: true\ntarget: there')).keys()).toEqual(['a/1']);
  });
  test('pause-before pauses the run before the task; on resume it begins, without wait-before', () => {
    const played = playWorkflow('tasks:\n  a: {action: p.a, pause-before: true, wait-before: 9}\n  b: {action: p.b}\n');
    expect([played.keys(), played.run.status, played.states()]).toEqual([
      ['b/1'],
      'pausing',
      { a: 'IDLE', b: 'RUNNING' },
    ]);
    played.end('b/1');
    played.enter({ is: 'request', request: 'resume' });
    expect(played.open).toMatchObject([{ key: 'a/1', delaySeconds: 0 }]);
    played.end('a/1');
    expect(played.run.status).toBe('succeeded');
  });
});

const items = (list: string, more = '') =>
  `input: [{l: [1, 2, 3]}, {k: [a, b, c]}]\ntasks:\n  a:\n    with-items: ${list}\n    action: p.a v=<% $.i %>${more}\n    publish: {r: <% task().result %>}\n`;

describe('items', () => {
  test.each([
    ['i in <% $.l %>', [1, 2, 3]],
    ['i in {{ _.l }}', [1, 2, 3]],
    ['"i in [4, {\\"x\\": 1}]"', [4, { x: 1 }]],
    ['[i in <% $.k %>]', ['a', 'b', 'c']],
    ['i in <% range(2) %>', [0, 1]],
  ])('%s', (list, values) => {
    const played = playWorkflow(items(list));
    expect(played.open.map(({ key, item, input }) => [key, item, input['v']])).toEqual(
      values.map((value, at) => [`a/1/${at}`, at, value]),
    );
    played.endAll(({ item }) => item);
    expect(played.output()).toEqual({ r: values.map((_, at) => at) });
  });
  test('several lists go side by side', () => {
    const played = playWorkflow(items('[i in <% $.l %>, j in <% $.k %>]', ' w=<% $.j %>'));
    expect(played.open.map(({ input }) => input)).toEqual([
      { v: 1, w: 'a' },
      { v: 2, w: 'b' },
      { v: 3, w: 'c' },
    ]);
  });
  test.each([
    ['[i in <% $.l %>, j in <% [1] %>]', /Wrong input format for: .* All arrays must have the same length\./],
    ['i in <% 5 %>', /Wrong input format for: \{\}\. Iterable type is expected for each value\./],
    ['i in <% $.none %>', /Can not evaluate YAQL expression/],
  ])('%s fails the run', (list, message) => {
    expect(
      playWorkflow(items(list.startsWith('[') ? `['${list.slice(1, -1).replace(', j', "', 'j")}']` : list)).extra()
        .state_info,
    ).toMatch(message);
  });
  test('none at all is a success with an empty list', () => {
    expect(playWorkflow(items("'i in <% [] %>'")).output()).toEqual({ r: [] });
  });
  test('an item hides a variable of its name', () => {
    const played = playWorkflow(
      "tasks:\n  s: {publish: {i: 9}, on-success: a}\n  a: {with-items: 'i in <% [1] %>', action: p.a v=<% $.i %>}\n",
    );
    expect(played.open).toMatchObject([{ input: { v: 1 } }]);
  });
  test('at most so many at once; one failure does not stop the others', () => {
    const played = playWorkflow(items('i in <% $.l %>', '\n    concurrency: 2'));
    expect(played.keys()).toEqual(['a/1/0', 'a/1/1']);
    played.end('a/1/1', 'no', 'failed');
    expect(played.keys()).toEqual(['a/1/0', 'a/1/2']);
    played.endAll(({ item }) => item);
    expect(played.run.result()['tasks']).toMatchObject([
      { state: 'ERROR', state_info: 'One or more actions had failed.', result: [0, 'no', 2] },
    ]);
  });
  test('a canceled item cancels the task', () => {
    const played = playWorkflow(items('i in <% $.l %>'));
    played.end('a/1/0', {}, 'canceled');
    expect(played.states()['a']).toBe('CANCELLED');
  });
  test('retry runs all of them again', () => {
    const played = playWorkflow(items('i in <% $.l %>', '\n    retry: {count: 1, delay: 2}'));
    played.endAll(({ item }) => item, ['a/1/1']);
    expect(played.output()).toEqual({ r: [0, 1, 2] });
    expect(played.run.tasks()[0]?.children).toEqual(['a/1/0', 'a/1/1', 'a/1/2', 'a/2/0', 'a/2/1', 'a/2/2']);
  });
  test('the work grows with the number of items only', () => {
    const count = (n: number) => {
      const played = playWorkflow(
        items('i in <% range(1, $.n + 1) %>', '\n    concurrency: 50').replace('{l:', '{n: 0}, {l:'),
        { input: { n } },
      );
      played.endAll(({ item }) => item);
      return (played.output()['r'] as unknown[]).length;
    };
    expect(count(5000)).toBe(5000);
  });
});
