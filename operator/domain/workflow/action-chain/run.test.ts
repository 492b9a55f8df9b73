// operator/domain/workflow/action-chain/run.test.ts
import { describe, expect, test } from 'vitest';
import type { ChildStatus } from '../engine.ts';
import { Play } from './play.setup.ts';

const TWO = `
chain:
  - {name: a, ref: core.local, parameters: {cmd: 'echo {{ name }}'}, publish: {out: '{{ a.stdout }}'}, on-success: b, on-failure: c}
  - {name: b, ref: core.echo, params: {message: '{{ out }}'}}
  - {name: c, ref: core.noop}
`;

describe('one task after another', () => {
  test('each is a child with its rendered parameters, and the result has them all', () => {
    const play = new Play(TWO, { parameters: { name: 'Ann' } }).start();
    expect(play.last).toEqual({
      status: 'running',
      children: [{ key: 'a/1', task: 'a', action: 'core.local', input: { cmd: 'echo Ann' }, delaySeconds: 0 }],
      tell: [],
    });
    play.ends('a/1', 'succeeded', { stdout: 'hi' });
    expect(play.child).toMatchObject({ key: 'b/1', action: 'core.echo', input: { message: 'hi' } });
    expect(play.ends('b/1', 'succeeded', { x: 1 }).last.status).toBe('succeeded');
    const same = { workflow: null, state: 'succeeded' };
    expect(play.result).toEqual({
      tasks: [
        {
          ...same,
          id: 'a',
          name: 'a',
          execution_id: 'a/1',
          liveaction_id: 'a/1',
          created_at: '2024-01-01T12:00:00.000000+00:00',
          updated_at: '2024-01-01T12:00:01.000000+00:00',
          result: { stdout: 'hi' },
        },
        {
          ...same,
          id: 'b',
          name: 'b',
          execution_id: 'b/1',
          liveaction_id: 'b/1',
          created_at: '2024-01-01T12:00:01.000000+00:00',
          updated_at: '2024-01-01T12:00:02.000000+00:00',
          result: { x: 1 },
        },
      ],
      published: { out: 'hi' },
    });
  });

  test.each<[ChildStatus, string | undefined, string, string]>([
    ['succeeded', 'b/1', 'running', 'succeeded'],
    ['failed', 'c/1', 'running', 'failed'],
    ['abandoned', 'c/1', 'running', 'abandoned'],
    ['timedOut', 'c/1', 'running', 'timeout'],
    ['canceled', undefined, 'canceled', 'canceled'],
  ])('a task that ended as %s leads to %s', (status, key, chain, state) => {
    const play = new Play(TWO, { parameters: { name: 'x' } }).start().ends('a/1', status, { stdout: '' });
    expect([play.child?.key, play.last.status, play.states]).toEqual([key, chain, [`a: ${state}`]]);
  });

  test.each<[ChildStatus, string]>([
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['abandoned', 'failed'],
    ['timedOut', 'timedOut'],
    ['canceled', 'canceled'],
  ])('a chain whose last task ended as %s has %s', (status, chain) => {
    const play = new Play('chain: [{name: a, ref: x.y}]').start().ends('a/1', status);
    expect(play.last.status).toBe(chain);
  });

  test('a task that fails is made good by one that succeeds after it', () => {
    const play = new Play(TWO, { parameters: { name: 'x' } }).start().ends('a/1', 'failed', { stdout: 'no' });
    expect(play.ends('c/1').last.status).toBe('succeeded');
    expect(play.result['published']).toEqual({ out: 'no' });
  });

  test('a loop visits a task again, under another key', () => {
    const play = new Play('chain: [{name: a, ref: x.y, on-success: a, on-failure: b}, {name: b, ref: x.y}]').start();
    expect(play.ends('a/1').ends('a/2').child?.key).toBe('a/3');
    expect(play.ends('a/3', 'failed').child?.key).toBe('b/1');
    expect(play.ends('b/1').states).toEqual(['a: succeeded', 'a: succeeded', 'a: failed', 'b: succeeded']);
    expect(play.run.tasks()).toEqual([
      { task: 'a', children: ['a/1', 'a/2', 'a/3'], status: 'failed' },
      { task: 'b', children: ['b/1'], status: 'succeeded' },
    ]);
  });

  test('names with other signs have keys of their own', () => {
    const play = new Play(
      'chain: [{name: my task, ref: x.y, on-success: my-task.0}, {name: my-task.0, ref: x.y}]',
    ).start();
    expect(play.child).toMatchObject({ key: 'my-task.0.0/1', task: 'my task' });
    expect(play.ends('my-task.0.0/1').child?.key).toBe('my-task.0/1');
  });

  test('a start that is a template leads to no task at all', () => {
    const play = new Play("{chain: [{name: a, ref: x.y}], default: '{{ a }}'}").start();
    expect([play.last.status, play.result]).toEqual(['succeeded', { tasks: [], published: {} }]);
  });

  test('entries that come twice, late, or for others change nothing', () => {
    const play = new Play(TWO, { parameters: { name: 'x' } }).start().start();
    expect(play.last.children).toEqual([]);
    play.ends('zzz/1').ends('a/1', 'succeeded', { stdout: '' }).ends('a/1', 'failed');
    expect(play.states).toEqual(['a: succeeded']);
    play.ends('b/1').asked('cancel').tell({ is: 'rerun' });
    expect(play.last).toEqual({ status: 'succeeded', children: [], tell: [] });
  });
});

describe('settings', () => {
  test('what is published is hidden on request', () => {
    const play = new Play('chain: [{name: a, ref: x.y, publish: {v: 1}}]', { settings: { displayPublished: false } });
    expect(Object.keys(play.start().ends('a/1').result)).toEqual(['tasks']);
  });

  test.each([
    ['its own', { notify: { 'on-success': {} } }, { 'on-complete': { routes: ['r'] } }],
    ['none when it is skipped', { skipNotify: ['a'], notify: { 'on-success': {} } }, undefined],
  ])('a task with a notify has %s', (_, settings, notify) => {
    const play = new Play('chain: [{name: a, ref: x.y, notify: {on-complete: {routes: [r]}}}]', { settings });
    expect(play.start().child?.notify).toEqual(notify);
  });

  test("a task without a notify has the Execution's", () => {
    const play = new Play('chain: [{name: a, ref: x.y}]', { settings: { notify: { 'on-success': {} } } });
    expect(play.start().child?.notify).toEqual({ 'on-success': {} });
  });

  test('the size counts parameters, results and variables', () => {
    const play = new Play("chain: [{name: a, ref: x.y, publish: {v: '{{ a.t }}'}}]", {
      parameters: { p: 'x'.repeat(100) },
    });
    const before = play.start().run.contextBytes();
    expect(before).toBeGreaterThanOrEqual(100);
    play.ends('a/1', 'succeeded', { t: 'é'.repeat(1000) });
    expect(play.run.contextBytes() - before).toBeGreaterThanOrEqual(4000);
  });
});

test('a chain of a thousand tasks sees the first to the last', () => {
  const tasks = Array.from(
    { length: 1000 },
    (_, i) => `  - {name: t${i}, ref: x.y, on-success: t${i + 1}, publish: {v${i}: '{{ t${i}.n }}'}}`,
  );
  const play = new Play(
    `chain:\n${tasks.join('\n')}\n  - {name: t1000, ref: x.y, params: {p: '{{ v0 }} {{ t999.n }}'}}`,
  ).start();
  for (let i = 0; i < 1000; i++) play.ends(`t${i}/1`, 'succeeded', { n: i });
  expect(play.child?.input).toEqual({ p: '0 999' });
});
