// operator/domain/workflow/mistral/variables.test.ts — what comes in, what tasks publish, what goes out.
import { describe, expect, test } from 'vitest';
import { playWorkflow } from './play.setup.ts';

describe('input', () => {
  const body =
    'input: [a, {b: 2}]\nvars: {c: <% $.a + $.b %>}\noutput: {all: "<% [$.a, $.b, $.c] %>"}\ntasks:\n  t: {description: x}\n';
  test('with defaults; null hides them', () => {
    expect(playWorkflow(body, { input: { a: 1 } }).output()).toEqual({ all: [1, 2, 3] });
    expect(playWorkflow(body.replace('$.a + $.b', '$.a'), { input: { a: 1, b: null } }).output()).toEqual({
      all: [1, null, 1],
    });
  });
  test.each([
    [{}, "Invalid input [name=wf, class=DirectWorkflowSpec, missing=['a']]"],
    [{ a: 1, z: 1 }, "Invalid input [name=wf, class=DirectWorkflowSpec, unexpected=['z']]"],
  ])('that does not fit: %j', (input, message) => {
    const played = playWorkflow(body, { input });
    expect([played.run.status, played.extra().state_info]).toEqual(['failed', message]);
  });
  test('that a workflow of the workbook does not know is passed over', () => {
    expect(playWorkflow(body, { input: { a: 1, z: 1 }, settings: { isInner: true } }).run.status).toBe('succeeded');
  });
  test('that the runner takes is none', () => {
    expect(
      playWorkflow(body, { input: { task_name: 'x', skip_notify: [] }, settings: { context: { a: 1 } } }).run.status,
    ).toBe('succeeded');
  });
});

describe('publishing', () => {
  test('global variables are for all, branch ones for what follows', () => {
    const played = playWorkflow(`
tasks:
  a:
    action: p.a
    on-success: {publish: {branch: {here: 1}, global: {there: 2}, atomic: {too: 3}}, next: [b]}
  b: {action: p.b input=1, publish: {seen: '<% [$.here, $.there, $.too] %>'}}
  c: {action: p.c, publish: {other: '<% [$.get(here), $.there, global(too)] %>'}}
`);
    played.end('a/1');
    played.endAll();
    expect(played.output()).toMatchObject({ seen: [1, 2, 3], other: [null, 2, 3] });
  });
  test('of a clause and of the task: the task wins over on-success, on-complete over both', () => {
    const played = playWorkflow(`
tasks:
  a:
    publish: {x: task, y: task}
    on-success: {publish: {branch: {x: success, z: success}}}
    on-complete: {publish: {branch: {y: complete}}}
`);
    expect(played.output()).toEqual({ x: 'task', y: 'complete', z: 'success' });
  });
  test('an expression that fails fails the run, whatever handles errors', () => {
    const played = playWorkflow(
      'tasks:\n  a: {action: p.a, publish: {x: <% $.no %>}, on-error: [b]}\n  b: {action: p.b}\n',
    );
    played.end('a/1');
    expect([played.run.status, played.keys()]).toEqual(['failed', []]);
    expect(played.extra().state_info).toBe(
      "Failed to complete task [error=Can not evaluate YAQL expression [expression=$.no, error='no'], wf=wf, task=a]",
    );
  });
  test.each(['', 'vars: {x: 1}\n', 'input: [{x: 1}]\n'])('a null hides what was there before: %j', (before) => {
    const tasks =
      'tasks:\n  a: {publish: {x: 2}, on-success: b}\n  b: {publish: {x: null}, on-success: c}\n  c: {publish: {y: <% $.x %>}}\n';
    expect(playWorkflow(`${before}${tasks}`).output()).toEqual({ x: null, y: null });
  });
  test('values of a name replace those before, and are not merged', () => {
    const played = playWorkflow('tasks:\n  a: {publish: {x: {k: 1}}, on-success: b}\n  b: {publish: {x: {m: 2}}}\n');
    expect(played.output()).toEqual({ x: { m: 2 } });
  });
});

describe('output', () => {
  test('is all variables where none is written', () => {
    expect(playWorkflow('tasks:\n  a: {publish: {x: 1}}\n  b: {publish: {y: 2}}\n').output()).toEqual({ x: 1, y: 2 });
  });
  test('on error stands beside the reason', () => {
    const played = playWorkflow(
      'output-on-error: {x: <% $.x %>}\ntasks:\n  a: {publish: {x: 1}, on-success: [fail msg="m"]}\n',
    );
    expect(played.output()).toEqual({ result: 'm', x: 1 });
  });
  test('that cannot be made fails the run', () => {
    const played = playWorkflow('output: {x: <% $.nothing %>}\ntasks:\n  a: {publish: {y: 1}}\n');
    expect(played.run.status).toBe('failed');
    expect(played.extra().state_info).toMatch(
      /^Failed to check and complete .*Can not evaluate YAQL expression \[expression=\$\.nothing, error='nothing'\]/,
    );
  });
  test('of output-on-error, too, and says both', () => {
    const played = playWorkflow('output-on-error: {x: <% $.nothing %>}\ntasks:\n  a: {on-success: [fail msg="m"]}\n');
    expect(played.extra().state_info).toMatch(/^Failed to evaluate expression in output-on-error! .* Cause: 'm'$/);
  });
});
