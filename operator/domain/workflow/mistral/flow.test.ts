// operator/domain/workflow/mistral/flow.test.ts — what follows what: transitions and engine commands.
import { describe, expect, test } from 'vitest';
import { playWorkflow } from './play.setup.ts';

const FORK = `
tasks:
  a:
    action: p.a
    publish: {x: 1}
    publish-on-error: {x: -1}
    on-success: [b, c: <% $.x = 1 %>, d: <% $.x = 2 %>]
    on-error: [e]
    on-complete: [f]
  b: {action: p.b}
  c: {action: p.c}
  d: {action: p.d}
  e: {action: p.e}
  f: {action: p.f}
`;

describe('transitions', () => {
  test('a success leads on where conditions hold, then on-complete', () => {
    const played = playWorkflow(FORK);
    expect(played.keys()).toEqual(['a/1']);
    played.end('a/1');
    expect(played.keys()).toEqual(['b/1', 'c/1', 'f/1']);
    played.endAll();
    expect(played.run.status).toBe('succeeded');
    expect(played.output()).toEqual({ x: 1 });
  });

  test('a failure leads to on-error and on-complete, and is handled', () => {
    const played = playWorkflow(FORK);
    played.end('a/1', 'no', 'failed');
    expect(played.keys()).toEqual(['e/1', 'f/1']);
    played.endAll();
    expect(played.run.status).toBe('succeeded');
    expect(played.output()).toEqual({ x: -1 });
  });

  test('on-complete alone does not handle a failure', () => {
    const played = playWorkflow('tasks:\n  a: {action: p.a, on-complete: b}\n  b: {action: p.b}\n');
    played.end('a/1', 'no', 'failed');
    played.end('b/1');
    expect(played.run.status).toBe('failed');
    expect(played.extra().state_info).toMatch(
      /^Failure caused by error in tasks: a\n\n {2}a \[task_ex_id=[-0-9a-f]{36}\] -> no\n/,
    );
  });

  test('without transitions all tasks start at once', () => {
    expect(playWorkflow('tasks:\n  a: {action: p.a}\n  b: {action: p.b}\n').keys()).toEqual(['a/1', 'b/1']);
  });

  test('task-defaults lead on where a task does not, but not to itself', () => {
    const played = playWorkflow(
      'task-defaults: {on-error: [z]}\ntasks:\n  a: {action: p.a}\n  z: {action: p.z, on-complete: fail}\n',
    );
    played.end('a/1', {}, 'failed');
    expect(played.keys()).toEqual(['z/1']);
    played.end('z/1');
    expect(played.run.status).toBe('failed');
  });

  test('a condition without a list around it is one', () => {
    const played = playWorkflow('tasks:\n  a: {on-success: {b: <% false %>}}\n  b: {action: p.b}\n');
    expect(played.run.status).toBe('succeeded');
    expect(played.keys()).toEqual([]);
  });

  test('a task that comes again has children of its own', () => {
    const played = playWorkflow(`
vars: {n: 0}
tasks:
  s: {on-success: a}
  a:
    action: p.a
    publish: {n: <% $.n + 1 %>}
    on-success: [a: <% $.n < 3 %>]
`);
    for (const key of ['a/1', 'a/2', 'a/3']) played.end(key);
    expect(played.run.status).toBe('succeeded');
    expect(played.output()).toEqual({ n: 3 });
  });

  test('tasks that lead in a circle without waiting end the run', () => {
    const played = playWorkflow('tasks:\n  s: {on-success: a}\n  a: {on-success: a}\n');
    expect(played.extra().state_info).toMatch(/its tasks lead in a circle/);
    expect(played.run.status).toBe('failed');
  });

  test('the items of one list are no circle, however many they are', () => {
    const played = playWorkflow(
      "tasks:\n  t: {with-items: 'i in <% range(10100) %>', concurrency: 1, action: std.noop}\n",
    );
    expect(played.run.status).toBe('succeeded');
  });

  test('a circle through a list is one', () => {
    const list = "{with-items: 'i in <% range(1000) %>', action: std.noop, on-success: a}";
    const played = playWorkflow(`tasks:\n  s: {on-success: a}\n  a: ${list}\n`);
    expect(played.extra().state_info).toMatch(/its tasks lead in a circle/);
    expect(played.run.result()['tasks']).toHaveLength(22);
  });

  test('a join that fails since it waits for itself, and leads to itself then, ends the run too', () => {
    const circle = 'j: {join: all, on-success: b, on-error: j}\n  b: {on-success: j}';
    const played = playWorkflow(`tasks:\n  a: {on-success: j}\n  ${circle}\n`);
    expect(played.extra().state_info).toMatch(/its tasks lead in a circle/);
    expect(played.run.status).toBe('failed');
  });
});

describe('a result that is too deep to be written out', () => {
  const deep = Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], 1);

  test('leads on as any other', () => {
    const played = playWorkflow('tasks:\n  a: {action: p.a, on-error: b}\n  b: {action: p.b}\n');
    played.end('a/1', { stdout: deep }, 'failed');
    expect([played.states(), played.keys()]).toEqual([{ a: 'ERROR', b: 'RUNNING' }, ['b/1']]);
  });

  test.each(['', "with-items: 'i in <% [1] %>', "])('is told as such when the run fails: %s', (items) => {
    const played = playWorkflow(`tasks:\n  a: {${items}action: p.a}\n`);
    played.end(played.keys()[0] ?? '', deep, 'failed');
    expect(played.run.status).toBe('failed');
    expect(played.extra().state_info).toMatch(/idx=0]: \(a value that cannot be written out: nested deeper than /);
  });
});

describe('engine commands', () => {
  test.each([
    ['fail', 'failed', null, { result: null }],
    ['fail msg="x y"', 'failed', 'x y', { result: 'x y' }],
    ['fail(msg="no")', 'failed', 'no', { result: 'no' }],
    ['fail msg=<% $.why %>', 'failed', 'because', { result: 'because' }],
    ['succeed msg="fine"', 'succeeded', 'fine', {}],
    ['noop', 'succeeded', null, {}],
  ])('%s', (command, status, info, output) => {
    const publish = command.includes('why') ? '\n    publish: {why: because}' : '';
    const played = playWorkflow(
      `tasks:\n  a:${publish}\n    on-success:\n      - '${command}'\n      - b\n  b: {action: p.b}\n`,
    );
    if (command === 'noop') played.endAll();
    expect([played.run.status, played.extra().state_info, played.keys()]).toEqual([status, info, []]);
    expect(played.output()).toEqual(output);
  });

  test('what stands before fail is still started, and ends before the run is over', () => {
    const played = playWorkflow(
      'tasks:\n  a: {on-success: [b, fail, c]}\n  b: {action: p.b, on-success: d}\n  c: {action: p.c}\n  d: {action: p.d}\n',
    );
    expect([played.keys(), played.run.status, played.extra().state]).toEqual([['b/1'], 'running', 'ERROR']);
    played.end('b/1');
    expect([played.keys(), played.run.status]).toEqual([[], 'failed']);
  });

  test('pause puts off what stands after it', () => {
    const played = playWorkflow('tasks:\n  a: {on-success: [b, pause, c]}\n  b: {action: p.b}\n  c: {action: p.c}\n');
    expect([played.keys(), played.run.status]).toEqual([['b/1'], 'pausing']);
    played.end('b/1');
    expect(played.run.status).toBe('paused');
    played.enter({ is: 'request', request: 'resume' });
    expect(played.keys()).toEqual(['c/1']);
    played.endAll();
    expect(played.run.status).toBe('succeeded');
  });
});
