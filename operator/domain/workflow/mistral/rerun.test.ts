// operator/domain/workflow/mistral/rerun.test.ts — what a rerun finds to run again, and that the run then ends, or that it is refused.
import { describe, expect, test } from 'vitest';
import { type Played, playText, playWorkflow } from './play.setup.ts';

const ended = (tasks: string, ...failing: readonly string[]): Played => {
  const played = playWorkflow(tasks);
  played.endAll(() => 1, failing);
  expect(played.run.status).toBe('failed');
  return played;
};

describe('a run that failed without a failed task is not run again from its tasks', () => {
  test.each([
    ['fails by its own command', 'tasks:\n  a: {action: p.a, on-success: [fail]}\n'],
    ['has an output that cannot be evaluated', 'output: {x: <% $.no.way %>}\ntasks:\n  a: {action: p.a}\n'],
    ['has variables that cannot be evaluated', 'vars: {x: <% $.no.way %>}\ntasks:\n  a: {action: p.a}\n'],
    ['has no target', 'type: reverse\ntasks:\n  a: {action: p.a}\n'],
  ])('one that %s', (_, text) => {
    const played = ended(text);
    const why = /^Only tasks in error state can be rerun\. No task of this workflow execution is\. .* as a whole\.$/;
    expect(played.run.whyNotRerun(undefined)).toMatch(why);
    expect(played.enter({ is: 'rerun' })).toMatchObject({ status: 'failed', children: [] });
    expect(played.extra()).toMatchObject({ state: 'ERROR', state_info: expect.stringMatching(why) });
  });
  test('nor is one from no tasks', () => {
    const played = ended('tasks:\n  a: {action: p.a}\n', 'a/1');
    expect(played.run.whyNotRerun([])).toMatch(/^No tasks to rerun are named\. Name tasks in error state, or leave /);
    expect(played.enter({ is: 'rerun', tasks: [] }).status).toBe('failed');
  });
});

const FAN_IN = 'tasks:\n  a: {action: p.a, on-success: c}\n  b: {action: p.b, on-success: c}\n  c: {action: p.c}\n';

test.each([[['c']], [undefined]])('an execution that failed is found behind one that did not: %j', (tasks) => {
  const played = ended(FAN_IN, 'c/1');
  expect(played.run.whyNotRerun(tasks)).toBeUndefined();
  played.enter({ is: 'rerun', tasks });
  expect(played.keys()).toEqual(['c/3']);
  played.endAll();
  expect(played.run.status).toBe('succeeded');
});

test('of executions of one task that all failed, the last runs again, then the one before', () => {
  const played = ended(FAN_IN, 'c/1', 'c/2');
  for (const status of ['failed', 'succeeded']) {
    played.enter({ is: 'rerun' });
    expect(played.keys()).toHaveLength(1);
    played.endAll();
    expect(played.run.status).toBe(status);
  }
});

test('a task that is named twice runs again once', () => {
  const played = ended('tasks:\n  a: {action: p.a}\n', 'a/1');
  played.enter({ is: 'rerun', tasks: ['a', 'a'] });
  expect(played.keys()).toEqual(['a/2']);
});

test('a task that was to pause the run, which failed at once, begins with the rerun', () => {
  const played = ended(
    'tasks:\n  a: {action: p.a, on-success: [b, fail]}\n  b: {action: p.b, pause-before: true}\n  x: {action: p.x}\n',
    'x/1',
  );
  expect(played.states()['b']).toBe('IDLE');
  played.enter({ is: 'rerun' });
  expect(played.keys()).toEqual(['b/1', 'x/2']);
  played.endAll();
  expect(played.run.status).toBe('succeeded');
});

test('a task that failed for what it gave has the one result of its rerun', () => {
  const task = '{action: p.a, fail-on: <% task(t).result = 1 %>, publish: {x: <% task(t).result %>}}';
  const played = ended(`tasks:\n  t: ${task}\n`);
  played.enter({ is: 'rerun' });
  played.endAll(() => 2);
  expect([played.run.status, played.output()]).toEqual(['succeeded', { x: 2 }]);
});

describe('a task with items of which none failed', () => {
  test('is judged again by its policies', () => {
    const task = "with-items: 'i in <% [1, 2] %>', action: p.a, fail-on: <% len(task(t).result) > 1 %>";
    const played = ended(`tasks:\n  t: {${task}}\n`);
    expect(played.enter({ is: 'rerun' })).toMatchObject({ status: 'failed', children: [] });
    expect(played.run.result()['tasks']).toMatchObject([{ state_info: "Failed by 'fail-on' policy", result: [1, 1] }]);
  });
  test('succeeds with what they gave, and goes on', () => {
    const policies = 'wait-after: 5, timeout: 9';
    const played = playWorkflow(
      `tasks:\n  t: {with-items: 'i in <% [1, 2] %>', action: p.a, ${policies}, on-success: u}\n  u: {action: p.u}\n`,
    );
    played.end('t/1/0', 1);
    played.end('t/1/1', 2);
    for (let at = 0; at < 9; at++) played.enter({ is: 'request', request: 'resume' });
    played.end('t/1/after', null, 'timedOut');
    expect(played.run.status).toBe('failed');
    played.enter({ is: 'rerun' });
    expect(played.keys()).toEqual(['t/2/after']);
    played.end('t/2/after', null);
    expect([played.states()['t'], played.keys()]).toEqual(['SUCCESS', ['u/1']]);
  });
});

describe('a task inside the workflow that a task runs', () => {
  const TEXT =
    "version: '2.0'\nname: p.b\nworkflows:\n  main: {tasks: {t: {workflow: sub%}}}\n  sub: {tasks: {s: {action: p.s}}}\n";
  test('is not found when that workflow has not failed', () => {
    const played = playText(TEXT.replace('%', ', fail-on: true'));
    played.end('t/1');
    expect(played.run.whyNotRerun(['t.s'])).toMatch(/Unable to identify rerunable tasks: t\.s\./);
    expect(played.enter({ is: 'rerun', tasks: ['t.s'] }).status).toBe('failed');
  });
  test('goes on in the items that failed, and those that were late begin once more', () => {
    const played = playText(TEXT.replace('%', ", with-items: 'i in <% [1, 2, 3] %>', timeout: 5"));
    for (let at = 0; at < 5; at++) played.enter({ is: 'request', request: 'resume' });
    played.end('t/1/2');
    played.end('t/1/0', {}, 'timedOut');
    played.end('t/1/1', {}, 'failed');
    played.enter({ is: 'rerun', tasks: ['t.s'] });
    expect(played.keys()).toEqual(['t/1/1/again', 't/2/0']);
    played.endAll();
    expect(played.run.status).toBe('succeeded');
    expect(played.run.result()['tasks']).toMatchObject([{ result: [{}, {}, {}] }]);
  });
  test('leads to a join that had failed for it', () => {
    const played = playText(
      TEXT.replace('%', ', on-success: j}, u: {action: p.u, on-success: j}, j: {join: all, action: p.j'),
    );
    played.end('t/1', {}, 'failed');
    played.end('u/1');
    played.enter({ is: 'rerun', tasks: ['t.s'] });
    played.end('t/1/again');
    expect([played.states()['j'], played.keys()]).toEqual(['RUNNING', ['j/1']]);
  });
  test('does not run again beside the whole', () => {
    const played = playText(TEXT.replace('%', ''));
    played.end('t/1', {}, 'failed');
    expect(played.enter({ is: 'rerun', tasks: ['t.s', 't'] }).children).toMatchObject([{ key: 't/2' }]);
  });
});

test('a join that failed for what runs again now waits for it', () => {
  const played = ended(
    'tasks:\n  a: {action: p.a, on-success: j}\n  b: {action: p.b, on-success: m}\n  m: {action: p.m, publish: {x: 1}, on-success: j}\n  j: {join: all, action: p.j, input: {x: <% $.x %>}}\n',
    'b/1',
  );
  expect(played.states()['j']).toBe('ERROR');
  played.enter({ is: 'rerun' });
  expect(played.keys()).toEqual(['b/2']);
  played.end('b/2');
  played.end('m/1');
  expect(played.open).toMatchObject([{ key: 'j/1', input: { x: 1 } }]);
  played.endAll();
  expect(played.run.status).toBe('succeeded');
});

test('a join that failed for what did not fail begins', () => {
  const played = ended(
    'tasks:\n  a: {action: p.a, on-success: j}\n  b: {action: p.b, on-success: [{j: <% false %>}]}\n  j: {join: all, action: p.j}\n',
  );
  played.enter({ is: 'rerun' });
  expect(played.keys()).toEqual(['j/1']);
});

describe('of tasks that led in a circle', () => {
  const LOOP = 'l: {action: std.noop, on-complete: l}';
  const circles = [
    ['a task', `tasks:\n  a: {action: p.a, on-error: l}\n  ${LOOP}\n`],
    ['a join', 'tasks:\n  a: {action: p.a, on-error: l}\n  l: {action: std.fail, join: one, on-error: l}\n'],
  ] as const;
  test.each(circles)('none is left under way, and a run that goes on from another ends: %s', (_, text) => {
    const played = ended(text, 'a/1');
    expect(played.states()).toEqual({ a: 'ERROR', l: 'ERROR' });
    played.enter({ is: 'rerun', tasks: ['a'] });
    expect(played.keys()).toEqual(['a/2']);
    played.end('a/2');
    expect([played.run.status, played.states()]).toEqual(['failed', { a: 'SUCCESS', l: 'ERROR' }]);
  });
  test('the last runs again, and fails again', () => {
    const played = ended(circles[0][1], 'a/1');
    expect(played.enter({ is: 'rerun' })).toMatchObject({ status: 'failed', children: [] });
    expect(played.extra().state_info).toMatch(/its tasks lead in a circle/);
  });
  test('one that waits for its child ends with that', () => {
    const played = playWorkflow(`tasks:\n  b: {action: p.b}\n  a: {action: p.a, on-error: l}\n  ${LOOP}\n`);
    played.end('a/1', 1, 'failed');
    expect([played.run.status, played.states()]).toEqual(['running', { b: 'RUNNING', a: 'ERROR', l: 'ERROR' }]);
    played.end('b/1');
    expect([played.run.status, played.states()['b']]).toEqual(['failed', 'SUCCESS']);
  });
});
