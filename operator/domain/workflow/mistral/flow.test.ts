// operator/domain/workflow/mistral/flow.test.ts — what follows what: transitions, engine commands, joins, ends.
import { describe, expect, test } from 'vitest';
import { playText, playWorkflow } from './play.setup.ts';

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

const three = (join: string, more = '') =>
  `tasks:\n${['a', 'b', 'c'].map((name) => `  ${name}: {action: p.x, publish: {${name}: 1}, on-success: [j], on-error: [noop]}\n`).join('')}  j: {join: ${join}, action: p.j${more}}\n`;

describe('joins', () => {
  test.each([
    ['all', ['a', 'b', 'c'], { a: 1, b: 1, c: 1 }],
    ['one', ['b'], { b: 1 }],
    ['2', ['c', 'a'], { a: 1, c: 1 }],
  ])('%s', (join, ends, output) => {
    const played = playWorkflow(three(join));
    for (const name of ends) {
      expect(played.keys()).not.toContain('j/1');
      played.end(`${name}/1`);
    }
    expect(played.keys()).toContain('j/1');
    expect(played.run.tasks().find(({ task }) => task === 'j')?.status).toBe('RUNNING');
    played.end('j/1');
    if (join === 'all') expect(played.output()).toMatchObject(output);
  });

  test.each([
    ['with an action', 'action: p.j', ['j/1', 'j/2', 'j/3'], { at: 'j/3' }],
    ['with items', "with-items: 'i in <% [1] %>', action: p.j", ['j/1/0', 'j/2/0', 'j/3/0'], [{ at: 'j/3/0' }]],
    ['with a retry', 'action: p.j, retry: {count: 1, delay: 0}', ['j/1', 'j/2', 'j/3'], { at: 'j/3' }],
  ])('a join in a circle begins anew each time: %s', (_, body, keys, r) => {
    const played = playWorkflow(`
vars: {n: 0}
tasks:
  s: {on-success: a}
  a: {publish: {n: <% $.n + 1 %>}, on-success: j}
  j: {join: all, ${body}, publish: {r: <% task().result %>}, on-success: [a: <% $.n < 3 %>]}
`);
    for (const key of keys) played.end(key, { at: key });
    expect([played.run.status, played.output()]).toEqual(['succeeded', { n: 3, r }]);
  });

  test('of several that lead to a join of one, the first counts', () => {
    const played = playWorkflow(three('one'));
    for (const key of ['a/1', 'j/1', 'b/1', 'c/1']) played.end(key);
    expect([played.run.status, played.states()['j']]).toEqual(['succeeded', 'SUCCESS']);
    expect(played.run.tasks().filter(({ task }) => task === 'j')).toHaveLength(1);
  });

  test('a join of all fails as soon as one does not lead to it', () => {
    const played = playWorkflow(three('all'));
    played.end('a/1');
    played.end('b/1', {}, 'failed');
    expect(played.states()['j']).toBe('ERROR');
    played.end('c/1');
    expect(played.extra().state_info).toMatch(/Failed by tasks: \['b'\]/);
  });

  test('a join that has failed is handled once, however many lead to it afterwards', () => {
    const played = playWorkflow(`${three('all', ', on-error: h')}  h: {action: p.h}\n`);
    played.end('b/1', {}, 'failed');
    played.end('a/1');
    expect(played.keys()).toEqual(['c/1', 'h/1']);
    played.end('c/1');
    expect(played.keys()).toEqual(['h/1']);
    played.end('h/1');
    expect(played.run.status).toBe('succeeded');
  });

  test('a join of some fails when too few are left', () => {
    const played = playWorkflow(three('2'));
    played.end('a/1');
    played.end('b/1', {}, 'failed');
    expect(played.states()['j']).toBe('WAITING');
    played.end('c/1', {}, 'failed');
    expect(played.states()['j']).toBe('ERROR');
  });

  test('a way that is lost further up is seen', () => {
    const played = playWorkflow(`
tasks:
  a: {action: p.a, on-success: j}
  b: {action: p.b, on-success: [c: <% false %>]}
  c: {action: p.c, on-success: d}
  d: {action: p.d, on-success: j}
  j: {join: all, action: p.j}
`);
    played.end('a/1');
    expect(played.states()['j']).toBe('WAITING');
    played.end('b/1');
    expect(played.states()['j']).toBe('ERROR');
    expect(played.run.status).toBe('failed');
  });

  test('a join that nothing can lead to any more, for a way in a circle, fails', () => {
    const played = playWorkflow(
      'tasks:\n  a: {on-success: j}\n  j: {join: all, action: p.j, on-success: k}\n  k: {action: p.k, on-success: j}\n',
    );
    expect(played.run.status).toBe('failed');
    expect(played.extra().state_info).toMatch(/Blocked by tasks: \['k'\]/);
  });

  test('variables of branches meet: what was published more often wins, then the task that stands first', () => {
    const played = playWorkflow(`
output: {x: <% $.x %>, y: <% $.y %>, d: <% $.d %>}
tasks:
  s: {publish: {x: s, d: {k: 1}}, on-success: [a, b]}
  a: {publish: {y: a}, on-success: j}
  b: {publish: {x: b, y: b, d: {k: 1, m: 2}}, on-success: j}
  j: {join: all}
`);
    expect(played.output()).toEqual({ x: 'b', y: 'a', d: { k: 1, m: 2 } });
  });

  test('of branches that published as often the first wins, though another has nothing of it', () => {
    const ends = (order: string) =>
      playWorkflow(
        `tasks:\n${[...order].map((name) => `  ${name}: {publish: {${name === 'c' ? 'y' : 'x'}: ${name}}}\n`).join('')}`,
      );
    expect(['abc', 'acb', 'cab', 'bca', 'cba'].map((order) => ends(order).output()['x'])).toEqual([...'aaabb']);
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

describe('workbooks', () => {
  const book = `
version: '2.0'
name: p.book
workflows:
  main: {tasks: {t: {workflow: sub x=1, publish: {y: <% task().result.y %>}}, u: {workflow: p.book.sub}, v: {workflow: other.flow}}}
  sub: {input: [x], tasks: {t: {publish: {y: <% $.x %>}}}}
`;
  test('main is run unless told; its workflows are called by name, others as actions', () => {
    const played = playText(book);
    expect(played.open.map(({ workflow, action }) => workflow ?? action)).toEqual(['sub', 'sub', 'other.flow']);
    played.end('t/1', { y: 1, tasks: [], extra: {} });
    played.endAll();
    expect(played.output()).toEqual({ y: 1 });
  });
  test.each(['sub', 'p.book.sub'])('%s is run when it is named', (workflow) => {
    expect(playText(book, { input: { x: 5 }, settings: { workflow } }).output()).toEqual({ y: 5 });
  });
  test('a workflow that there is not', () => {
    expect(playText(book, { settings: { workflow: 'x' } }).extra().state_info).toBe(
      'Unable to find the workflow "x" in the workbook.',
    );
  });
  test('the failure of a workflow under it is told with its reason', () => {
    const played = playText(book);
    played.end('t/1', { result: 'why', tasks: [], extra: { state: 'ERROR' } }, 'failed');
    expect(played.run.result()['tasks']).toMatchObject({
      0: { state: 'ERROR', state_info: 'why', result: { result: 'why' } },
    });
  });
});

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
