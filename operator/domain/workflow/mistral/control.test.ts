// operator/domain/workflow/mistral/control.test.ts — pause, resume, cancel, children that pause or ask, reruns, replays.
import { describe, expect, test } from 'vitest';
import type { Entry } from '../engine.ts';
import { playText, playWorkflow } from './play.setup.ts';

const CHAIN = 'tasks:\n  a: {action: p.a, publish: {x: 1}, on-success: b}\n  b: {action: p.b}\n  c: {action: p.c}\n';
const request = (what: 'pause' | 'resume' | 'cancel'): Entry => ({ is: 'request', request: what });

describe('pause', () => {
  test('lets children end, and starts nothing new until it is resumed', () => {
    const played = playWorkflow(CHAIN);
    expect(played.enter(request('pause')).status).toBe('pausing');
    expect(played.told).toEqual(['pause a/1', 'pause c/1']);
    played.endAll();
    expect([played.run.status, played.keys()]).toEqual(['paused', []]);
    expect(played.enter(request('resume')).status).toBe('running');
    expect(played.keys()).toEqual(['b/1']);
    played.endAll();
    expect(played.run.status).toBe('succeeded');
  });
  test('holds further items and retries', () => {
    const played = playWorkflow(
      "tasks:\n  a: {with-items: 'i in <% [1, 2] %>', concurrency: 1, action: p.a}\n  r: {action: p.r, retry: {count: 1, delay: 0}}\n",
    );
    played.enter(request('pause'));
    played.end('a/1/0');
    played.end('r/1', {}, 'failed');
    expect([played.run.status, played.keys()]).toEqual(['paused', []]);
    played.enter(request('resume'));
    expect(played.keys()).toEqual(['a/1/1', 'r/2']);
  });
  test('what requires tasks that ended during it begins once it is resumed, and once', () => {
    const tasks = 'tasks:\n  a: {action: p.a}\n  b: {action: p.b}\n  c: {action: p.c, requires: [a, b]}\n';
    const played = playWorkflow(`type: reverse\n${tasks}`, { settings: { taskName: 'c' } });
    played.enter(request('pause'));
    played.endAll();
    played.enter(request('resume'));
    expect([played.run.status, played.keys()]).toEqual(['running', ['c/1']]);
    played.endAll();
    expect(played.run.status).toBe('succeeded');
  });
  test('a join of one that ran during it does not run again for what else led to it meanwhile', () => {
    const played = playWorkflow(
      'tasks:\n  a: {action: p.a, on-success: j}\n  b: {action: p.b, on-success: j}\n  j: {join: one, action: p.j}\n',
    );
    played.end('a/1');
    played.enter(request('pause'));
    played.endAll();
    played.enter(request('resume'));
    expect([played.run.status, played.keys()]).toEqual(['succeeded', []]);
  });
  test('a failure during it fails the run once it is resumed', () => {
    const played = playWorkflow('tasks:\n  a: {action: p.a}\n');
    played.enter(request('pause'));
    played.end('a/1', {}, 'failed');
    expect(played.run.status).toBe('paused');
    expect(played.enter(request('resume')).status).toBe('failed');
  });
  test('a workflow among the children that pauses, pauses this one; resuming it does not resume this one', () => {
    const played = playWorkflow(CHAIN);
    played.enter({ is: 'child', key: 'a/1', status: 'paused' });
    expect([played.run.status, played.states()['a'], played.told]).toEqual(['pausing', 'PAUSED', ['pause c/1']]);
    played.end('c/1');
    expect(played.run.status).toBe('paused');
    played.enter({ is: 'child', key: 'a/1', status: 'running' });
    expect([played.run.status, played.states()['a']]).toEqual(['pausing', 'RUNNING']);
    played.enter(request('resume'));
    played.end('a/1');
    expect(played.keys()).toEqual(['b/1']);
  });
  test('resuming it resumes children that pause', () => {
    const played = playWorkflow(CHAIN);
    played.enter(request('pause'));
    played.enter({ is: 'child', key: 'a/1', status: 'paused' });
    played.enter(request('resume'));
    expect(played.told.at(-1)).toBe('resume a/1');
  });
  test('a child that asks pauses the run, and the answer resumes it', () => {
    const played = playWorkflow(CHAIN);
    played.enter({ is: 'child', key: 'a/1', status: 'pending' });
    played.end('c/1');
    expect(played.run.status).toBe('paused');
    played.end('a/1', { response: 1 });
    expect([played.run.status, played.keys()]).toEqual(['running', ['b/1']]);
  });
  test('the answer does not resume what somebody else has paused', () => {
    const played = playWorkflow(CHAIN);
    played.enter({ is: 'child', key: 'a/1', status: 'pending' });
    played.enter(request('pause'));
    played.end('a/1');
    played.end('c/1');
    expect(played.run.status).toBe('paused');
  });
});

describe('cancel', () => {
  test('tells the children, waits for them, and starts nothing', () => {
    const played = playWorkflow(CHAIN);
    expect(played.enter(request('cancel')).status).toBe('canceling');
    expect(played.told).toEqual(['cancel a/1', 'cancel c/1']);
    played.end('a/1');
    played.end('c/1', {}, 'canceled');
    expect([played.run.status, played.keys(), played.extra()]).toEqual([
      'canceled',
      [],
      { state: 'CANCELLED', state_info: null },
    ]);
  });
  test('with nothing under way it is over at once', () => {
    const played = playWorkflow('tasks:\n  a: {action: p.a, pause-before: true}\n');
    expect(played.enter(request('cancel')).status).toBe('canceled');
  });
  test('a canceled task cancels the run when the others have ended', () => {
    const played = playWorkflow(CHAIN);
    played.end('a/1', {}, 'canceled');
    expect([played.run.status, played.states()['a']]).toEqual(['running', 'CANCELLED']);
    played.end('c/1');
    expect([played.run.status, played.output()]).toEqual(['canceled', { result: 'Cancelled tasks: a' }]);
  });
  test('items that have not begun never do', () => {
    const played = playWorkflow("tasks:\n  a: {with-items: 'i in <% [1, 2] %>', concurrency: 1, action: p.a}\n");
    played.enter(request('cancel'));
    played.end('a/1/0');
    expect([played.run.status, played.states()['a'], played.keys()]).toEqual(['canceled', 'CANCELLED', []]);
  });
});

describe('rerun', () => {
  const failed = () => {
    const played = playWorkflow(CHAIN);
    played.end('a/1', {}, 'failed');
    played.end('c/1');
    expect(played.run.status).toBe('failed');
    return played;
  };
  test.each([[['a']], [undefined]])('from %j', (tasks) => {
    const played = failed();
    played.enter({ is: 'rerun', ...(tasks ? { tasks } : {}) });
    expect([played.run.status, played.keys()]).toEqual(['running', ['a/2']]);
    played.end('a/2');
    played.end('b/1');
    expect([played.run.status, played.output()]).toEqual(['succeeded', { x: 1 }]);
    expect(played.run.tasks()).toHaveLength(3);
  });
  test('of tasks that have not failed changes nothing, and says so', () => {
    const played = failed();
    played.enter({ is: 'rerun', tasks: ['c', 'zz'] });
    expect(played.run.status).toBe('failed');
    expect(played.extra().state_info).toMatch(
      /^Only tasks in error state can be rerun\. Unable to identify rerunable tasks: c, zz\./,
    );
  });
  test('of a run that has not failed is refused', () => {
    const played = playWorkflow('tasks:\n  a: {action: p.a}\n');
    played.end('a/1');
    played.enter({ is: 'rerun', tasks: ['a'] });
    expect([played.run.status, played.extra().state_info]).toEqual([
      'succeeded',
      'Workflow execution is not in a rerunable state.',
    ]);
  });
  test.each([
    [['a'], ['a/2/0', 'a/2/1', 'a/2/2']],
    [[], ['a/2/1']],
  ])('of items, reset %j', (reset, keys) => {
    const played = playWorkflow(
      "tasks:\n  a: {with-items: 'i in <% [1, 2, 3] %>', action: p.a, publish: {r: <% task().result %>}}\n",
    );
    played.endAll(({ item }) => item, ['a/1/1']);
    played.enter({ is: 'rerun', tasks: ['a'], reset });
    expect(played.keys()).toEqual(keys);
    played.endAll(({ item }) => (item ?? 0) * 10);
    expect(played.run.status).toBe('succeeded');
    expect(played.output()).toEqual({ r: reset.length > 0 ? [0, 10, 20] : [0, 10, 2] });
  });
  test('a join that failed, and one that is led to again', () => {
    const played = playWorkflow(
      'tasks:\n  a: {action: p.a, on-success: j}\n  b: {action: p.b, on-success: j}\n  j: {join: all, action: p.j}\n',
    );
    played.end('a/1');
    played.end('b/1', {}, 'failed');
    expect(played.states()['j']).toBe('ERROR');
    played.enter({ is: 'rerun', tasks: ['b'] });
    played.end('b/2');
    expect(played.keys()).toEqual(['j/1']);
    played.endAll();
    expect(played.run.status).toBe('succeeded');
  });
  test('of a task in a workflow under it is passed on', () => {
    const text =
      "version: '2.0'\nname: p.b\nworkflows:\n  main: {tasks: {t: {workflow: sub, on-success: u}, u: {action: p.u}}}\n  sub: {tasks: {s: {action: p.s}}}\n";
    const played = playText(text);
    played.end('t/1', { result: 'no', tasks: [], extra: {} }, 'failed');
    expect(played.run.whyNotRerun(['t.s'])).toBeUndefined();
    expect(played.run.whyNotRerun(['u.s'])).toMatch(/Unable to identify rerunable tasks: u\.s\./);
    const step = played.enter({ is: 'rerun', tasks: ['t.s'], reset: ['t.s'] });
    const again = { key: 't/1', tasks: ['s'], reset: ['s'] };
    expect(step).toMatchObject({ status: 'running', children: [{ key: 't/1/again', workflow: 'sub', again }] });
    played.end('t/1/again', { result: 'no', tasks: [], extra: {} }, 'failed');
    played.enter({ is: 'rerun', tasks: ['t.s'] });
    expect(played.keys()).toEqual(['t/1/again/again']);
    played.end('t/1/again/again');
    expect(played.keys()).toEqual(['u/1']);
  });
});

test('a child that cannot be made fails its task, which may handle it', () => {
  const played = playWorkflow('tasks:\n  a: {action: p.a, on-error: b}\n  b: {action: p.b}\n');
  played.open.pop();
  played.enter({ is: 'refused', key: 'a/1', error: 'there is no Action p.a' });
  expect(played.run.result()['tasks']).toMatchObject([
    { state: 'ERROR', state_info: 'there is no Action p.a', result: 'there is no Action p.a' },
    {},
  ]);
  expect(played.keys()).toEqual(['b/1']);
});

test('what is told of children that are over changes nothing', () => {
  const played = playWorkflow(CHAIN);
  played.end('c/1');
  for (const key of ['c/1', 'nobody', '__proto__']) {
    expect(played.enter({ is: 'child', key, status: 'failed' }).children).toEqual([]);
  }
  expect(played.states()['c']).toBe('SUCCESS');
});

test('the same entries give the same run', () => {
  const play = () => {
    const played = playWorkflow(
      'vars: {u: <% uuid() %>}\ntasks:\n  a: {action: p.a, publish: {n: <% now() %>, r: <% random() %>, v: <% $.u %>}, on-success: b}\n  b: {action: p.b}\n',
    );
    played.end('a/1');
    played.end('b/1');
    return played;
  };
  expect(play().run.result()).toEqual(play().run.result());
});

test('a thousand tasks in a row', () => {
  const names = Array.from({ length: 1000 }, (_, at) => `t${at}`);
  const tasks = names.map(
    (name, at) => `  ${name}: {action: p.a, publish: {${name}: ${at}}${at < 999 ? `, on-success: t${at + 1}` : ''}}\n`,
  );
  const played = playWorkflow(`output: {first: <% $.t0 %>, last: <% $.t999 %>}\ntasks:\n${tasks.join('')}`);
  played.endAll();
  expect(played.output()).toEqual({ first: 0, last: 999 });
  expect(played.run.contextBytes()).toBeGreaterThan(5000);
});

test('a thousand tasks that one waits for', () => {
  const tasks = Array.from(
    { length: 1000 },
    (_, at) => `  t${at}: {action: p.a, publish: {x${at}: ${at}}, on-success: j, on-error: noop}\n`,
  );
  const played = playWorkflow(`tasks:\n${tasks.join('')}  j: {join: all, publish: {all: <% $.x0 + $.x999 %>}}\n`);
  played.endAll();
  expect(played.output()).toMatchObject({ all: 999 });
});
