// operator/domain/workflow/mistral/reverse.test.ts — reverse workflows: what is wanted, after what it requires.
import { describe, expect, test } from 'vitest';
import { playWorkflow } from './play.setup.ts';

describe('reverse', () => {
  const body = `
type: reverse
output: {all: '<% [$.a, $.b, $.c] %>'}
tasks:
  a: {action: p.a, publish: {a: 1}}
  b: {action: p.b, requires: a, publish: {b: 2}}
  c: {action: p.c, requires: [a, b], publish: {c: 3}}
  d: {action: p.d}
`;
  test('what is wanted runs after what it requires, and nothing else', () => {
    const played = playWorkflow(body, { settings: { taskName: 'c' } });
    for (const key of ['a/1', 'b/1', 'c/1']) {
      expect(played.keys()).toEqual([key]);
      played.end(key);
    }
    expect([played.run.status, played.output()]).toEqual(['succeeded', { all: [1, 2, 3] }]);
  });
  test('a failure ends it: what requires it never begins', () => {
    const played = playWorkflow(body, { settings: { taskName: 'c' } });
    played.end('a/1', {}, 'failed');
    expect([played.run.status, played.keys()]).toEqual(['failed', []]);
  });
  test.each([
    ['x', 'Invalid task name [workflow=wf, task_name=x]'],
    [undefined, 'Invalid task name [workflow=wf, task_name=None]'],
  ])('a target that is no task: %s', (taskName, message) => {
    expect(playWorkflow(body, { settings: { taskName } }).extra().state_info).toBe(message);
  });
  test('tasks that require each other fail the run', () => {
    const played = playWorkflow('type: reverse\ntasks:\n  a: {requires: b}\n  b: {requires: a}\n', {
      settings: { taskName: 'a' },
    });
    expect([played.run.status, played.extra().state_info]).toEqual([
      'failed',
      "Tasks that 'a' requires require each other",
    ]);
  });
});
